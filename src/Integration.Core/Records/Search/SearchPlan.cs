using Integration.Core.Storage;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>A search with its chains resolved: what must hold of a resource, and what narrows where to look.</summary>
/// <param name="Criteria">Looked at for every candidate.</param>
/// <param name="References"><c>Type/id</c> of all that can match; null: not known.</param>
/// <param name="Patients">Golden records of all that can match; null: not known.</param>
internal sealed record SearchPlan(string Type, IReadOnlyList<FhirSearchCriterion> Criteria, IReadOnlySet<string>? References, IReadOnlySet<string>? Patients)
{
    private const string ReplacedBy = "replaced-by";
    private const string ByChangeCode = "_lastUpdated";

    /// <summary>Parameters whose values are looked at.</summary>
    public IReadOnlyList<FhirSearchParameter> Parameters { get; } = [.. Criteria.Select(c => c.Parameter).Distinct(ReferenceEqualityComparer.Instance).Cast<FhirSearchParameter>()];

    /// <summary>Keys of the index that leave fewest candidates; null: none help.</summary>
    private (IReadOnlyList<string> Keys, bool IsPrefix)? Best { get; } = Criteria
        .Select(c => (Criterion: c, Found: SearchKeyMaker.Of(Type, c))).Where(c => c.Found is not null)
        .OrderBy(c => Rank(c.Criterion, c.Found!.Value.IsPrefix)).Select(c => c.Found).FirstOrDefault();

    /// <summary>When resources were changed, where that is asked for.</summary>
    private DateOperand? Changed { get; } = Criteria
        .Where(c => c.Parameter.Code == ByChangeCode && c.Modifier == FhirSearchModifier.None && c.Operands.Count == 1).Select(c => c.Operands[0] as DateOperand).FirstOrDefault();

    /// <summary>Whether a Patient that another one replaces may be among the matches: only when it is asked for.</summary>
    private bool WantsReplaced { get; } = Criteria.Any(c => c.Parameter.Code is "_id" or "_lastUpdated" or "link" or "active");

    private bool IsByChange => References is null && Patients is null && Best is null && Changed is not null;

    /// <summary>The order that an index has by itself; null when none has the one asked for.</summary>
    public SearchOrder? OrderOf(IReadOnlyList<SearchSort> sort) => sort switch
    {
        [] => new SearchOrder(Descending: true, ByChange: false),
        [var one] when SearchTimes.IsTime(Type, one.Parameter) && !IsByChange => new SearchOrder(one.Descending, ByChange: false),
        [{ Parameter.Code: ByChangeCode } one] when References is null && Patients is null => new SearchOrder(one.Descending, ByChange: true),
        _ => null,
    };

    /// <summary>Whether all criteria hold.</summary>
    public bool Matches(RecordResource resource, TimeSpan offset)
    {
        if (resource.Type != Type || (Patients is not null && !Patients.Contains(resource.PatientId)) || (Type == "Patient" && !WantsReplaced && IsReplaced(resource)))
        {
            return false;
        }

        var values = resource.Values(Parameters, offset);
        return Criteria.All(criterion => criterion.Matches(values));
    }

    /// <summary>Whether candidates come out of the search index, which may be behind the record.</summary>
    public bool NeedsIndex(SearchOrder order) => References is null && Patients is null && (order.ByChange || Best is not null || Changed is not null);

    /// <summary>Where to look: what is known of patients and ids first, then the search index, at last all of the type.</summary>
    /// <param name="longest">Seconds of the longest time of the type that the index has.</param>
    public CandidateSource Source(IDocumentStore store, SearchOrder order, long longest)
    {
        if (References is not null)
        {
            return new NamedCandidates(store, References, order.Descending);
        }

        if (Patients is not null)
        {
            // Without the index, which may be behind: what was just measured is what is asked for most.
            return new RecordCandidates(store, Type, Patients, CodeFilter.Of(Criteria), order.Descending);
        }

        if (order.ByChange || IsByChange)
        {
            return IndexCandidates.ByChange(store, Type, Changed, order.Descending);
        }

        var bounds = Criteria.Where(c => SearchTimes.IsTime(Type, c.Parameter)).Select(c => SearchTimes.Bounds(c, longest)).ToList();
        return Best is { } best
            ? IndexCandidates.ByKeys(store, best.Keys, best.IsPrefix, (bounds.Max(b => b.From), bounds.Min(b => b.Below)), order.Descending)
            : new RecordCandidates(store, Type, null, codes: null, order.Descending);
    }

    /// <summary>What leaves fewest first.</summary>
    private static int Rank(FhirSearchCriterion criterion, bool isPrefix) => criterion.Parameter.Code switch
    {
        "identifier" => 0,
        "status" or "class" or "category" or "_profile" or "_tag" => 6,
        _ when criterion.Parameter.Type == FhirSearchType.Reference => 1,
        "code" => 4,
        _ => isPrefix ? 3 : 2,
    };

    private static bool IsReplaced(RecordResource patient) =>
        patient.Resource.TryGetProperty("link", out var links) && links.ValueKind == System.Text.Json.JsonValueKind.Array
        && links.EnumerateArray().Any(link => link.TryGetProperty("type", out var type) && type.ValueEquals(ReplacedBy));
}

/// <summary>An order that an index has.</summary>
/// <param name="ByChange">By when resources were last changed; else by what they are about.</param>
internal sealed record SearchOrder(bool Descending, bool ByChange);
