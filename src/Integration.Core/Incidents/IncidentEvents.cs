using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Events;

namespace Integration.Core.Incidents;

/// <summary>Makes the events of a notice. Pure.</summary>
internal static class IncidentEvents
{
    /// <param name="now">When it is told (UTC).</param>
    /// <returns>That of the incident, and for the silence of a feed that of the feed.</returns>
    public static IReadOnlyList<EventDocument> Of(IncidentDocument incident, IncidentNotice notice, DateTimeOffset now)
    {
        var type = notice switch
        {
            IncidentNotice.Opened => IncidentEventTypes.Opened,
            IncidentNotice.Repeated => IncidentEventTypes.Repeated,
            _ => IncidentEventTypes.Over,
        };
        var data = DataOf(incident);
        if (notice == IncidentNotice.Recovered)
        {
            data["recovered"] = Text(incident.Recovered ?? now);
        }

        var ofIncident = Event(type, incident, now, data);
        return incident.Kind == IncidentKind.FeedSilent && notice != IncidentNotice.Repeated ? [ofIncident, OfFeed(incident, notice, now)] : [ofIncident];
    }

    private static EventDocument OfFeed(IncidentDocument incident, IncidentNotice notice, DateTimeOffset now)
    {
        var data = new JsonObject { ["since"] = Text(incident.Since) };
        if (notice == IncidentNotice.Opened)
        {
            return Event(IncidentEventTypes.FeedSilent, incident, now, data);
        }

        data["recovered"] = Text(incident.Recovered ?? now);
        return Event(IncidentEventTypes.FeedRecovered, incident, now, data);
    }

    private static EventDocument Event(EventType type, IncidentDocument incident, DateTimeOffset now, JsonObject data) => new()
    {
        Id = EventDocument.IdOf(type.Name, incident.Id, incident.Subject, incident.Notices.ToString(CultureInfo.InvariantCulture)),
        Type = type.Name,
        SchemaVersion = type.SchemaVersion,
        Subject = incident.Subject,
        Time = now,
        Cause = incident.Id,
        Feed = incident.Subject.StartsWith(IncidentSubjects.OfFeed(""), StringComparison.Ordinal) ? IncidentSubjects.NameOf(incident.Subject) : null,
        Data = data,
    };

    private static JsonObject DataOf(IncidentDocument incident) => new()
    {
        ["incidentId"] = incident.Id,
        ["kind"] = JsonNamingPolicy.CamelCase.ConvertName(incident.Kind.ToString()),
        ["since"] = Text(incident.Since),
        ["occurrences"] = incident.Occurrences,
        ["notices"] = incident.Notices,
        ["isEscalated"] = incident.IsEscalated,
        ["title"] = incident.En.Title,
        ["text"] = incident.En.Text,
        ["remedy"] = incident.En.Remedy,
        ["titleZh"] = incident.Zh.Title,
        ["textZh"] = incident.Zh.Text,
        ["remedyZh"] = incident.Zh.Remedy,
    };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
