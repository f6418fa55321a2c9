using System.Text.Json;
using Integration.Core.Storage;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>
/// Carries out searches over the record. Candidates come out of one index, the best there is for the search; each is then looked at itself, so that an
/// answer never holds what does not match. Safe for many threads.
/// </summary>
/// <remarks>
/// A page ends when it is full or when very many candidates have been looked at, whichever is first: a page may hold few matches or none and still have a
/// next one. Its cursor is the place in the index where it ended, so that nothing is skipped or doubled by what is written meanwhile.
/// </remarks>
public sealed class ResourceSearch(IDocumentStore store, SearchIndexer index, PatientReferences patients)
{
    /// <summary>Candidates looked at for one page.</summary>
    private const int MaxExamined = 20_000;

    /// <summary>Resources that a link of a chain may lead over, and that a page may include.</summary>
    private const int MaxLinked = 1_000;

    private const int Chunk = 200;
    private const int MaxRounds = 3;

    private static readonly TimeSpan WaitForIndex = TimeSpan.FromSeconds(2);

    /// <summary>Of dates that were written without one, in searches as in resources.</summary>
    public TimeSpan Offset => index.Offset;

    /// <summary>One page.</summary>
    /// <param name="after"><see cref="SearchResult.Next"/> of the page before, of the same request; null: the first.</param>
    /// <exception cref="FhirSearchException">It would take too much, or the cursor is none of this search.</exception>
    public async ValueTask<SearchResult> RunAsync(SearchRequest request, string? after, CancellationToken cancellationToken)
    {
        var lag = new IndexLag(index);
        var plan = await ResolverOf(lag).ResolveAsync(request.Type, request.Conditions, cancellationToken);
        var order = plan.OrderOf(request.Sort);
        var source = await SourceAsync(plan, order, lag, cancellationToken);
        if (request.IsCountOnly)
        {
            return new SearchResult([], [], await CountAsync(plan, source, cancellationToken), null, lag.Status);
        }

        var (matches, next) = order is null
            ? await ReadSortedAsync(plan, source, request, after, cancellationToken)
            : await ReadPageAsync(plan, source, request.Count, after, cancellationToken);
        long? total = after is null && next is null ? matches.Count : request.WithTotal ? await CountAsync(plan, await SourceAsync(plan, null, lag, cancellationToken), cancellationToken) : null;
        var included = await IncludeAsync(request.Includes, matches, lag, cancellationToken);
        return new SearchResult(matches, included, total, next, lag.Status);
    }

    private SearchResolver ResolverOf(IndexLag lag) =>
        new(patients, Offset, (type, conditions, cancellationToken) => FindAllAsync(type, conditions, lag, cancellationToken));

    private async ValueTask<IReadOnlyList<RecordResource>> FindAllAsync(
        string type, IReadOnlyList<SearchCondition> conditions, IndexLag lag, CancellationToken cancellationToken)
    {
        var plan = await ResolverOf(lag).ResolveAsync(type, conditions, cancellationToken);
        return await FindAllAsync(plan, lag, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<RecordResource>> FindAllAsync(SearchPlan plan, IndexLag lag, CancellationToken cancellationToken)
    {
        var source = await SourceAsync(plan, null, lag, cancellationToken);
        var found = new List<RecordResource>();
        await foreach (var candidate in MatchesAsync(plan, source, cancellationToken))
        {
            found.Add(candidate.Resource);
            if (found.Count > MaxLinked)
            {
                throw new FhirSearchException("too-costly", $"A condition leads over more than {MaxLinked} resources of type {plan.Type}; narrow it.");
            }
        }

        return found;
    }

    /// <param name="order">Null: any.</param>
    private async ValueTask<CandidateSource> SourceAsync(SearchPlan plan, SearchOrder? order, IndexLag lag, CancellationToken cancellationToken)
    {
        order ??= new SearchOrder(Descending: true, ByChange: false);
        if (plan.NeedsIndex(order))
        {
            await lag.NoteAsync(cancellationToken);
        }

        return plan.Source(store, order, index.LongestOf(plan.Type));
    }

    private async ValueTask<(IReadOnlyList<RecordResource> Matches, string? Next)> ReadPageAsync(
        SearchPlan plan, CandidateSource source, int count, string? after, CancellationToken cancellationToken)
    {
        var position = after is null ? null : SearchPosition.TryParse(after) ?? throw StrangeCursor();
        var matches = new List<RecordResource>();
        var examined = 0;
        var isLast = false;

        // One more than the page holds is looked for, so that a last page says so.
        while (!isLast && examined < MaxExamined)
        {
            (var candidates, isLast) = await source.ReadAsync(position, Math.Min(Chunk, Math.Max(count + 1, 20)), cancellationToken);
            foreach (var candidate in candidates)
            {
                if (plan.Matches(candidate.Resource, Offset))
                {
                    if (matches.Count == count)
                    {
                        return (matches, position!.ToString());
                    }

                    matches.Add(candidate.Resource);
                }

                position = candidate.Position;
            }

            examined += candidates.Count;
            isLast |= candidates.Count == 0;
        }

        return (matches, isLast ? null : position!.ToString());
    }

    private async ValueTask<(IReadOnlyList<RecordResource> Matches, string? Next)> ReadSortedAsync(
        SearchPlan plan, CandidateSource source, SearchRequest request, string? after, CancellationToken cancellationToken)
    {
        var parameters = request.Sort.Select(sort => sort.Parameter).ToList();
        var all = new List<(SearchSortKey[] Keys, string Reference)>();
        await foreach (var candidate in MatchesAsync(plan, source, cancellationToken))
        {
            var values = candidate.Resource.Values(parameters, Offset);
            all.Add(([.. request.Sort.Select(sort => SearchSortKey.Of(sort, values))], candidate.Resource.Reference));
        }

        all.Sort((left, right) => Compare(request.Sort, left, right));
        if (after is not null)
        {
            var place = ReadPlace(after, request.Sort.Count);
            all.RemoveRange(0, all.TakeWhile(match => Compare(request.Sort, match, place) <= 0).Count());
        }

        var page = all.Take(request.Count).ToList();
        var stored = page.Count == 0 ? [] : await store.GetManyAsync(Collections.Resources, [.. page.Select(match => match.Reference)], cancellationToken);
        var byReference = stored.ToDictionary(document => document.Id, StringComparer.Ordinal);
        var next = all.Count <= request.Count ? null
            : JsonSerializer.Serialize<string[]>([.. page[^1].Keys.Select(key => key.ToString()), page[^1].Reference]);
        return ([.. page.Where(match => byReference.ContainsKey(match.Reference)).Select(match => RecordResource.Read(byReference[match.Reference]))], next);
    }

    private static int Compare(IReadOnlyList<SearchSort> sort, (SearchSortKey[] Keys, string Reference) left, (SearchSortKey[] Keys, string Reference) right)
    {
        for (var i = 0; i < sort.Count; i++)
        {
            var order = SearchSortKey.Compare(left.Keys[i], right.Keys[i], sort[i].Descending);
            if (order != 0)
            {
                return order;
            }
        }

        return string.CompareOrdinal(left.Reference, right.Reference);
    }

    private static (SearchSortKey[] Keys, string Reference) ReadPlace(string after, int keys)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(after) is { } parts && parts.Length == keys + 1
                ? ([.. parts[..keys].Select(SearchSortKey.Parse)], parts[keys])
                : throw StrangeCursor();
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw StrangeCursor();
        }
    }

    private async ValueTask<long> CountAsync(SearchPlan plan, CandidateSource source, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var _ in MatchesAsync(plan, source, cancellationToken))
        {
            count++;
        }

        return count;
    }

    /// <summary>All matches; refuses when there is too much to look at.</summary>
    private async IAsyncEnumerable<Candidate> MatchesAsync(
        SearchPlan plan, CandidateSource source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SearchPosition? position = null;
        for (var (examined, isLast) = (0, false); !isLast;)
        {
            (var candidates, isLast) = await source.ReadAsync(position, Chunk, cancellationToken);
            foreach (var candidate in candidates)
            {
                if (plan.Matches(candidate.Resource, Offset))
                {
                    yield return candidate;
                }
            }

            examined += candidates.Count;
            if (examined > MaxExamined)
            {
                throw new FhirSearchException(
                    "too-costly", $"To sort, to count or to follow a chain, more than {MaxExamined} resources of type {plan.Type} would have to be looked at; narrow the search.");
            }

            isLast |= candidates.Count == 0;
            position = isLast ? null : candidates[^1].Position;
        }
    }

    private async ValueTask<IReadOnlyList<RecordResource>> IncludeAsync(
        IReadOnlyList<IncludeRule> rules, IReadOnlyList<RecordResource> matches, IndexLag lag, CancellationToken cancellationToken)
    {
        var known = matches.Select(r => r.Reference).ToHashSet(StringComparer.Ordinal);
        var included = new List<RecordResource>();
        var from = matches;
        for (var round = 0; round < MaxRounds && from.Count > 0; round++)
        {
            var found = new List<RecordResource>();
            foreach (var rule in rules.Where(rule => round == 0 || rule.Iterates))
            {
                found.AddRange(rule.IsReverse ? await ReferringAsync(rule, from, lag, cancellationToken) : await ReferredAsync(rule, from, cancellationToken));
            }

            from = [.. found.Where(r => known.Add(r.Reference))];
            included.AddRange(from);
            if (included.Count > MaxLinked)
            {
                throw new FhirSearchException("too-costly", $"A page would include more than {MaxLinked} resources; ask for smaller pages.");
            }
        }

        return included;
    }

    private async ValueTask<IEnumerable<RecordResource>> ReferredAsync(IncludeRule rule, IReadOnlyList<RecordResource> from, CancellationToken cancellationToken)
    {
        var references = from.Where(r => r.Type == rule.Source)
            .SelectMany(r => r.Values(rule.Parameters, Offset)).OfType<FhirReferenceValue>()
            .Where(v => v is { Type: not null, Id: not null } && (rule.Target is null || v.Type == rule.Target))
            .Select(v => $"{v.Type}/{v.Id}").ToHashSet(StringComparer.Ordinal);
        return references.Count == 0 ? [] : (await store.GetManyAsync(Collections.Resources, references, cancellationToken)).Select(RecordResource.Read);
    }

    private async ValueTask<IEnumerable<RecordResource>> ReferringAsync(
        IncludeRule rule, IReadOnlyList<RecordResource> to, IndexLag lag, CancellationToken cancellationToken)
    {
        var targets = to.Where(r => rule.Target is null || r.Type == rule.Target).ToList();
        if (targets.Count == 0)
        {
            return [];
        }

        // What refers to something of one patient's record is of that record; what belongs to nobody is referred to from anywhere.
        var set = new ReferenceSetOperand(targets.Select(r => r.Reference).ToHashSet(StringComparer.Ordinal));
        var owners = targets.All(r => r.PatientId.Length > 0) ? targets.Select(r => r.PatientId).ToHashSet(StringComparer.Ordinal) : null;
        var found = new List<RecordResource>();
        foreach (var parameter in rule.Parameters)
        {
            var criterion = new FhirSearchCriterion("_revinclude", parameter, FhirSearchModifier.None, [set]);
            found.AddRange(await FindAllAsync(new SearchPlan(rule.Source, [criterion], null, owners), lag, cancellationToken));
        }

        return found;
    }

    private static FhirSearchException StrangeCursor() => new("invalid", "The page is none of this search. Begin at the first page.");

    /// <summary>Brings the index up to date once a request, when the request turns out to need it.</summary>
    private sealed class IndexLag(SearchIndexer index)
    {
        private bool _isKnown;

        public SearchIndexStatus? Status { get; private set; }

        public async ValueTask NoteAsync(CancellationToken cancellationToken)
        {
            if (!_isKnown)
            {
                _isKnown = true;
                Status = await index.CatchUpAsync(WaitForIndex, cancellationToken);
            }
        }
    }
}
