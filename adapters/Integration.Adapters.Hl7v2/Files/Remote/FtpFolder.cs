using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Integration.Adapters.Shared.Files;
using Integration.Core.Security;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>A folder of an FTP server. Each listing begins a new connection, which serves until the next: servers close those that are idle.</summary>
internal sealed class FtpFolder(FtpOptions options, TlsIdentity? tls) : IFileSource
{
    private readonly DirectoryInfo _downloads = Directory.CreateTempSubdirectory("integration-ftp-");
    private FtpConnection? _connection;

    public string Description =>
        $"FTP{(tls is null ? "" : "S")} {options.User}@{options.Host.Host}:{options.Host.Port}, folder {options.Path}, files {options.Pattern}";

    public async ValueTask<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        try
        {
            return await UseAsync(async connection =>
            {
                var listing = new MemoryStream();
                var reply = await connection.DownloadAsync("MLSD", "", listing, cancellationToken);
                var files = reply.IsDone ? FtpListing.ReadMachine(Text(listing)) : await ListByNameAsync(connection, cancellationToken);
                return files.Where(f => FilePattern.Fits(options.Pattern, f.Name)).ToList();
            }, cancellationToken);
        }
        catch (IOException e)
        {
            throw new FileSourceException($"The folder {options.Path} of {options.Host.Host} cannot be listed: {e.Message}", e);
        }
    }

    public async ValueTask<Stream?> OpenAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var name = RemoteNames.Check(file.Name);
        var content = RemoteNames.CreateTemporary(_downloads.FullName);
        try
        {
            var reply = await UseAsync(connection => connection.DownloadAsync("RETR", name, content, cancellationToken), cancellationToken);
            if (reply.IsDone)
            {
                content.Position = 0;
                return content;
            }

            await content.DisposeAsync();
            return await ExistsAsync(name, cancellationToken) ? throw new UnauthorizedAccessException("The server does not give the file.") : null;
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<bool> TryMoveAsync(SourceFile file, string folder, string newName, CancellationToken cancellationToken)
    {
        var target = RemoteNames.Join(folder, RemoteNames.Check(newName));

        // Most servers overwrite when they rename. Nobody else puts files there.
        if (await ExistsAsync(target, cancellationToken))
        {
            return false;
        }

        var reply = await UseAsync(
            async connection =>
            {
                await connection.SendAsync("MKD", folder, cancellationToken);   // 550 when it is there already
                var from = await connection.SendAsync("RNFR", RemoteNames.Check(file.Name), cancellationToken);
                return from.Code == 350 ? await connection.SendAsync("RNTO", target, cancellationToken) : from;
            },
            cancellationToken);
        if (reply.IsDone)
        {
            return true;
        }

        throw await ExistsAsync(file.Name, cancellationToken)
            ? new UnauthorizedAccessException("The server does not let the file be renamed.")
            : new FileNotFoundException("The file is gone.");
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        tls?.Dispose();
        _downloads.Delete(recursive: true);
    }

    /// <summary>For servers without MLSD (RFC 3659): names, then size and time of each. What has no size is a folder.</summary>
    private static async Task<List<SourceFile>> ListByNameAsync(FtpConnection connection, CancellationToken cancellationToken)
    {
        var listing = new MemoryStream();
        var reply = await connection.DownloadAsync("NLST", "", listing, cancellationToken);
        if (!reply.IsDone && reply.Code != 550)   // 550: there is no file
        {
            throw new IOException($"The server answers NLST with {reply.Code}.");
        }

        var files = new List<SourceFile>();
        foreach (var name in Text(listing).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(n => n.TrimEnd('\r')).Where(RemoteNames.IsSafe))
        {
            var size = await connection.SendAsync("SIZE", name, cancellationToken);
            if (size.Code == 213 && long.TryParse(size.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            {
                var time = await connection.SendAsync("MDTM", name, cancellationToken);
                files.Add(new SourceFile(name, bytes, time.Code == 213 ? FtpListing.ReadTime(time.Text.Trim()) : default));
            }
        }

        return files;
    }

    private Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) =>
        UseAsync(async connection => (await connection.SendAsync("SIZE", path, cancellationToken)).Code == 213, cancellationToken);

    /// <summary>Runs on the connection, which is given up when that fails.</summary>
    private async Task<T> UseAsync<T>(Func<FtpConnection, Task<T>> use, CancellationToken cancellationToken)
    {
        _connection ??= await FtpConnection.OpenAsync(options, tls, cancellationToken);
        try
        {
            return await use(_connection);
        }
        catch (Exception e)
        {
            await CloseAsync();
            if (e is SocketException or AuthenticationException or TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                throw new IOException(e is OperationCanceledException ? "The server does not answer." : e.Message, e);
            }

            throw;
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private static string Text(MemoryStream listing) => Encoding.UTF8.GetString(listing.GetBuffer(), 0, (int)listing.Length);
}
