using System.Text.Json;
using Integration.Fhir;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Adapters.Webhook.Subscriptions;

/// <summary>
/// What a subscriber wants to hear of, <c>Subscription.criteria</c> of FHIR R4: a search for one type, by its official parameters, without chains, includes and
/// parameters of the result. Immutable; safe for many threads.
/// </summary>
internal sealed class SubscriptionCriteria
{
    private readonly IReadOnlyList<FhirSearchCriterion> _criteria;
    private readonly IReadOnlyCollection<FhirSearchParameter> _parameters;
    private readonly TimeSpan _offset;

    private SubscriptionCriteria(string text, string type, IReadOnlyList<FhirSearchCriterion> criteria, TimeSpan offset)
    {
        (Text, Type, _criteria, _offset) = (text, type, criteria, offset);
        _parameters = [.. criteria.Select(criterion => criterion.Parameter).Distinct()];
    }

    /// <summary>As it is written.</summary>
    public string Text { get; }

    /// <summary>Of the resources.</summary>
    public string Type { get; }

    /// <param name="text"><c>Observation</c>, or <c>Observation?status=final&amp;code=http://loinc.org|2823-3</c>.</param>
    /// <param name="context">Of dates without an offset.</param>
    /// <exception cref="FhirSearchException">It is no such search.</exception>
    public static SubscriptionCriteria Read(string text, FhirSearchContext context)
    {
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        var type = mark < 0 ? text : text[..mark];
        if (FhirSchema.Find(type) is not { Kind: FhirTypeKind.Resource, IsAbstract: false })
        {
            throw new FhirSearchException("invalid", "it does not begin with a resource type of FHIR R4.");
        }

        var criteria = new List<FhirSearchCriterion>();
        foreach (var pair in mark < 0 ? [] : text[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (Uri.UnescapeDataString(pair[..at]), Uri.UnescapeDataString(pair[(at + 1)..])) : (pair, "");
            criteria.Add(FhirSearchCriterion.Read(type, name, value, context));
        }

        return new SubscriptionCriteria(text, type, criteria, context.Offset);
    }

    public bool Matches(JsonElement resource)
    {
        if (_criteria.Count == 0)
        {
            return true;
        }

        var values = FhirSearchValues.Extract(resource, _offset, _parameters);
        return _criteria.All(criterion => criterion.Matches(values));
    }
}
