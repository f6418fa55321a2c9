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
        Components = [.. parameter.Components.Select(component => new SearchPlan(component, parameter.Expression!, type.Type))];
        CodeSystem = parameter.Type == FhirSearchType.Token ? CodeSystemOf(parameter.Expression!, type.Type) : null;
    }

    /// <param name="within">Expression of the composite, which the component's is evaluated on.</param>
    private SearchPlan(FhirSearchComponent component, string within, FhirType type)
    {
        Parameter = FhirSearchParameters.Find(component.ParameterId)
            ?? throw new InvalidDataException($"A search parameter has a component '{component.ParameterId}' that is none.");
        Expressions = [FhirPathExpression.Compile(component.Expression)];
        Components = [];
        CodeSystem = Parameter.Type == FhirSearchType.Token
            ? CodeSystemOf(string.Join('|', within.Split('|', StringSplitOptions.TrimEntries).Select(path => $"{path}.{component.Expression}")), type)
            : null;
    }

    public FhirSearchParameter Parameter { get; }

    public IReadOnlyList<FhirPathExpression> Expressions { get; }

    /// <summary>Code system that the codes of an element of type code belong to; null where its binding is not required, or has codes of several systems.</summary>
    public string? CodeSystem { get; }

    /// <summary>Of a composite; else empty.</summary>
    public IReadOnlyList<SearchPlan> Components { get; }

    public static SearchPlan[] For(TypePlan type) => Plans.GetOrAdd(
        type.Type.Name,
        static (name, plan) => [.. FhirSearchParameters.For(name).Where(p => p.Expression is not null).Select(p => new SearchPlan(p, plan))],
        type);

    /// <summary>By the alternatives that are plain paths, <c>Patient.gender</c>: they must agree.</summary>
    private static string? CodeSystemOf(string expression, FhirType type)
    {
        string?[] systems =
        [
            .. expression.Split('|', StringSplitOptions.TrimEntries).Where(path => path.StartsWith(type.Name + ".", StringComparison.Ordinal))
                .Select(path => ElementAt(path, type) is { RequiredValueSet: { } url, Types: ["code"] } && FhirSchema.FindValueSet(url) is { CodesBySystem: { Count: 1 } bySystem }
                    ? bySystem.Keys.First()
                    : null)
                .Distinct(),
        ];
        return systems.Length == 1 ? systems[0] : null;
    }

    private static FhirElement? ElementAt(string path, FhirType type)
    {
        FhirElement? element = null;
        FhirType? at = type;
        foreach (var name in path.Split('.').Skip(1))
        {
            element = at?.Element(name);
            at = element is { Types: [_] } ? FhirSchema.Find(element.TypeOf(name)) : null;
        }

        return element;
    }
}
