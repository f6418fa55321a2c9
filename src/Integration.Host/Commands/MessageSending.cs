using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Host.Commands;

/// <summary>One run of <c>send</c>: one connection, one message after the other, each waiting for its acknowledgement.</summary>
/// <param name="error">Takes one line for what ended the run early.</param>
internal sealed class MessageSending(SendRequest request, SendReport report, TextWriter error)
{
    /// <summary>Exit code when the receiver refused a message.</summary>
    public const int SomeRefused = 1;

    /// <summary>Exit code when nobody listens or no acknowledgement came.</summary>
    public const int NotDelivered = 3;

    private const int Interrupted = 130;

    private int _accepted;
    private int _refused;
    private int _filesLeft;

    private string Address => request.Host.Contains(':') ? $"[{request.Host}]:{request.Port}" : $"{request.Host}:{request.Port}";

    /// <returns>0: everything accepted; else one of the exit codes above, or <see cref="CommandLine.BadConfiguration"/> for files that cannot be sent.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var files = OutgoingMessages.FindFiles(request.Paths);
            await using var sender = await ConnectAsync(cancellationToken);
            var started = Stopwatch.GetTimestamp();
            await report.RunAsync(files.Count, advance => SendAllAsync(sender, files, advance, cancellationToken));
            await report.EndAsync(_accepted, _refused, Stopwatch.GetElapsedTime(started));
            if (_filesLeft > 0)
            {
                await error.WriteLineAsync($"Stopped at the refusal; files not sent: {_filesLeft}. With --keep-going they are.");
            }

            return _refused > 0 ? SomeRefused : 0;
        }
        catch (ConfigurationException e)
        {
            await error.WriteLineAsync(e.Message);
            return CommandLine.BadConfiguration;
        }
        catch (NotDeliveredException e)
        {
            await error.WriteLineAsync(e.Message);
            return NotDelivered;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync($"Interrupted. {Progress()}");
            return Interrupted;
        }
    }

    private async Task SendAllAsync(MllpSender sender, IReadOnlyList<string> files, Action advance, CancellationToken cancellationToken)
    {
        _filesLeft = files.Count;
        foreach (var file in files)
        {
            _filesLeft--;
            foreach (var message in OutgoingMessages.Read(file))
            {
                var sent = await SendAsync(sender, message, cancellationToken);
                await report.AnsweredAsync(sent);
                _accepted += sent.Ack.IsAccepted ? 1 : 0;
                _refused += sent.Ack.IsAccepted ? 0 : 1;
                if (!sent.Ack.IsAccepted && !request.KeepGoing)
                {
                    return;
                }
            }

            advance();
        }
    }

    private async Task<SentMessage> SendAsync(MllpSender sender, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var header = Hl7Header.Read(message.Bytes, "", Hl7ReadingOptions.Default);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var ack = await sender.SendAsync(message.Bytes, cancellationToken);
            return new SentMessage(message.File, header.ControlId, header.MessageType, ack, Stopwatch.GetElapsedTime(started));
        }
        catch (TimeoutException e)
        {
            throw new NotDeliveredException($"{message.File}: {e.Message} {Progress()} Send the rest again, or wait longer with --timeout.", e);
        }
        catch (IOException e)
        {
            throw new NotDeliveredException($"{message.File}: The connection to {Address} broke before the acknowledgement: {e.Message} {Progress()} Send the rest again.", e);
        }
    }

    private async Task<MllpSender> ConnectAsync(CancellationToken cancellationToken)
    {
        // Only the handshake needs it.
        using var tls = request.Tls is null ? null : Load(request.Tls);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(request.Timeout);
        try
        {
            return await MllpSender.ConnectAsync(request.Host, request.Port, request.Timeout, tls, onUnexpected: null, timeout.Token);
        }
        catch (SocketException e)
        {
            throw new NotDeliveredException(e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused =>
                    $"Nobody listens on {Address}. Start the engine (dotnet run --project src/Integration.Host), or name the address of its feed with --to host:port.",
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => $"There is no host '{request.Host}'. Name another with --to host:port.",
                _ => $"{Address} cannot be reached: {e.Message}. Check the network, or name another address with --to host:port.",
            }, e);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            throw new NotDeliveredException($"{Address}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotDeliveredException(
                $"{Address} did not answer within {request.Timeout.TotalSeconds:0.#} s. Check the address and whether a firewall is between, or wait longer with --timeout.", e);
        }
    }

    private static TlsIdentity Load(TlsOptions options)
    {
        try
        {
            return new TlsIdentity("send", options, TimeProvider.System, NullLogger.Instance);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new(
                options.CertificateFile is null ? "--authorities" : "--certificate, --authorities", $"A file cannot be used: {e.Message.TrimEnd('.')}.",
                "Give PEM files; that of --certificate with the key in it, unencrypted.")]);
        }
    }

    private string Progress() => _refused == 0 ? $"Accepted before: {_accepted}." : $"Accepted before: {_accepted}, refused: {_refused}.";

    /// <summary>The message cannot be brought to the receiver; the text is one line for a person.</summary>
    private sealed class NotDeliveredException(string message, Exception inner) : Exception(message, inner);
}
