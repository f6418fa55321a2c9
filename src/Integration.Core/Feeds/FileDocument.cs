using System.Text.Json.Serialization;
using Integration.Core.Diagnostics;

namespace Integration.Core.Feeds;

/// <summary>Where a file stands.</summary>
public enum FileState
{
    /// <summary>Its messages are being handed to intake, or were when the process ended: then it is read again, and nothing is doubled.</summary>
    Reading,

    /// <summary>Every message in it is durable.</summary>
    Done,

    /// <summary>As Done, and something in it does not add up; see <see cref="FileDocument.Issues"/>.</summary>
    Flagged,

    /// <summary>It holds no message, or one that could not be taken. The same content is tried again when it comes again.</summary>
    Failed,
}

/// <summary>
/// A document of <c>files</c>, the ledger of content that came in one piece: a file that was picked up, or a batch that came over a connection.
/// </summary>
public sealed record FileDocument
{
    /// <summary><c>feed/checksum</c>: the same content on the same feed is one entry.</summary>
    [JsonIgnore]
    public string Id => $"{Feed}/{Checksum}";

    public required string Feed { get; init; }

    /// <summary>SHA-256 of the whole content, 64 hex digits.</summary>
    public required string Checksum { get; init; }

    /// <summary>As the source names it; empty for a batch that came over a connection.</summary>
    public string Name { get; init; } = "";

    public long Bytes { get; init; }

    public FileState State { get; init; } = FileState.Reading;

    /// <summary>When its content was first taken up (UTC).</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When its state was last decided (UTC); null while it is read.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Messages found in it.</summary>
    public int Messages { get; init; }

    /// <summary>Batches found in it, HL7 BHS; 1 for messages without any.</summary>
    public int Batches { get; init; }

    /// <summary>Messages that its trailers declare, HL7 BTS-1; null when none does.</summary>
    public long? DeclaredMessages { get; init; }

    /// <summary>Of the messages: durable and to be processed.</summary>
    public int Accepted { get; init; }

    /// <summary>Of the messages: had come before.</summary>
    public int Duplicates { get; init; }

    /// <summary>Of the messages, and of text between them: durable in quarantine, since they cannot be read.</summary>
    public int Quarantined { get; init; }

    public IReadOnlyList<MessageIssue> Issues { get; init; } = [];

    /// <summary>How often the same content came again.</summary>
    public int Copies { get; init; }

    /// <summary>Where it was put when it was finished; null until then, and for a batch that came over a connection.</summary>
    public string? MovedTo { get; init; }
}
