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

    /// <summary>The time element that is <see cref="ResourceDocument.Effective"/> in the record: to sort by it is to read an index.</summary>
    private static readonly Dictionary<string, string> TimeOf = new(StringComparer.Ordinal)
    {
        ["Observation"] = "date",
        ["DiagnosticReport"] = "date",
        ["Encounter"] = "date",
        ["Procedure"] = "date",
        ["Immunization"] = "date",
        ["Appointment"] = "date",
        ["DocumentReference"] = "date",
        ["MedicationRequest"] = "authoredon",
        ["ServiceRequest"] = "authored",
        ["MedicationAdministration"] = "effective-time",
        ["MedicationDispense"] = "whenhandedover",
    };

    /// <summary>Parameters whose values are looked at.</summary>
    public IReadOnlyList<FhirSearchParameter> Parameters { get; } = [.. Criteria.Select(c => c.Parameter).Distinct(ReferenceEqualityComparer.Instance).Cast<FhirSearchParameter>()];

    /// <summary>Whether a Patient that another one replaces may be among the matches: only when it is asked for.</summary>
    private bool WantsReplaced { get; } = Criteria.Any(c => c.Parameter.Code is "_id" or "link" or "active");

    /// <summary>Direction of the index that has the order asked for; null when none has.</summary>
    public static bool? TimeOrder(string type, IReadOnlyList<SearchSort> sort) => sort switch
    {
        [] => true,
        [var one] when TimeOf.GetValueOrDefault(type) == one.Parameter.Code => one.Descending,
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

    /// <summary>Where to look: what is known of patients and ids first, then the search index, at last all of the type.</summary>
    /// <param name="descending">Direction by time.</param>
    public CandidateSource Source(IDocumentStore store, bool descending)
    {
        if (References is not null)
        {
            return new NamedCandidates(store, References, descending);
        }

        if (Patients is not null)
        {
            return new RecordCandidates(store, Type, Patients, descending);
        }

        return Criteria.Select(c => (Criterion: c, Found: SearchKeyMaker.Of(Type, c))).Where(c => c.Found is not null)
            .OrderBy(c => Rank(c.Criterion, c.Found!.Value.IsPrefix)).Select(c => c.Found!.Value).FirstOrDefault() is { Keys: not null } best
            ? IndexCandidates.ByKeys(store, best.Keys, best.IsPrefix, descending)
            : Criteria.FirstOrDefault(c => c.Parameter.Code == "_lastUpdated" && c.Operands.Count == 1) is { Operands: [DateOperand changed] }
            ? IndexCandidates.ByChange(store, Type, changed, descending)
            : new RecordCandidates(store, Type, null, descending);
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
