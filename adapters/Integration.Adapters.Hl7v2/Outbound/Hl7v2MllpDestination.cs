using System.Net.Sockets;
using System.Security.Authentication;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Records;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>
/// Sends HL7 v2 over MLLP, one message at a time over one connection that is kept. After a time-out the connection is closed: an answer that comes
/// too late has no way to be taken for that of the next message, and besides answers count only for the message whose MSH-10 they name.
/// </summary>
internal sealed class Hl7v2MllpDestination(string name, Hl7DestinationOptions options, OutboundMappings mappings, TimeProvider time, ILogger logger) : IMessageAdapter
{
    private readonly TlsIdentity? _tls = options.Tls is null ? null : new TlsIdentity($"Destination {name}", options.Tls, time, logger);
    private MllpSender? _sender;

    public string Description { get; } = $"MLLP{(options.Tls is null ? "" : " over TLS")} to {options.Host}:{options.Port} in {options.Charset.Declared}";

    public CertificateStatus? Certificate => _tls?.Status;

    public async ValueTask<OutboundContent> BuildAsync(OutboundSubject subject, string controlId, IRecordReader records, CancellationToken cancellationToken)
    {
        var message = await mappings.MapAsync(subject, records, options.TimeZone, cancellationToken);
        if (message.Segments.All(segment => segment.Name != "PID"))
        {
            // A message that names nobody would be filed under nobody.
            return new(default, [MessageIssue.Error(IntegrationErrorCode.OutboundValueMissing, "PID", "The record has no patient identifier to send.")]);
        }

        var written = Hl7OutboundWriter.Write(message, options, controlId, time.GetUtcNow());
        return new(written.Raw, written.Issues);
    }

    public async ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            _sender ??= await ConnectAsync(timeout, cancellationToken);
            return ResultOf(await _sender.SendAsync(content, timeout, options.Acknowledgement == Hl7AcknowledgementMode.Application, cancellationToken));
        }
        catch (TimeoutException)
        {
            await CloseAsync();
            return new SendResult.TimedOut();
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            await CloseAsync();
            return new SendResult.Unreachable($"{options.Host}:{options.Port}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            await CloseAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _tls?.Dispose();
    }

    private async ValueTask<MllpSender> ConnectAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await MllpSender.ConnectAsync(options.Host, options.Port, timeout, _tls, OnUnexpected, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"No connection within {timeout.TotalSeconds:0.#} s.");
        }
    }

    private static SendResult ResultOf(Hl7Ack ack) => ack.Code switch
    {
        AcknowledgmentCode.AA or AcknowledgmentCode.CA => new SendResult.Accepted(),
        AcknowledgmentCode.AR or AcknowledgmentCode.CR => new SendResult.Rejected($"{ack.Code} {ack.Text}".TrimEnd()),
        AcknowledgmentCode.AE or AcknowledgmentCode.CE => new SendResult.Refused($"{ack.Code} {ack.Text}".TrimEnd()),
        _ => new SendResult.Refused("MSA-1 of the answer holds no code of HL7 table 0008."),
    };

    private void OnUnexpected(Hl7Ack ack) => OutboundLog.UnexpectedAck(logger, name, ack.Code, ack.ControlId);

    private async ValueTask CloseAsync()
    {
        if (_sender is { } sender)
        {
            _sender = null;
            await sender.CloseAsync();
        }
    }
}
