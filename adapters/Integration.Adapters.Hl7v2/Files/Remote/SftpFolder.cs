using Integration.Adapters.Shared.Files;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>A folder of an SFTP server.</summary>
internal sealed class SftpFolder(SftpOptions options, TimeProvider time) : IFileSource
{
    private readonly SftpProgram _program = new(options);
    private readonly DirectoryInfo _downloads = Directory.CreateTempSubdirectory("integration-sftp-");

    public string Description => $"SFTP {options.User}@{options.Host.Host}:{options.Host.Port}, folder {options.Path}, files {options.Pattern}";

    private string EnterFolder => $"cd {Quote(options.Path)}";

    public async ValueTask<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellationToken)
    {
        var result = await _program.RunAsync([EnterFolder, "ls -ln"], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new FileSourceException($"The server {options.Host.Host} does not let {options.User} list the folder {options.Path}. Create it there, or correct Path.");
        }

        return [.. SftpListing.Read(result.Output, time.GetUtcNow()).Where(f => FilePattern.Fits(options.Pattern, f.Name))];
    }

    public async ValueTask<Stream?> OpenAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var name = Quote(RemoteNames.Check(file.Name));
        var content = RemoteNames.CreateTemporary(_downloads.FullName);
        try
        {
            var result = await _program.RunAsync([EnterFolder, $"get {name} {Quote(content.Name)}"], cancellationToken);
            if (result.ExitCode == 0)
            {
                content.Position = 0;
                return content;
            }

            await content.DisposeAsync();
            return await ExistsAsync(RemoteNames.Join(".", file.Name), cancellationToken)
                ? throw new UnauthorizedAccessException("The server does not give the file.")
                : null;
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

        // The plain rename of the protocol (-l) never overwrites, other than that of OpenSSH's extension.
        var result = await _program.RunAsync(
            [EnterFolder, $"-mkdir {Quote(folder)}", $"rename -l {Quote(RemoteNames.Check(file.Name))} {Quote(target)}"], cancellationToken);
        if (result.ExitCode == 0)
        {
            return true;
        }

        if (await ExistsAsync(target, cancellationToken))
        {
            return false;
        }

        throw await ExistsAsync(RemoteNames.Join(".", file.Name), cancellationToken)
            ? new UnauthorizedAccessException("The server does not let the file be renamed.")
            : new FileNotFoundException("The file is gone.");
    }

    public ValueTask DisposeAsync()
    {
        _downloads.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) =>
        (await _program.RunAsync([EnterFolder, $"ls -1 {Quote(path)}"], cancellationToken)).ExitCode == 0;

    private static string Quote(string checkedName) => $"\"{checkedName}\"";
}
