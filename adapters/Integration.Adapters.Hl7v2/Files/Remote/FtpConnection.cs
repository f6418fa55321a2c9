using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Integration.Adapters.Shared.Files;
using Integration.Core.Security;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>What an FTP server answered.</summary>
/// <param name="Code">Three digits; 1xx begun, 2xx done, 3xx go on, 4xx not now, 5xx no.</param>
internal sealed record FtpReply(int Code, string Text)
{
    public bool IsDone => Code is >= 200 and < 300;
}

/// <summary>A signed-in connection to an FTP server (RFC 959) in passive mode, binary, with explicit TLS (RFC 4217) where that is set.</summary>
/// <remarks>Not for many threads. Once a member has thrown, it is of no more use.</remarks>
internal sealed class FtpConnection : IAsyncDisposable
{
    private const int MaxLine = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FtpOptions _options;
    private readonly TlsIdentity? _tls;
    private Stream _stream;
    private StreamReader _reader;

    private FtpConnection(FtpOptions options, TlsIdentity? tls, Stream stream)
    {
        _options = options;
        _tls = tls;
        _stream = stream;
        _reader = Reader(stream);
    }

    /// <exception cref="FileSourceException">It cannot be reached or refuses us; what to do about it.</exception>
    public static async Task<FtpConnection> OpenAsync(FtpOptions options, TlsIdentity? tls, CancellationToken cancellationToken)
    {
        var server = $"{options.Host.Host}:{options.Host.Port}";
        FtpConnection? connection = null;
        try
        {
            using var limit = Limit(cancellationToken);
            connection = new(options, tls, await ConnectAsync(options.Host.Host, options.Host.Port, limit.Token));
            await connection.SignInAsync(limit.Token);
            return connection;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or TimeoutException or FtpRefusedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw new FileSourceException($"No FTP connection to {server} as {options.User}: {(e is OperationCanceledException ? "it does not answer." : e.Message)}", e);
        }
    }

    /// <summary>Sends a command and reads its answer.</summary>
    /// <param name="argument">Checked by <see cref="RemoteNames"/> where it is a name; empty for none.</param>
    public async Task<FtpReply> SendAsync(string command, string argument, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        var line = argument.Length == 0 ? $"{command}\r\n" : $"{command} {argument}\r\n";
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(line), limit.Token);
        await _stream.FlushAsync(limit.Token);
        return await ReadReplyAsync(limit.Token);
    }

    /// <summary>Sends a command whose answer comes over a connection of its own, and copies that.</summary>
    /// <returns>The last reply; 5xx where the server refused.</returns>
    public async Task<FtpReply> DownloadAsync(string command, string argument, Stream target, CancellationToken cancellationToken)
    {
        await using var plain = await ConnectAsync(_options.Host.Host, await PassivePortAsync(cancellationToken), cancellationToken);
        var begun = await SendAsync(command, argument, cancellationToken);
        if (begun.Code is < 100 or >= 200)
        {
            return begun;
        }

        var data = _tls is null ? plain : await _tls.ConnectAsync(plain, _options.Host.Host, cancellationToken);
        await using (data)
        {
            await data.CopyToAsync(target, cancellationToken);
        }

        using var limit = Limit(cancellationToken);
        return await ReadReplyAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _stream.DisposeAsync();
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        await ExpectAsync(ReadReplyAsync(cancellationToken), "greets with");
        if (_tls is not null)
        {
            await ExpectAsync(SendAsync("AUTH", "TLS", cancellationToken), "answers AUTH TLS with");
            _stream = await _tls.ConnectAsync(_stream, _options.Host.Host, cancellationToken);
            _reader = Reader(_stream);
        }

        var user = await SendAsync("USER", _options.User, cancellationToken);
        if (user.Code == 331)
        {
            await ExpectAsync(SendAsync("PASS", _options.Password, cancellationToken), "answers the password with");
        }
        else
        {
            await ExpectAsync(Task.FromResult(user), "answers the name with");
        }

        if (_tls is not null)
        {
            await ExpectAsync(SendAsync("PBSZ", "0", cancellationToken), "answers PBSZ with");
            await ExpectAsync(SendAsync("PROT", "P", cancellationToken), "answers PROT P with");
        }

        // Servers that know UTF-8 names only this way; the others say that they do not, which changes nothing.
        await SendAsync("OPTS", "UTF8 ON", cancellationToken);
        await ExpectAsync(SendAsync("TYPE", "I", cancellationToken), "answers TYPE I with");
        await ExpectAsync(SendAsync("CWD", _options.Path, cancellationToken), $"answers CWD {_options.Path} with");
    }

    private static async Task ExpectAsync(Task<FtpReply> answer, string text)
    {
        var reply = await answer;
        if (!reply.IsDone)
        {
            throw new FtpRefusedException($"it {text} {reply.Code} {reply.Text}");
        }
    }

    /// <summary>EPSV (RFC 2428), else PASV. The address that PASV names is not used: behind address translation it is wrong, and it could be anybody's.</summary>
    private async Task<int> PassivePortAsync(CancellationToken cancellationToken)
    {
        var extended = await SendAsync("EPSV", "", cancellationToken);
        if (extended.Code == 229 && extended.Text.LastIndexOf('|') is > 0 and var end
            && extended.Text.LastIndexOf('|', end - 1) is >= 0 and var begin
            && int.TryParse(extended.Text.AsSpan(begin + 1, end - begin - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return port;
        }

        var passive = await SendAsync("PASV", "", cancellationToken);
        var numbers = passive.Text[(passive.Text.IndexOf('(') + 1)..].TrimEnd('.', ' ').TrimEnd(')').Split(',');
        return passive.Code == 227 && numbers.Length == 6
            && byte.TryParse(numbers[4], NumberStyles.None, CultureInfo.InvariantCulture, out var high)
            && byte.TryParse(numbers[5], NumberStyles.None, CultureInfo.InvariantCulture, out var low)
            ? (high * 256) + low
            : throw new IOException($"The server gives no passive connection: {passive.Code}.");
    }

    private async Task<FtpReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        var code = line.Length >= 3 && int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new IOException("It does not speak FTP.");
        var text = line.Length > 4 ? line[4..] : "";

        // Many lines: the first has a hyphen behind the code, the last the code and a space.
        if (line.Length > 3 && line[3] == '-')
        {
            var last = line[..3] + " ";
            while (!(line = await ReadLineAsync(cancellationToken)).StartsWith(last, StringComparison.Ordinal))
            {
            }
        }

        return new FtpReply(code, text);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = await _reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The server closed the connection.");
        return line.Length <= MaxLine ? line : throw new IOException("The server does not end its lines.");
    }

    private static async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static StreamReader Reader(Stream stream) => new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1024, leaveOpen: true);

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }

    /// <summary>The server said no while we signed in.</summary>
    private sealed class FtpRefusedException(string message) : Exception(message);
}
