using Integration.Core.Storage;

namespace Integration.Core.Events;

/// <summary>Events behind a cursor.</summary>
/// <param name="Events">In the order they were committed.</param>
/// <param name="Sequence">Everything up to it has been seen.</param>
/// <param name="IsCaughtUp">There was nothing more when this was read.</param>
public sealed record EventPage(IReadOnlyList<EventDocument> Events, long Sequence, bool IsCaughtUp);

/// <summary>
/// Reads the events as an endless list. Sequences become visible in their order (see <see cref="IDocumentStore"/>), so nothing that commits late lands
/// in front of the cursor. Safe for many threads.
/// </summary>
public sealed class EventReader(IDocumentStore store)
{
    /// <summary>Events looked at for one page at most, so that a rare type does not keep the store busy; the page may then be empty and not the last.</summary>
    private const int MostLookedAt = 10_000;
    private const int Chunk = 1000;

    private static readonly DocumentField PatientId = Collections.Events.Field("patientId");

    /// <param name="after">Sequence up to which the reader has seen everything; 0: nothing.</param>
    /// <param name="patterns">Types, <c>noun.*</c> or <c>*</c>; empty: all.</param>
    /// <param name="limit">Events at most.</param>
    public async ValueTask<EventPage> ReadAsync(long after, IReadOnlyList<string> patterns, int limit, CancellationToken cancellationToken)
    {
        var events = new List<EventDocument>();
        for (var looked = 0; looked < MostLookedAt;)
        {
            var chunk = patterns.Count == 0 ? limit : Chunk;
            var page = await store.QueryAsync(new DocumentQuery(Collections.Events)
            {
                Where = [new DocumentFilter.Range(DocumentField.Sequence, after + 1, null)],
                OrderBy = [new DocumentSort(DocumentField.Sequence)],
                Limit = chunk,
            }, cancellationToken);
            foreach (var stored in page.Documents)
            {
                after = stored.Sequence;
                looked++;
                var e = Collections.Events.Read(stored);
                if (patterns.Count == 0 || patterns.Any(pattern => EventType.Matches(e.Type, pattern)))
                {
                    events.Add(e);
                    if (events.Count == limit)
                    {
                        return new EventPage(events, after, IsCaughtUp: false);
                    }
                }
            }

            if (page.Documents.Count < chunk)
            {
                return new EventPage(events, after, IsCaughtUp: true);
            }
        }

        return new EventPage(events, after, IsCaughtUp: false);
    }

    /// <summary>Events as a person looks for them: newest first.</summary>
    /// <param name="before">Sequence of the last event of the page before; null: from the newest.</param>
    /// <param name="patterns">As for <see cref="ReadAsync"/>.</param>
    /// <param name="patientId">Golden record; null: events of everybody and of nobody.</param>
    /// <param name="until">Only those that were committed before (UTC); null: without end.</param>
    /// <returns>Its sequence is that of the last event that was looked at, to be given as <paramref name="before"/>; caught up: there is nothing older.</returns>
    public async ValueTask<EventPage> ReadBackAsync(
        long? before, IReadOnlyList<string> patterns, string? patientId, DateTimeOffset? until, int limit, CancellationToken cancellationToken)
    {
        var events = new List<EventDocument>();
        var below = before ?? (until is { } end ? await FirstSinceAsync(end, cancellationToken) : null) ?? long.MaxValue;
        for (var looked = 0; looked < MostLookedAt;)
        {
            var page = await store.QueryAsync(new DocumentQuery(Collections.Events)
            {
                Where = patientId is null
                    ? [new DocumentFilter.Range(DocumentField.Sequence, null, below)]
                    : [new DocumentFilter.Equal(PatientId, patientId), new DocumentFilter.Range(DocumentField.Sequence, null, below)],
                OrderBy = [new DocumentSort(DocumentField.Sequence, Descending: true)],
                Limit = Chunk,
            }, cancellationToken);
            foreach (var stored in page.Documents)
            {
                below = stored.Sequence;
                looked++;
                var e = Collections.Events.Read(stored);
                if (patterns.Count == 0 || patterns.Any(pattern => EventType.Matches(e.Type, pattern)))
                {
                    events.Add(e);
                    if (events.Count == limit)
                    {
                        return new EventPage(events, below, IsCaughtUp: false);
                    }
                }
            }

            if (page.Documents.Count < Chunk)
            {
                return new EventPage(events, below, IsCaughtUp: true);
            }
        }

        return new EventPage(events, below, IsCaughtUp: false);
    }

    /// <summary>Sequence of the first event that was committed at a time or after it; null: none was. Sequences and times grow together, so halving finds it.</summary>
    private async ValueTask<long?> FirstSinceAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        long? found = null;
        var (low, high) = (0L, (await AtOrAfterAsync(0, isDescending: true, cancellationToken))?.Sequence ?? 0);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            if (await AtOrAfterAsync(middle, isDescending: false, cancellationToken) is { } at && Collections.Events.Read(at).Recorded >= time)
            {
                (found, high) = (at.Sequence, middle - 1);
            }
            else
            {
                low = middle + 1;
            }
        }

        return found;
    }

    private async ValueTask<StoredDocument?> AtOrAfterAsync(long sequence, bool isDescending, CancellationToken cancellationToken) =>
        (await store.QueryAsync(new DocumentQuery(Collections.Events)
        {
            Where = [new DocumentFilter.Range(DocumentField.Sequence, sequence, null)],
            OrderBy = [new DocumentSort(DocumentField.Sequence, isDescending)],
            Limit = 1,
        }, cancellationToken)).Documents is [var first, ..] ? first : null;

    /// <summary>One event; null when there is none of that id.</summary>
    public async ValueTask<EventDocument?> GetAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Events, id, withPayload: false, cancellationToken) is { } stored ? Collections.Events.Read(stored) : null;
}
