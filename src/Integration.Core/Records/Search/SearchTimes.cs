using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>The time parameter of a type by which its search entries are ordered, so that a range of it is a stretch of the index.</summary>
internal static class SearchTimes
{
    /// <summary>Seconds of what has no end.</summary>
    public const long Endless = 1L << 40;

    /// <summary>Start of what has none: before all that is asked for.</summary>
    private static readonly DateTimeOffset Beginning = new(1, 1, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What stands in <see cref="ResourceDocument.Effective"/> too, so that the record's own indexes have its order.</summary>
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
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

    /// <summary>Null: the type has none.</summary>
    public static FhirSearchParameter? Of(string type) => Codes.TryGetValue(type, out var code) ? FhirSearchParameters.Find(type, code) : null;

    public static bool IsTime(string type, FhirSearchParameter parameter) => Codes.GetValueOrDefault(type) == parameter.Code;

    /// <summary>Start and length (seconds) of a resource's time; null when it has none.</summary>
    public static (DateTimeOffset Start, long Seconds)? Read(string type, IEnumerable<FhirSearchValue> values)
    {
        var times = values.OfType<FhirDateValue>().Where(v => IsTime(type, v.Parameter)).ToList();
        if (times.Count == 0)
        {
            return null;
        }

        if (times.Any(t => t.Start is null))
        {
            return (Beginning, Endless);
        }

        var start = times.Min(t => t.Start!.Value);
        return (start, times.Any(t => t.End is null) ? Endless : (long)Math.Ceiling((times.Max(t => t.End!.Value) - start).TotalSeconds));
    }

    /// <summary>Between which starts all that meets a criterion lies; null on a side: open.</summary>
    /// <param name="longest">Seconds of the longest time of the type.</param>
    public static (DateTimeOffset? From, DateTimeOffset? Below) Bounds(FhirSearchCriterion criterion, long longest)
    {
        if (criterion is not { Modifier: FhirSearchModifier.None, Operands: [DateOperand date] } || date.Prefix is SearchPrefix.Ne or SearchPrefix.Ap)
        {
            return (null, null);
        }

        DateTimeOffset? from = date.Prefix switch
        {
            SearchPrefix.Eq or SearchPrefix.Sa => date.Start,
            SearchPrefix.Gt or SearchPrefix.Ge when longest < Endless && (date.Start - DateTimeOffset.MinValue).TotalSeconds > longest => date.Start.AddSeconds(-longest),
            _ => null,
        };
        return (from, date.Prefix is SearchPrefix.Eq or SearchPrefix.Lt or SearchPrefix.Le or SearchPrefix.Eb ? date.End : null);
    }
}
