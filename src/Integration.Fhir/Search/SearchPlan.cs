using System.Collections.Concurrent;
using Integration.Fhir.FhirPath;
using Integration.Fhir.Validation;

namespace Integration.Fhir.Search;

/// <summary>A search parameter made ready for one resource type: of an expression over many types only the parts that can apply.</summary>
internal sealed class SearchPlan
{
    private static readonly ConcurrentDictionary<string, SearchPlan[]> Plans = new(StringComparer.Ordinal);

    private SearchPlan(FhirSearchParameter parameter, TypePlan type)
    {
        Parameter = parameter;
        Expressions = [.. FhirPathExpression.Compile(parameter.Expression!).Alternatives().Where(e => e.CanApplyTo(type))];
        Components = [.. parameter.Components.Select(c => new SearchPlan(c))];
    }

    private SearchPlan(FhirSearchComponent component)
    {
        Parameter = FhirSearchParameters.Find(component.ParameterId)
            ?? throw new InvalidDataException($"A search parameter has a component '{component.ParameterId}' that is none.");
        Expressions = [FhirPathExpression.Compile(component.Expression)];
        Components = [];
    }

    public FhirSearchParameter Parameter { get; }

    public IReadOnlyList<FhirPathExpression> Expressions { get; }

    /// <summary>Of a composite; else empty.</summary>
    public IReadOnlyList<SearchPlan> Components { get; }

    public static SearchPlan[] For(TypePlan type) => Plans.GetOrAdd(
        type.Type.Name,
        static (name, plan) => [.. FhirSearchParameters.For(name).Where(p => p.Expression is not null).Select(p => new SearchPlan(p, plan))],
        type);
}
