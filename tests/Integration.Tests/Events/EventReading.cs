using Integration.Core.Events;
using Integration.Core.Storage;

namespace Integration.Tests.Events;

internal static class EventReading
{
    /// <summary>All events of a store in the order they were committed.</summary>
    public static async Task<IReadOnlyList<EventDocument>> EventsAsync(this IDocumentStore store)
    {
        var events = new List<EventDocument>();
        var query = new DocumentQuery(Collections.Events) { OrderBy = [new DocumentSort(DocumentField.Sequence)], Limit = 1000 };
        await foreach (var stored in store.ReadAllAsync(query, CancellationToken.None))
        {
            events.Add(Collections.Events.Read(stored));
        }

        return events;
    }

    public static async Task<IReadOnlyList<string>> EventTypesAsync(this IDocumentStore store) => [.. (await store.EventsAsync()).Select(e => e.Type)];
}
