using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Integration.Core.Diagnostics;

namespace Integration.Core.Delivery;

/// <summary>Where a delivery stands. All that was ever due = waiting + done + failed + captured.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryState>))]
public enum DeliveryState
{
    /// <summary>Not sent yet, or to be sent again.</summary>
    Waiting,

    /// <summary>The destination has acknowledged it.</summary>
    Done,

    /// <summary>Moved aside: a person decides. Others go on.</summary>
    Failed,

    /// <summary>Kept instead of sent, since the destination is in the sandbox.</summary>
    Captured,
}

/// <summary>Why a delivery failed, which decides what a retry by hand does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryFailure>))]
public enum DeliveryFailure
{
    /// <summary>Its content could not be made; nothing was sent. A retry makes it anew.</summary>
    NotBuilt,

    /// <summary>The destination refused it. A retry makes it anew, with a new control id.</summary>
    Rejected,

    /// <summary>Sent, no answer in time, and <c>OnTimeout</c> is Fail: it may have arrived. A retry sends the same bytes and control id.</summary>
    TimedOut,

    /// <summary>Older than <c>Retry:MaxAge</c>. A retry sends the same bytes and control id.</summary>
    Expired,
}

/// <summary>
/// A document of <c>deliveries</c>, the outbox: one change of the record told to one destination. Written in the commit of the change itself.
/// The bytes to send lie beside it and never change once an attempt was made, so that a repeat is a repeat.
/// </summary>
public sealed record DeliveryDocument
{
    /// <summary>See <see cref="IdOf"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Key under <c>Destinations</c>.</summary>
    public required string Destination { get; init; }

    /// <summary>What is told: a message such as <c>ADT_A08</c>, or the type of the event.</summary>
    public required string Trigger { get; init; }

    /// <summary><c>Type/id</c> of the resource that changed, or the subject of the event.</summary>
    public required string Reference { get; init; }

    /// <summary>Golden record it belongs to; empty: nobody's. Deliveries of one patient to one destination go in the order of <see cref="Created"/>.</summary>
    public required string PatientId { get; init; }

    /// <summary>Inbound message that brought the change, or whatever else caused the event.</summary>
    public required string MessageId { get; init; }

    /// <summary>The event that is told; null for a message.</summary>
    public string? EventId { get; init; }

    /// <summary>Grows strictly within a process (UTC).</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When the change happened, by the source's clock (UTC).</summary>
    public required DateTimeOffset Occurred { get; init; }

    /// <summary>Version of the resource before the change, of which a message tells what was lost; null for a new resource, and for an event.</summary>
    public int? VersionBefore { get; init; }

    public DeliveryState State { get; init; } = DeliveryState.Waiting;

    /// <summary>Waiting: when it is due. Else: when it came to rest (UTC).</summary>
    public required DateTimeOffset NextAttempt { get; init; }

    /// <summary>When it was created or last retried by hand; <c>Retry:MaxAge</c> counts from here (UTC).</summary>
    public required DateTimeOffset Queued { get; init; }

    /// <summary>How often it was sent or tried to be.</summary>
    public int Attempts { get; init; }

    /// <summary>How often its content was made anew; part of the control id.</summary>
    public int Rebuilds { get; init; }

    /// <summary>Length of the bytes that are kept; 0: they are made when it is sent.</summary>
    public int ContentBytes { get; init; }

    /// <summary>What went wrong last; null when nothing did. May quote the destination's answer.</summary>
    public MessageIssue? LastError { get; init; }

    /// <summary>Set exactly when <see cref="State"/> is Failed.</summary>
    public DeliveryFailure? Failure { get; init; }

    /// <summary>The bytes to send. Empty unless read with payload.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>HL7 MSH-10 and the like: 20 hex digits, the same in every repeat, another once the content was made anew.</summary>
    [JsonIgnore]
    public string ControlId => Hash($"{Id}\n{Rebuilds}")[..20];

    /// <summary>One id for one message, destination, trigger and resource, so that a replay finds what was sent already.</summary>
    public static string IdOf(string messageId, string destination, string trigger, string reference) =>
        Hash($"{messageId}\n{destination}\n{trigger}\n{reference}")[..32];

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
