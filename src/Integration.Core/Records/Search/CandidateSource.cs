using System.Globalization;
using Integration.Core.Storage;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>A place in the order of candidates: a time (microseconds) and, among those of one time, the id.</summary>
internal sealed record SearchPosition(long Time, string Reference)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time}/{Reference}");

    public static SearchPosition? TryParse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && long.TryParse(text.AsSpan(0, slash), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
            ? new SearchPosition(time, text[(slash + 1)..])
            : null;
    }
}

/// <summary>A resource that may match.</summary>
internal sealed record Candidate(RecordResource Resource, SearchPosition Position);

/// <summary>Resources that may match a search, in an order that stays right while the record changes. Reads page by page; safe for one caller.</summary>
internal abstract class CandidateSource
{
    /// <summary>The next ones behind a position.</summary>
    /// <param name="after">Null: from the beginning.</param>
    /// <returns>With whether these are the last.</returns>
    public abstract ValueTask<(IReadOnlyList<Candidate> Candidates, bool IsLast)> ReadAsync(SearchPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>The documents behind a position in the order of a time.</summary>
    protected static async ValueTask<DocumentPage> ReadAsync(
        IDocumentStore store, DocumentQuery query, SearchPosition? after, int limit, CancellationToken cancellationToken)
    {
        query = query with { Limit = limit };
        return await store.QueryAsync(
            after is null ? query : query with { After = PageToken.Write(query, [after.Time, after.Reference]) }, cancellationToken);
    }
}

/// <summary>Resources that are known by name.</summary>
internal sealed class NamedCandidates(IDocumentStore store, IReadOnlySet<string> references, bool descending) : CandidateSource
{
    private List<Candidate>? _all;

    public override async ValueTask<(IReadOnlyList<Candidate> Candidates, bool IsLast)> ReadAsync(SearchPosition? after, int limit, CancellationToken cancellationToken)
    {
        if (_all is null)
        {
            var stored = references.Count == 0 ? [] : await store.GetManyAsync(Collections.Resources, references, cancellationToken);
            var found = stored.Select(RecordResource.Read).Select(r => new Candidate(r, new SearchPosition(Microseconds.Of(r.Effective), r.Reference)));
            _all = [.. descending
                ? found.OrderByDescending(c => c.Position.Time).ThenByDescending(c => c.Position.Reference, StringComparer.Ordinal)
                : found.OrderBy(c => c.Position.Time).ThenBy(c => c.Position.Reference, StringComparer.Ordinal)];
        }

        var rest = after is null ? _all : _all.Where(c => IsBehind(c.Position, after)).ToList();
        return (rest[..Math.Min(limit, rest.Count)], rest.Count <= limit);
    }

    private bool IsBehind(SearchPosition position, SearchPosition after)
    {
        var order = position.Time != after.Time ? position.Time.CompareTo(after.Time) : string.CompareOrdinal(position.Reference, after.Reference);
        return descending ? order < 0 : order > 0;
    }
}

/// <summary>Resources of a type, of some patients or of all, out of the record itself.</summary>
/// <param name="patients">Golden records; null: all.</param>
/// <param name="codes">What is left out unread, though never the last of a page, at which the next one begins; null: nothing is.</param>
internal sealed class RecordCandidates(IDocumentStore store, string type, IReadOnlySet<string>? patients, CodeFilter? codes, bool descending) : CandidateSource
{
    private readonly DocumentQuery _query = new(Collections.Resources)
    {
        Where =
        [
            .. patients switch
            {
                null => (IEnumerable<DocumentFilter>)[],
                { Count: 1 } => [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), patients.First())],
                _ => [new DocumentFilter.In(Collections.Resources.Field("patientId"), [.. patients.Order(StringComparer.Ordinal)])],
            },
            new DocumentFilter.Equal(Collections.Resources.Field("type"), type),
        ],
        OrderBy = [new DocumentSort(Collections.Resources.Field("effective"), descending)],
    };

    public override async ValueTask<(IReadOnlyList<Candidate> Candidates, bool IsLast)> ReadAsync(SearchPosition? after, int limit, CancellationToken cancellationToken)
    {
        var page = await ReadAsync(store, _query, after, limit, cancellationToken);
        var candidates = page.Documents.Where((d, i) => codes is null || i == page.Documents.Count - 1 || codes.MayMatch(d.Json.Span)).Select(RecordResource.Read)
            .Select(r => new Candidate(r, new SearchPosition(Microseconds.Of(r.Effective), r.Reference)));
        return ([.. candidates], page.Next is null);
    }
}

/// <summary>Resources that the search index names.</summary>
internal sealed class IndexCandidates : CandidateSource
{
    private readonly IDocumentStore _store;
    private readonly DocumentQuery _query;
    private readonly Func<SearchEntry, DateTimeOffset> _time;

    private IndexCandidates(IDocumentStore store, IReadOnlyList<DocumentFilter> where, string order, Func<SearchEntry, DateTimeOffset> time, bool descending)
    {
        (_store, _time) = (store, time);
        _query = new DocumentQuery(Collections.SearchEntries) { Where = where, OrderBy = [new DocumentSort(Collections.SearchEntries.Field(order), descending)] };
    }

    /// <summary>Those with one of some keys, by effective time.</summary>
    /// <param name="isPrefix">With a key that begins with the one.</param>
    /// <param name="bounds">Of the effective time.</param>
    public static IndexCandidates ByKeys(
        IDocumentStore store, IReadOnlyList<string> keys, bool isPrefix, (DateTimeOffset? From, DateTimeOffset? Below) bounds, bool descending)
    {
        var field = Collections.SearchEntries.Field("keys");
        DocumentFilter filter = isPrefix ? new DocumentFilter.StartsWith(field, keys[0])
            : keys.Count == 1 ? new DocumentFilter.Equal(field, keys[0])
            : new DocumentFilter.In(field, [.. keys]);
        DocumentFilter[] times = bounds is (null, null) ? [] : [new DocumentFilter.Range(Collections.SearchEntries.Field("effective"), bounds.From, bounds.Below)];
        return new IndexCandidates(store, [filter, .. times], "effective", entry => entry.Effective, descending);
    }

    /// <summary>Those of a type by when they were last changed.</summary>
    /// <param name="changed">Null: whenever.</param>
    public static IndexCandidates ByChange(IDocumentStore store, string type, DateOperand? changed, bool descending)
    {
        var (from, below) = changed?.Prefix switch
        {
            null => (null, null),
            SearchPrefix.Eq => ((DateTimeOffset?)changed!.Start, changed.End),
            SearchPrefix.Gt or SearchPrefix.Ge or SearchPrefix.Sa => (changed!.Start, null),
            SearchPrefix.Lt or SearchPrefix.Le or SearchPrefix.Eb => (null, changed!.End),
            _ => (null, null),
        };
        return new IndexCandidates(
            store,
            [
                new DocumentFilter.Equal(Collections.SearchEntries.Field("type"), type),
                new DocumentFilter.Range(Collections.SearchEntries.Field("lastUpdated"), from, below),
            ],
            "lastUpdated", entry => entry.LastUpdated, descending);
    }

    public override async ValueTask<(IReadOnlyList<Candidate> Candidates, bool IsLast)> ReadAsync(SearchPosition? after, int limit, CancellationToken cancellationToken)
    {
        var page = await ReadAsync(_store, _query, after, limit, cancellationToken);
        var stored = page.Documents.Count == 0
            ? []
            : await _store.GetManyAsync(Collections.Resources, [.. page.Documents.Select(d => d.Id)], cancellationToken);
        var byId = stored.ToDictionary(d => d.Id, StringComparer.Ordinal);
        var candidates = page.Documents.Where(d => byId.ContainsKey(d.Id)).Select(d =>
            new Candidate(RecordResource.Read(byId[d.Id]), new SearchPosition(Microseconds.Of(_time(Collections.SearchEntries.Read(d))), d.Id)));
        return ([.. candidates], page.Next is null);
    }
}
