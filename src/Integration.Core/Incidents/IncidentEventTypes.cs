using Integration.Core.Events;

namespace Integration.Core.Incidents;

/// <summary>What incidents tell to the outside.</summary>
internal static class IncidentEventTypes
{
    private const string OfIncident = "feeds/NAME, destinations/NAME, store or engine";
    private const string OfFeed = "feeds/NAME";

    private static readonly EventProperty Since = new("since", EventValueKind.Time, DataCategory.Plain, "When the trouble began (UTC)", IsRequired: true);
    private static readonly EventProperty Recovered = new("recovered", EventValueKind.Time, DataCategory.Plain, "When it ended (UTC)", IsRequired: true);

    private static readonly IReadOnlyList<EventProperty> Incident =
    [
        new("incidentId", EventValueKind.Text, DataCategory.Plain, "The same in every event of one incident", IsRequired: true),
        new("kind", EventValueKind.Text, DataCategory.Plain, "What kind of trouble, e.g. destinationAway", IsRequired: true),
        Since,
        new("occurrences", EventValueKind.Integer, DataCategory.Plain, "How many times it began since then", IsRequired: true),
        new("notices", EventValueKind.Integer, DataCategory.Plain, "How many times it was told, this one included", IsRequired: true),
        new("isEscalated", EventValueKind.Flag, DataCategory.Plain, "It was repeated so often that the next level should hear of it", IsRequired: true),
        new("title", EventValueKind.Text, DataCategory.Plain, "What kind of trouble, in English", IsRequired: true),
        new("text", EventValueKind.Text, DataCategory.Plain, "What happened to what, in English", IsRequired: true),
        new("remedy", EventValueKind.Text, DataCategory.Plain, "What to do, in English", IsRequired: true),
        new("titleZh", EventValueKind.Text, DataCategory.Plain, "The title in Chinese", IsRequired: true),
        new("textZh", EventValueKind.Text, DataCategory.Plain, "The text in Chinese", IsRequired: true),
        new("remedyZh", EventValueKind.Text, DataCategory.Plain, "The remedy in Chinese", IsRequired: true),
    ];

    public static readonly EventType Opened = new("incident.opened", 1, "Something went wrong with the running of the engine", "告警产生", OfIncident, Incident);

    public static readonly EventType Repeated = new("incident.repeated", 1, "It still is, and nobody acknowledged it", "告警重复提醒", OfIncident, Incident);

    public static readonly EventType Over = new("incident.recovered", 1, "It is over", "告警恢复", OfIncident, [.. Incident, Recovered]);

    public static readonly EventType FeedSilent = new("feed.silent", 1, "A feed that usually talks at this hour does not", "接口静默", OfFeed, [Since]);

    public static readonly EventType FeedRecovered = new("feed.recovered", 1, "A feed that was silent talks again", "接口恢复", OfFeed, [Since, Recovered]);

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<EventType> All { get; } = [Opened, Repeated, Over, FeedSilent, FeedRecovered];
}
