using System.Globalization;
using Integration.Fhir;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>Reads the parameters of a search. FHIR R4 search.html.</summary>
/// <param name="isStrict">Refuse what is not supported rather than leave it out, <c>Prefer: handling</c>.</param>
public sealed class SearchRequestReader(string type, FhirSearchContext context, bool isStrict)
{
    private const int MaxParameters = 100;
    private const int MaxChain = 3;

    private readonly List<SearchCondition> _conditions = [];
    private readonly List<SearchSort> _sort = [];
    private readonly List<IncludeRule> _includes = [];
    private readonly List<string> _ignored = [];
    private int _count = SearchRequest.UsualCount;
    private bool _withTotal;
    private bool _isCountOnly;
    private ElementSelection? _selection;

    /// <param name="parameters">In any order; a name may stand more than once.</param>
    /// <exception cref="FhirSearchException">A parameter cannot be used.</exception>
    public SearchRequest Read(IReadOnlyList<(string Name, string Value)> parameters)
    {
        if (parameters.Count > MaxParameters)
        {
            throw new FhirSearchException("too-costly", $"A search has at most {MaxParameters} parameters.");
        }

        foreach (var (name, value) in parameters)
        {
            try
            {
                Read(name, value);
            }
            catch (FhirSearchException e) when (!isStrict && e.Code == "not-supported")
            {
                _ignored.Add(FhirSearchCriterion.SafeName(name));
            }
        }

        if (_selection == ElementSelection.Text && _includes.Count > 0)
        {
            throw FhirSearchException.Invalid("_summary", "text goes with no _include and no _revinclude.");   // FHIR R4 search.html §3.1.1.5.10
        }

        return new SearchRequest(type)
        {
            Conditions = _conditions,
            Sort = _sort,
            Count = _count,
            WithTotal = _withTotal,
            IsCountOnly = _isCountOnly,
            Includes = _includes,
            Selection = _selection,
            Ignored = _ignored,
        };
    }

    private void Read(string name, string value)
    {
        switch (name)
        {
            case "_count":
                ReadCount(value);
                break;
            case "_sort":
                ReadSort(value);
                break;
            case "_total":
                _withTotal = value is "accurate" or "estimate" || (value != "none" ? throw FhirSearchException.Invalid(name, "it is none, estimate or accurate.") : false);
                break;
            case "_summary":
                ReadSummary(value);
                break;
            case "_elements":
                _selection = ElementSelection.OfElements(value);
                break;
            case "_include" or "_include:iterate" or "_revinclude" or "_revinclude:iterate":
                _includes.Add(ReadInclude(name, value));
                break;
            case "_format" or "_pretty":
                break;
            default:
                _conditions.Add(Condition(type, name, value, depth: 0));
                break;
        }
    }

    private void ReadCount(string value)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            throw FhirSearchException.Invalid("_count", "it is a whole number.");
        }

        _isCountOnly |= count == 0;
        _count = Math.Clamp(count, 1, SearchRequest.MostCount);
    }

    private void ReadSummary(string value)
    {
        if (value == "count")
        {
            _isCountOnly = true;
            return;
        }

        _selection = ElementSelection.OfSummary(value) ?? _selection;
    }

    private void ReadSort(string value)
    {
        foreach (var key in value.Split(','))
        {
            var descending = key.StartsWith('-');
            var parameter = FhirSearchParameters.Find(type, descending ? key[1..] : key);
            if (parameter is null or { Expression: null } or { Type: FhirSearchType.Composite or FhirSearchType.Special })
            {
                throw FhirSearchException.NotSupported("_sort", $"{type} is not sorted by one of its keys.");
            }

            _sort.Add(new SearchSort(parameter, descending));
        }
    }

    private IncludeRule ReadInclude(string name, string value)
    {
        var (isReverse, iterates) = (name.StartsWith("_rev", StringComparison.Ordinal), name.EndsWith(":iterate", StringComparison.Ordinal));
        if (value == "*" && !isReverse)
        {
            return new IncludeRule(type, References(type), null, false, iterates);
        }

        var parts = value.Split(':');
        if (parts.Length is not (2 or 3) || FhirSchema.Find(parts[0]) is not { Kind: FhirTypeKind.Resource }
            || (parts.Length == 3 && FhirSchema.Find(parts[2]) is not { Kind: FhirTypeKind.Resource }))
        {
            throw FhirSearchException.Invalid(name, "it is Type:parameter or Type:parameter:TargetType.");
        }

        List<FhirSearchParameter> parameters = [.. References(parts[0]).Where(p => parts[1] == "*" || p.Code == parts[1])];
        return parameters.Count > 0
            ? new IncludeRule(parts[0], parameters, parts.Length == 3 ? parts[2] : null, isReverse, iterates)
            : throw FhirSearchException.NotSupported(name, $"{parts[0]} has no reference parameter of this name.");
    }

    private static List<FhirSearchParameter> References(string type) =>
        [.. FhirSearchParameters.For(type).Where(p => p is { Type: FhirSearchType.Reference, Expression: not null })];

    private SearchCondition Condition(string resourceType, string name, string value, int depth)
    {
        if (depth > MaxChain)
        {
            throw new FhirSearchException("too-costly", $"A chain has at most {MaxChain} links.");
        }

        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(name, value, depth);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? new SearchCondition.Direct(FhirSearchCriterion.Read(resourceType, name, value, context))
            : Chained(resourceType, name, name[..dot], name[(dot + 1)..], value, depth);
    }

    private SearchCondition.Has Has(string name, string value, int depth)
    {
        var parts = name.Split(':', 4);
        if (parts.Length < 4 || FhirSearchParameters.Find(parts[1], parts[2]) is not { Type: FhirSearchType.Reference } parameter)
        {
            throw FhirSearchException.NotSupported(FhirSearchCriterion.SafeName(name), "it is _has:Type:reference:parameter.");
        }

        return new SearchCondition.Has(name, parts[1], parameter, Condition(parts[1], parts[3], value, depth + 1));
    }

    private SearchCondition.Chained Chained(string resourceType, string name, string reference, string rest, string value, int depth)
    {
        var (code, targetType) = reference.Split(':') is [var c, var t] ? (c, t) : (reference, null);
        if (FhirSearchParameters.Find(resourceType, code) is not { Type: FhirSearchType.Reference, Expression: not null } parameter)
        {
            throw FhirSearchException.NotSupported(FhirSearchCriterion.SafeName(name), $"{resourceType} has no such reference.");
        }

        var targets = new List<(string, SearchCondition)>();
        FhirSearchException? problem = null;
        foreach (var target in targetType is null ? parameter.Targets : [targetType])
        {
            try
            {
                targets.Add((target, Condition(target, rest, value, depth + 1)));
            }
            catch (FhirSearchException e)
            {
                // A reference to several types is followed to those that have the parameter.
                problem = e;
            }
        }

        return targets.Count > 0
            ? new SearchCondition.Chained(name, parameter, targets)
            : throw problem ?? FhirSearchException.NotSupported(FhirSearchCriterion.SafeName(name), "nothing can be referred to.");
    }
}
