using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Integration.Core.Events;

/// <summary>A document of <c>events</c>: one fact for outside. Written in the commit of what it tells, never changed after that.</summary>
public sealed record EventDocument
{
    /// <summary>See <see cref="IdOf"/>: a replay makes the same id.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="EventCatalog"/>, e.g. <c>appointment.missed</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Of the type's data, see <see cref="EventType.SchemaVersion"/>.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>What it is about: <c>Type/id</c> of a resource, <c>patients/ID</c> of a golden record, <c>feeds/NAME</c> and the like.</summary>
    public required string Subject { get; init; }

    /// <summary>Golden record it is about; null for what is about nobody. Events of one patient reach a destination in order.</summary>
    public string? PatientId { get; init; }

    /// <summary>When it happened, by the source's clock (UTC).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When it was committed (UTC, microseconds). Set by <see cref="EventOutbox"/>, grows strictly within a process.</summary>
    public DateTimeOffset Recorded { get; init; }

    /// <summary>Id of the message, follow-up or incident that brought it.</summary>
    public required string Cause { get; init; }

    /// <summary>Feed that brought it; null when none did.</summary>
    public string? Feed { get; init; }

    /// <summary>As the type's JSON schema says, with the properties of every category. What a destination may not see is left out on the way to it.</summary>
    public required JsonObject Data { get; init; }

    /// <summary>False: the id cannot be stored yet, since its cause runs for the first time. Spares a look at the store.</summary>
    [JsonIgnore]
    public bool MayBeStored { get; init; } = true;

    /// <summary>The id of an event: 32 hex digits.</summary>
    /// <param name="cause">Empty for what may happen to a subject only once, whoever says so.</param>
    /// <param name="discriminator">Tells several of one type, cause and subject apart.</param>
    public static string IdOf(string type, string cause, string subject, string discriminator = "") =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{type}\n{cause}\n{subject}\n{discriminator}")).AsSpan(0, 16));

    /// <summary>Names the event and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => $"{Type} {Id}";
}
