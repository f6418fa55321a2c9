using System.Security.Cryptography;
using Integration.Core.Audit;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Operations;

/// <summary>What became of a request about one message. Closed set.</summary>
public abstract record ActionResult
{
    private ActionResult()
    {
    }

    /// <summary>Done, with the message as it stands then. For a correction: the new message.</summary>
    public sealed record Done(JournaledMessage Message) : ActionResult;

    /// <summary>There is no message of this id.</summary>
    public sealed record Unknown : ActionResult;

    /// <summary>Not as the message stands now.</summary>
    /// <param name="Why">One sentence that says what to do instead.</param>
    public sealed record NotNow(JournaledMessage Message, string Why) : ActionResult;

    /// <summary>The corrected bytes cannot be read.</summary>
    public sealed record Unreadable(IReadOnlyList<MessageIssue> Issues) : ActionResult;
}

/// <summary>What an operator does to one message. Each deed is committed together with its audit entry. Safe for many threads.</summary>
public sealed class MessageActions(
    MessageJournal journal, AuditTrail audit, IEnumerable<IHeaderReader> readers, TimeProvider clock)
{
    /// <summary>Runs a message again with the mappings of now.</summary>
    public ValueTask<ActionResult> ReplayAsync(string id, string actor, string reason, CancellationToken cancellationToken) =>
        ReplayAsync(id, mappingVersion: null, actor, reason, cancellationToken);

    /// <summary>Runs a message again.</summary>
    /// <param name="mappingVersion">Of earlier mappings, which <see cref="Mapping.Versions.MappingVersionStore"/> must hold; null: those of now.</param>
    public ValueTask<ActionResult> ReplayAsync(string id, string? mappingVersion, string actor, string reason, CancellationToken cancellationToken) => ChangeAsync(
        id, new AuditNote(actor, AuditActions.Replay, id, mappingVersion is null ? reason : $"mappings {mappingVersion} {reason}".TrimEnd()),
        message => MessageJournal.CanRun(message) ? null : WhyNotRun(message),
        (message, version) => MessageStep.RunAgain(message, version) is var step && mappingVersion is null ? step : step with { After = step.After with { MapWith = mappingVersion } },
        cancellationToken);

    /// <summary>Decides that a failed message shall have no effect.</summary>
    public ValueTask<ActionResult> DiscardAsync(string id, string actor, string reason, CancellationToken cancellationToken) => ChangeAsync(
        id, new AuditNote(actor, AuditActions.Discard, id, reason),
        message => message.State == MessageState.Failed ? null : "Only a failed message can be discarded.",
        (message, version) => MessageStep.Filter(message with { Reason = reason }, version, MessageMarks.Discarded), cancellationToken);

    /// <summary>
    /// Puts corrected bytes in the place of a failed message, as a new message that runs. The original is kept as it came, filtered, and never runs again.
    /// </summary>
    /// <param name="raw">One message without framing.</param>
    public async ValueTask<ActionResult> CorrectAsync(
        string id, ReadOnlyMemory<byte> raw, string actor, string reason, CancellationToken cancellationToken)
    {
        while (await journal.GetAsync(id, withRaw: false, cancellationToken) is var (original, version))
        {
            if (original.State != MessageState.Failed)
            {
                return new ActionResult.NotNow(original, "Only a failed message can be corrected.");
            }

            if (readers.FirstOrDefault(reader => reader.Format == original.Format) is not { } reader)
            {
                return new ActionResult.NotNow(original, $"No adapter of format {original.Format} is part of this engine.");
            }

            var header = reader.Read(raw, original.Feed);
            if (header.HeaderIssues.Count > 0)
            {
                return new ActionResult.Unreadable(header.HeaderIssues);
            }

            var correction = CorrectionOf(original, header, reason);
            var step = MessageStep.Filter(original with { RelatesTo = correction.Id, Reason = reason }, version, MessageMarks.Corrected);
            var result = await audit.CommitAsync(new AuditNote(actor, AuditActions.Correct, id, reason),
                batch => journal.ReplaceAsync(step, correction, batch, cancellationToken), cancellationToken);
            if (result is CommitResult.Committed)
            {
                return new ActionResult.Done(correction);
            }
        }

        return new ActionResult.Unknown();
    }

    private async ValueTask<ActionResult> ChangeAsync(
        string id, AuditNote note, Func<JournaledMessage, string?> whyNot, Func<JournaledMessage, long, MessageStep> step, CancellationToken cancellationToken)
    {
        while (await journal.GetAsync(id, withRaw: false, cancellationToken) is var (message, version))
        {
            if (whyNot(message) is { } why)
            {
                return new ActionResult.NotNow(message, why);
            }

            var change = step(message, version);
            if (await audit.CommitAsync(note, batch => journal.ChangeAsync([change], batch, cancellationToken), cancellationToken) is CommitResult.Committed)
            {
                return new ActionResult.Done(change.After);
            }
        }

        return new ActionResult.Unknown();
    }

    private static string WhyNotRun(JournaledMessage message) => message.State switch
    {
        MessageState.Waiting => "It is waiting to be run already.",
        MessageState.Duplicate => $"It is a duplicate. Replay the first copy: {message.RelatesTo}.",
        _ => $"It was corrected. Replay the correction: {message.RelatesTo}.",
    };

    private JournaledMessage CorrectionOf(JournaledMessage original, InboundMessage header, string reason)
    {
        var now = clock.GetUtcNow();
        return new JournaledMessage
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Feed = original.Feed,
            Received = now,
            Format = original.Format,
            MessageType = header.MessageType,
            ControlId = header.ControlId,
            Sender = header.Sender,
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(header.Raw.Span)),
            PatientKey = header.PatientKey,
            RelatesTo = original.Id,
            Marks = [MessageMarks.Correction],
            Reason = reason,
            RawBytes = header.Raw.Length,
            Raw = header.Raw,
        };
    }
}
