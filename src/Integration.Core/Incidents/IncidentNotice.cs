namespace Integration.Core.Incidents;

/// <summary>What is told to the outside about an incident.</summary>
internal enum IncidentNotice
{
    Opened,
    Repeated,
    Recovered,
}

internal static class IncidentNotices
{
    /// <summary>The incident with the notice counted; a notice of the end is not.</summary>
    public static IncidentDocument Told(this IncidentDocument incident, IncidentNotice? notice, DateTimeOffset now) =>
        notice is IncidentNotice.Opened or IncidentNotice.Repeated ? incident with { Notices = incident.Notices + 1, LastNotice = now } : incident;
}
