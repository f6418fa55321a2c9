using System.Net.Sockets;
using System.Text;
using Integration.Core.Security;

namespace Integration.Adapters.Gateway.Mail;

/// <summary>
/// One connection to a mail server, RFC 5321, as a client that submits (RFC 6409): STARTTLS (RFC 3207), AUTH PLAIN and LOGIN (RFC 4954, 4616). An own client since
/// it has to tell what a reply means for the message, to shake hands as every other connection of the engine does, and to keep the server's words, which may
/// name a patient, to itself; that is less than what a library would have to be wrapped in. Not for several threads.
/// </summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int LongestLine = 4096;
    private const int MostLines = 200;

    private readonly byte[] _buffer = new byte[LongestLine];
    private readonly TcpClient _client = new();
    private Stream _stream = Stream.Null;
    private int _start;
    private int _end;
    private IReadOnlyList<string> _extensions = [];

    /// <summary>Connects, secures the connection and says who we are.</summary>
    /// <returns>Null: mail may be given; else the reply that ended it.</returns>
    /// <exception cref="SocketException">No connection.</exception>
    /// <exception cref="IOException">It broke, or what answers is no mail server.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS: the server is not trusted, or offers none.</exception>
    public async Task<SmtpReply?> OpenAsync(SmtpOptions options, TlsIdentity? tls, CancellationToken cancellationToken)
    {
        await _client.ConnectAsync(options.Host, options.Port, cancellationToken);
        _client.NoDelay = true;
        _stream = _client.GetStream();
        if (options.Security == SmtpSecurity.Implicit)
        {
            _stream = await tls!.ConnectAsync(_stream, options.Host, cancellationToken);
        }

        if (await ReadAsync(cancellationToken) is { IsPositive: false } refused)
        {
            return refused;
        }

        if (await HelloAsync(cancellationToken) is { } unwelcome)
        {
            return unwelcome;
        }

        if (options.Security == SmtpSecurity.StartTls)
        {
            if (!_extensions.Contains("STARTTLS") || !(await AskAsync("STARTTLS", cancellationToken)).IsPositive)
            {
                throw new System.Security.Authentication.AuthenticationException("The server offers no STARTTLS; see Smtp:Security.");
            }

            _start = _end = 0;   // RFC 3207 §4.2: what was said in clear is forgotten, also what somebody may have put in behind the reply
            _stream = await tls!.ConnectAsync(_stream, options.Host, cancellationToken);
            if (await HelloAsync(cancellationToken) is { } changed)
            {
                return changed;
            }
        }

        return options.User is null ? null : await AuthenticateAsync(options.User, options.Password!, cancellationToken);
    }

    /// <summary>One command or line, and its reply.</summary>
    public async Task<SmtpReply> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>The mail behind DATA; the reply says who answers for it from now on.</summary>
    /// <param name="mail">Ends with CRLF; no line begins with a dot.</param>
    public async Task<SmtpReply> GiveAsync(ReadOnlyMemory<byte> mail, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(mail, cancellationToken);
        return await AskAsync(".", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task<SmtpReply?> HelloAsync(CancellationToken cancellationToken)
    {
        // RFC 5321 §4.1.3: an address literal, since a container's own name is nothing that a server could look up.
        var local = (_client.Client.LocalEndPoint as System.Net.IPEndPoint)?.Address;
        var literal = local is null ? "127.0.0.1" : local.IsIPv4MappedToIPv6 ? local.MapToIPv4().ToString() : local.AddressFamily == AddressFamily.InterNetworkV6 ? $"IPv6:{local}" : local.ToString();
        var reply = await AskAsync($"EHLO [{literal}]", cancellationToken);
        if (!reply.IsPositive)
        {
            return reply;
        }

        _extensions = [.. reply.Lines.Skip(1).Select(line => line.ToUpperInvariant())];
        return null;
    }

    private async Task<SmtpReply?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken)
    {
        var offered = _extensions.FirstOrDefault(line => line.StartsWith("AUTH ", StringComparison.Ordinal))?.Split(' ') ?? [];
        SmtpReply reply;
        if (offered.Contains("PLAIN") || !offered.Contains("LOGIN"))
        {
            reply = await AskAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", cancellationToken);
        }
        else
        {
            reply = await AskAsync("AUTH LOGIN", cancellationToken);
            reply = reply.Code == 334 ? await AskAsync(Base64(user), cancellationToken) : reply;
            reply = reply.Code == 334 ? await AskAsync(Base64(password), cancellationToken) : reply;
        }

        return reply.Code == 235 ? null : reply;
    }

    private async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (lines.Count < MostLines)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var code)
                || code is < 200 or > 599 || (line.Length > 3 && line[3] is not (' ' or '-')))
            {
                break;
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(code, lines);
            }
        }

        throw new IOException("What answers there is no mail server.");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = _end == _buffer.Length ? 0 : await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                throw new IOException("The mail server ended the connection.");
            }

            _end += read;
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
