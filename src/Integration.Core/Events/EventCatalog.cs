using System.Collections.Frozen;
using Integration.Core.Events.Record;
using Integration.Core.FollowUps.Work;
using Integration.Core.Incidents;

namespace Integration.Core.Events;

/// <summary>The closed list of event types. Each is raised by something: a type that nothing raises is not listed.</summary>
public static class EventCatalog
{
    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<EventType> All { get; } = [.. RecordEventTypes.All.Select(t => t.Type), .. FollowUpEvents.All, .. IncidentEventTypes.All];

    private static readonly FrozenDictionary<string, EventType> ByName = All.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>Names of all types.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>Null: there is no such type.</summary>
    public static EventType? Find(string name) => ByName.GetValueOrDefault(name);
}
