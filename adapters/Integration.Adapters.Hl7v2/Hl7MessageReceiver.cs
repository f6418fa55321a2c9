using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>
/// What every transport of HL7 v2 does with the bytes of one message: read the header, hand them to intake, log what went wrong, build the
/// answer. Transports only fetch bytes and carry answers.
/// </summary>
/// <remarks>Safe for many threads.</remarks>
internal sealed class Hl7MessageReceiver(string feed, Hl7FeedOptions options, IMessageIntake intake, TimeProvider time, ILogger logger)
{
    public string Feed => feed;

    /// <summary>Longest message that is taken; the transport has to see to it before it holds the bytes.</summary>
    public int MaxMessageBytes => options.MaxMessageBytes;

    /// <summary>Journals the message; returns when it is durable or refused.</summary>
    /// <param name="raw">One message without framing. Must not change after hand-over.</param>
    public async ValueTask<Hl7Receipt> ReceiveAsync(ReadOnlyMemory<byte> raw, CancellationToken cancellationToken)
    {
        var header = ReadHeader(raw);
        var request = RequestOf(header);
        return new(header, request, await TakeAsync(raw, header, request.WantsApplication, id: null, cancellationToken));
    }

    /// <summary>What the acknowledgement, the lane and the order of messages need of a message. Never throws for any bytes.</summary>
    public Hl7Header ReadHeader(ReadOnlyMemory<byte> raw) => Hl7Header.Read(raw, feed, options.Reading);

    /// <summary>Journals a message of a source that wants no acknowledgement, such as a file; returns when it is durable or refused.</summary>
    /// <param name="raw">One message without framing. Must not change after hand-over.</param>
    /// <param name="header">That of <paramref name="raw"/>.</param>
    /// <param name="id">See <see cref="InboundMessage.Id"/>.</param>
    public ValueTask<IntakeResult> TakeAsync(ReadOnlyMemory<byte> raw, Hl7Header header, string? id, CancellationToken cancellationToken) =>
        TakeAsync(raw, header, isWatched: false, id, cancellationToken);

    /// <summary>The receipt of a message that is not handed to intake, since intake has just refused another.</summary>
    public Hl7Receipt Refuse(ReadOnlyMemory<byte> raw, string reason)
    {
        var header = ReadHeader(raw);
        return new(header, RequestOf(header), new IntakeResult.Refused(reason));
    }

    /// <summary>The acknowledgement to send at once, without framing; null when the sender wants none now.</summary>
    public byte[]? Acknowledge(Hl7Receipt receipt) => Hl7AckBuilder.Build(receipt.Header, receipt.Request, receipt.Result, Now(), NewControlId());

    /// <summary>
    /// The application acknowledgement of enhanced mode, once the pipeline has finished the message. Call it once for each receipt.
    /// </summary>
    /// <returns>Null when the sender wants none, or the message was not finished within <see cref="Hl7FeedOptions.ApplicationAckTimeout"/>.</returns>
    public async Task<byte[]?> AcknowledgeApplicationAsync(Hl7Receipt receipt, CancellationToken cancellationToken)
    {
        using var watch = receipt.Completion;
        if (watch is null)
        {
            return null;
        }

        try
        {
            var finished = await watch.Finished.WaitAsync(options.ApplicationAckTimeout, time, cancellationToken);
            return Hl7AckBuilder.Build(receipt.Header, receipt.Request, finished, Now(), NewControlId());
        }
        catch (TimeoutException)
        {
            Hl7Log.ApplicationAckLate(logger, feed, receipt.Header.ControlId, watch.MessageId, options.ApplicationAckTimeout);
            return null;
        }
    }

    /// <summary>The refusal of a message that is longer than allowed.</summary>
    /// <param name="beginning">Its first bytes, enough to read its header.</param>
    public byte[] RefuseTooLong(ReadOnlyMemory<byte> beginning)
    {
        var header = Hl7Header.Read(beginning, feed, options.Reading);
        var issue = MessageIssue.Error(
            IntegrationErrorCode.FrameTooLong, "",
            $"The message is longer than {MaxMessageBytes} bytes and was not stored. Raise Feeds:{feed}:MaxMessageBytes if it is wanted.");
        var isEnhanced = options.AckMode == Hl7AckMode.Declared && Hl7AckRequest.Of(header).IsEnhanced;
        return Hl7AckBuilder.Build(header, isEnhanced ? AcknowledgmentCode.CR : AcknowledgmentCode.AR, [issue], Now(), NewControlId());
    }

    private async ValueTask<IntakeResult> TakeAsync(
        ReadOnlyMemory<byte> raw, Hl7Header header, bool isWatched, string? id, CancellationToken cancellationToken)
    {
        var result = await intake.AcceptAsync(
            Hl7HeaderReader.MessageOf(feed, raw, header) with { Id = id, WatchCompletion = isWatched },
            cancellationToken);
        if (result is IntakeResult.Quarantined { Issues: [var issue, ..] } quarantined)
        {
            Hl7Log.Quarantined(
                logger, feed, header.ControlId.Length > 0 ? header.ControlId : "none", issue.Code.ToString(), issue.Place.Length > 0 ? issue.Place : "its beginning",
                quarantined.MessageId);
        }
        else if (result is IntakeResult.Refused refused)
        {
            Hl7Log.Refused(logger, feed, header.ControlId, refused.Reason);
        }

        return result;
    }

    private Hl7AckRequest RequestOf(Hl7Header header) => options.AckMode == Hl7AckMode.Original ? Hl7AckRequest.Original : Hl7AckRequest.Of(header);

    /// <summary>In the zone that answers show.</summary>
    public DateTimeOffset Now() => TimeZoneInfo.ConvertTime(time.GetUtcNow(), options.Reading.TimeZone);

    /// <summary>Twenty characters, the most that MSH-10 holds before v2.7: 48 bits of time, then random ones.</summary>
    public static string NewControlId() => Guid.CreateVersion7().ToString("N")[..20];
}

/// <summary>A message that intake has decided on.</summary>
/// <param name="Request">Which acknowledgements its sender wants.</param>
internal sealed record Hl7Receipt(Hl7Header Header, Hl7AckRequest Request, IntakeResult Result)
{
    /// <summary>Tells how the message ends; null when nobody is to hear of it.</summary>
    public CompletionWatch? Completion => Result switch
    {
        IntakeResult.Accepted accepted => accepted.Completion,
        IntakeResult.Duplicate duplicate => duplicate.Completion,
        _ => null,
    };
}
