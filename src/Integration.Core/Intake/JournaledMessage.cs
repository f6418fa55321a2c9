using System.Text.Json.Serialization;
using Integration.Core.Diagnostics;
using Integration.Core.Retention;

namespace Integration.Core.Intake;

/// <summary>Where a message stands. In = waiting + done + failed + filtered + duplicate, at every moment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MessageState>))]
public enum MessageState
{
    /// <summary>Acknowledged and durable; the pipeline has not finished it (or will run it again).</summary>
    Waiting,

    /// <summary>Its effect is committed to the record.</summary>
    Done,

    /// <summary>In quarantine, with issues; bytes kept, can be replayed.</summary>
    Failed,

    /// <summary>Refused by a rule of the feed; bytes kept.</summary>
    Filtered,

    /// <summary>The same sender sent the same control id with the same content before.</summary>
    Duplicate,
}

/// <summary>Words of <see cref="JournaledMessage.Marks"/>.</summary>
public static class MessageMarks
{
    /// <summary>Its sender used the control id for other content before, within the duplicate window.</summary>
    public const string Conflict = "conflict";

    /// <summary>An operator put it in the place of another message.</summary>
    public const string Correction = "correction";

    /// <summary>An operator put another message in its place; it is Filtered and never runs again.</summary>
    public const string Corrected = "corrected";

    /// <summary>An operator decided that it shall have no effect; it is Filtered.</summary>
    public const string Discarded = "discarded";
}

/// <summary>One stage of one run over a message.</summary>
/// <param name="Name">The stage's name: parse, map, identify, record, followUp, deliver, commit.</param>
/// <param name="DurationUs">Microseconds.</param>
public sealed record StageTiming(string Name, long DurationUs);

/// <summary>One document that a message changed.</summary>
/// <param name="Action">created, updated, unchanged, moved (to another patient), deleted or older (record was newer; nothing overwritten).</param>
/// <param name="Version">Version of the document after the change.</param>
public sealed record MessageChange(string Type, string Id, string Action, long Version);

/// <summary>One inbound message: a document of <c>messages</c>, the journal. Raw bytes lie beside it as payload.</summary>
public sealed record JournaledMessage
{
    /// <summary>Time-ordered UUID (version 7), 32 hex digits.</summary>
    public required string Id { get; init; }

    public required string Feed { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>Name of the parser that reads it: <c>hl7v2</c>.</summary>
    public required string Format { get; init; }

    /// <summary>As the source names it, e.g. <c>ADT^A01</c>; empty when the header could not be read.</summary>
    public string MessageType { get; init; } = "";

    /// <summary>HL7 MSH-10 or its like; empty when there is none.</summary>
    public string ControlId { get; init; } = "";

    /// <summary>Sending application and facility, e.g. <c>HIS|EAST</c>; empty when unknown.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Number by which gaps of this sender are noticed; null when it does not count.</summary>
    public long? SequenceNumber { get; init; }

    /// <summary>SHA-256 of the raw bytes, 64 hex digits.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Lane key: messages with the same key run one after another in order of arrival. Empty: no patient known, own lane.</summary>
    public string PatientKey { get; init; } = "";

    public MessageState State { get; init; } = MessageState.Waiting;

    /// <summary>How often the pipeline has finished a run over it, replays included.</summary>
    public int Attempts { get; init; }

    public IReadOnlyList<MessageIssue> Issues { get; init; } = [];

    /// <summary>Stages of the last run.</summary>
    public IReadOnlyList<StageTiming> Stages { get; init; } = [];

    /// <summary>What the last run changed.</summary>
    public IReadOnlyList<MessageChange> Changes { get; init; } = [];

    /// <summary>Source places that hold a value and that no mapping read, e.g. <c>PID-31</c>.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>Codes of the work-list that its last run could not map, see <see cref="Mapping.Codes.UnmappedCodeStore.KeyOf"/>; almost always none.</summary>
    public IReadOnlyList<string> UnmappedCodes { get; init; } = [];

    /// <summary>Golden record it belongs to; null until identified.</summary>
    public string? PatientId { get; init; }

    /// <summary>Every patient identifier seen in it, as <c>authority|value</c> and as the bare value; it is found by them.</summary>
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    /// <summary>What it is found by besides, see <see cref="MessageSearchKeys"/>.</summary>
    public IReadOnlyList<string> SearchKeys { get; init; } = [];

    /// <summary>Version of the mappings of the last run; null before.</summary>
    public string? MappingVersion { get; init; }

    /// <summary>Version of earlier mappings that its next run shall use, since an operator asked for it; null: those of now.</summary>
    public string? MapWith { get; init; }

    /// <summary>
    /// For state Duplicate: the first message. For a control id reused with other content: the earlier message. For a correction: the
    /// message it corrects; for a message that was corrected: its correction.
    /// </summary>
    public string? RelatesTo { get; init; }

    /// <summary>What is special about it, see <see cref="MessageMarks"/>; kept over replays.</summary>
    public IReadOnlyList<string> Marks { get; init; } = [];

    /// <summary>Why it failed, alike for all messages that failed alike, see <see cref="FailureCause"/>; null unless it is Failed.</summary>
    public string? Cause { get; init; }

    /// <summary>The last operation on many messages that took hold of it; null when none did.</summary>
    public string? Operation { get; init; }

    /// <summary>Why an operator discarded or corrected it, in the operator's words; null when none did.</summary>
    public string? Reason { get; init; }

    /// <summary>When the pipeline last finished it (UTC); null before.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Length of the raw bytes.</summary>
    public int RawBytes { get; init; }

    /// <summary>Where its raw bytes lie compressed; null while they lie beside it.</summary>
    public RawPlace? RawIn { get; init; }

    /// <summary>The bytes as received, without framing. Empty unless read with payload.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Raw { get; init; }
}
