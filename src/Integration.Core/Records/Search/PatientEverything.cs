using Integration.Core.Storage;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>What <c>Patient/$everything</c> is asked for.</summary>
/// <param name="Types">Only these types; empty: all.</param>
/// <param name="Since">Only what was changed at or after it; null: no matter when.</param>
/// <param name="From">Only what applies at or after it; null: no matter when.</param>
/// <param name="Below">Only what applies before it; null: no matter when.</param>
/// <param name="Count">Resources of a page, 1 to <see cref="SearchRequest.MostCount"/>.</param>
public sealed record EverythingRequest(
    string Owner, IReadOnlySet<string> Types, DateTimeOffset? Since, DateTimeOffset? From, DateTimeOffset? Below, int Count);

/// <summary>
/// Everything of a person (FHIR R4 patient-operation-everything.html): all resources of the golden record, newest first, and on each page what these refer
/// to that belongs to nobody: staff, organisations, places. Safe for many threads.
/// </summary>
public sealed class PatientEverything(IDocumentStore store)
{
    private const int Chunk = 200;

    /// <param name="after"><see cref="SearchResult.Next"/> of the page before; null: the first.</param>
    /// <exception cref="FhirSearchException">The cursor is none.</exception>
    public async ValueTask<SearchResult> ReadAsync(EverythingRequest request, string? after, CancellationToken cancellationToken)
    {
        var effective = Collections.Resources.Field("effective");
        var query = new DocumentQuery(Collections.Resources)
        {
            Where = request.From is null && request.Below is null
                ? [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), request.Owner)]
                : [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), request.Owner), new DocumentFilter.Range(effective, request.From, request.Below)],
            OrderBy = [new DocumentSort(effective, Descending: true)],
            Limit = Chunk,
        };
        if (after is not null)
        {
            var place = SearchPosition.TryParse(after) ?? throw new FhirSearchException("invalid", "The page is none of this operation. Begin at the first page.");
            query = query with { After = PageToken.Write(query, [place.Time, place.Reference]) };
        }

        var found = new List<RecordResource>();
        SearchPosition? last = null;
        string? next = null;
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var resource = RecordResource.Read(stored);
            if ((request.Types.Count == 0 || request.Types.Contains(resource.Type)) && (request.Since is null || resource.LastUpdated >= request.Since))
            {
                if (found.Count == request.Count)
                {
                    next = last!.ToString();
                    break;
                }

                found.Add(resource);
            }

            last = new SearchPosition(Microseconds.Of(resource.Effective), resource.Reference);
        }

        return new SearchResult(found, await NobodysAsync(found, cancellationToken), after is null && next is null ? found.Count : null, next, null);
    }

    private async ValueTask<IReadOnlyList<RecordResource>> NobodysAsync(IReadOnlyList<RecordResource> found, CancellationToken cancellationToken)
    {
        var references = found.SelectMany(r => r.Values([.. FhirSearchParameters.For(r.Type).Where(p => p is { Type: FhirSearchType.Reference, Expression: not null })], default))
            .OfType<FhirReferenceValue>().Where(v => v is { Type: not null, Id: not null }).Select(v => $"{v.Type}/{v.Id}").ToHashSet(StringComparer.Ordinal);
        references.ExceptWith(found.Select(r => r.Reference));
        return references.Count == 0
            ? []
            : [.. (await store.GetManyAsync(Collections.Resources, references, cancellationToken)).Select(RecordResource.Read).Where(r => r.PatientId.Length == 0)];
    }
}
