using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>A search over the record, read and checked. Immutable.</summary>
/// <param name="Type">FHIR resource type.</param>
public sealed record SearchRequest(string Type)
{
    /// <summary>Matches of a page where the request does not say.</summary>
    public const int UsualCount = 50;

    /// <summary>Matches of a page at most.</summary>
    public const int MostCount = 500;

    /// <summary>All must hold.</summary>
    public IReadOnlyList<SearchCondition> Conditions { get; init; } = [];

    /// <summary>Empty: newest first by what the resources are about.</summary>
    public IReadOnlyList<SearchSort> Sort { get; init; } = [];

    /// <summary>Matches of a page, 1 to <see cref="MostCount"/>.</summary>
    public int Count { get; init; } = UsualCount;

    /// <summary>Count all matches, whatever that takes.</summary>
    public bool WithTotal { get; init; }

    /// <summary>Only count.</summary>
    public bool IsCountOnly { get; init; }

    public IReadOnlyList<IncludeRule> Includes { get; init; } = [];

    /// <summary><c>_summary</c> or <c>_elements</c>; null: whole resources.</summary>
    public ElementSelection? Selection { get; init; }

    /// <summary>Names of parameters that are not supported and, as the caller wished, were left out.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];
}

/// <summary>One condition. Closed: direct, chained, or reverse chained.</summary>
public abstract record SearchCondition
{
    private SearchCondition()
    {
    }

    /// <summary>On the resource itself.</summary>
    public sealed record Direct(FhirSearchCriterion Criterion) : SearchCondition;

    /// <summary><c>patient.name</c>: on what the resource refers to. FHIR R4 search.html §3.1.1.5.1.</summary>
    /// <param name="Targets">What must hold for a target of each type; of one it must.</param>
    public sealed record Chained(string Name, FhirSearchParameter Parameter, IReadOnlyList<(string Type, SearchCondition Condition)> Targets) : SearchCondition;

    /// <summary><c>_has:Observation:patient:code</c>: on what refers to the resource. FHIR R4 search.html §3.1.1.5.2.</summary>
    public sealed record Has(string Name, string Type, FhirSearchParameter Parameter, SearchCondition Condition) : SearchCondition;
}

/// <summary>One sort key; resources without a value come last either way.</summary>
public sealed record SearchSort(FhirSearchParameter Parameter, bool Descending);

/// <summary><c>_include</c> or <c>_revinclude</c>. FHIR R4 search.html §3.1.1.5.4.</summary>
/// <param name="Source">Type of the resource that refers.</param>
/// <param name="Parameters">Reference parameters; more than one for <c>*</c>.</param>
/// <param name="Target">Type of what is referred to; null: any.</param>
/// <param name="IsReverse"><c>_revinclude</c>.</param>
/// <param name="Iterates">Also of what is included by another rule.</param>
public sealed record IncludeRule(string Source, IReadOnlyList<FhirSearchParameter> Parameters, string? Target, bool IsReverse, bool Iterates);

/// <summary>Which elements of a resource are given out; those without which it would not be valid always are.</summary>
/// <param name="Names">Of the first level; null: all but <see cref="Without"/>.</param>
/// <param name="Without">Element that is left out; null: none.</param>
public sealed record ElementSelection(IReadOnlySet<string>? Names, string? Without)
{
    /// <summary><c>_summary=text</c>: the narrative.</summary>
    public static readonly ElementSelection Text = new(new HashSet<string>(StringComparer.Ordinal) { "text" }, null);

    /// <summary><c>_summary=data</c>: all but the narrative.</summary>
    public static readonly ElementSelection Data = new(null, "text");

    /// <summary><c>_summary=true</c>: what the definitions mark as summary, also inside of elements.</summary>
    public static readonly ElementSelection Summary = new(null, null) { IsSummary = true };

    /// <summary>By the definitions rather than by name.</summary>
    public bool IsSummary { get; private init; }

    /// <summary>Reads <c>_elements</c>.</summary>
    public static ElementSelection OfElements(string value) =>
        new(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal), null);

    /// <summary>Reads <c>_summary</c>, but for <c>count</c>. Null: whole resources.</summary>
    /// <exception cref="FhirSearchException">It is something else.</exception>
    public static ElementSelection? OfSummary(string value) => value switch
    {
        "true" => Summary,
        "text" => Text,
        "data" => Data,
        "false" => null,
        _ => throw FhirSearchException.Invalid("_summary", "it is true, text, data, count or false."),
    };
}

/// <summary>One page of a search.</summary>
/// <param name="Total">Of all pages; null when it was neither asked for nor is known.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
/// <param name="Index">How far the search index is behind when the answer may lack what is newer; null: it lacks nothing.</param>
public sealed record SearchResult(IReadOnlyList<RecordResource> Matches, IReadOnlyList<RecordResource> Included, long? Total, string? Next, SearchIndexStatus? Index);
