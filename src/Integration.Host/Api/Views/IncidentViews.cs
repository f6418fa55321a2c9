using System.ComponentModel;
using System.Text.Json.Serialization;
using Integration.Core.Incidents;

namespace Integration.Host.Api.Views;

/// <summary>One thing that went wrong, from its beginning to its end.</summary>
internal sealed record IncidentView(
    string Id,
    IncidentKind Kind,
    [property: Description("feeds/NAME, destinations/NAME, store or engine.")] string Subject,
    IncidentState State,
    [property: Description("When the trouble began.")] DateTimeOffset Since,
    [property: Description("When it had lasted long enough to be an incident.")] DateTimeOffset Opened,
    [property: Description("When it was last seen and written down.")] DateTimeOffset LastSeen,
    [property: Description("When the trouble ended; null while it is open.")] DateTimeOffset? Recovered,
    [property: Description("How many times it began since then; above 1 where it comes and goes.")] int Occurrences,
    [property: Description("How many times it was told: its opening and each repeat.")] int Notices,
    bool IsEscalated,
    [property: Description("Who works on it; null when nobody said so.")] IncidentDecision? Acknowledged,
    [property: Description("Who silenced it, and until when; null when nobody did.")] IncidentDecision? Muted,
    IncidentText En,
    IncidentText Zh,
    [property: Description("Figures, as text, by name.")] IReadOnlyDictionary<string, string> Facts)
{
    public static IncidentView Of(IncidentDocument incident) => new(
        incident.Id, incident.Kind, incident.Subject, incident.State, incident.Since, incident.Opened, incident.LastSeen, incident.Recovered, incident.Occurrences,
        incident.Notices, incident.IsEscalated, incident.Acknowledged, incident.Muted, incident.En, incident.Zh, incident.Facts);
}

/// <summary>For how long nothing shall be told, and why.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MuteRequest
{
    [Description("When the mute ends, at most 90 days ahead.")]
    public DateTimeOffset? Until { get; init; }

    [Description("For the audit, at most 500 characters.")]
    public string? Reason { get; init; }
}
