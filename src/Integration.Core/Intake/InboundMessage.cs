using Integration.Core.Diagnostics;

namespace Integration.Core.Intake;

/// <summary>What an adapter hands to <see cref="IMessageIntake"/>: the bytes and what its header alone tells.</summary>
/// <param name="Feed">Name of the feed it came in by.</param>
/// <param name="Format">Parser that reads it, e.g. <c>hl7v2</c>.</param>
/// <param name="Raw">One message without framing. Must not change after hand-over.</param>
public sealed record InboundMessage(string Feed, string Format, ReadOnlyMemory<byte> Raw)
{
    /// <summary>
    /// The id it shall be journaled under, 32 hex digits of a time-ordered UUID; null: a new one. A source that reads again after a crash derives it
    /// from the place of the message, so that each place is journaled once: handed over again, it gets the answer it got before.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>e.g. <c>ADT^A01</c>; empty when unreadable.</summary>
    public string MessageType { get; init; } = "";

    /// <summary>HL7 MSH-10; empty switches duplicate detection off for this message.</summary>
    public string ControlId { get; init; } = "";

    /// <summary>Sending application and facility.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Number of the message in the sender's count, HL7 MSH-13; null when the sender does not count.</summary>
    public long? SequenceNumber { get; init; }

    /// <summary>Lane key, see <see cref="JournaledMessage.PatientKey"/>.</summary>
    public string PatientKey { get; init; } = "";

    /// <summary>The source wants to know how the message ends: the result then holds a <see cref="CompletionWatch"/>, to be disposed.</summary>
    public bool WatchCompletion { get; init; }

    /// <summary>Set when the header itself is unreadable: the bytes go to quarantine with these issues and are never processed.</summary>
    public IReadOnlyList<MessageIssue> HeaderIssues { get; init; } = [];
}

/// <summary>What intake did with a message. Closed set; the adapter turns it into its protocol's answer.</summary>
public abstract record IntakeResult
{
    private IntakeResult()
    {
    }

    /// <summary>Durable; will be processed. Answer AA.</summary>
    public sealed record Accepted(string MessageId) : IntakeResult
    {
        /// <summary>Only when it was asked for.</summary>
        public CompletionWatch? Completion { get; init; }
    }

    /// <summary>Durable; the same message came before. Answer AA.</summary>
    public sealed record Duplicate(string MessageId, string FirstMessageId) : IntakeResult
    {
        /// <summary>Of the first message, only when it was asked for.</summary>
        public CompletionWatch? Completion { get; init; }
    }

    /// <summary>Durable in quarantine; its header cannot be read. Answer AR with the issues.</summary>
    public sealed record Quarantined(string MessageId, IReadOnlyList<MessageIssue> Issues) : IntakeResult;

    /// <summary>Not stored, since the store cannot take it now. Answer nothing or AR: the sender keeps it and sends again.</summary>
    public sealed record Refused(string Reason) : IntakeResult;
}
