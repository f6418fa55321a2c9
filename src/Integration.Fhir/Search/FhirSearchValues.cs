using System.Text.Json;
using Integration.Fhir.FhirPath;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Fhir.Search;

/// <summary>Reads from a resource the values of all official search parameters of its type. Safe for many threads.</summary>
public static class FhirSearchValues
{
    /// <summary>A composite's components are combined each with each; a resource with more combinations is searched by the first ones.</summary>
    private const int MaxCombinations = 1000;

    /// <param name="resource">A resource; contained resources are not searched, as FHIR has them found by <c>_contained</c> only.</param>
    /// <param name="offset">Of dates and times that were written without one.</param>
    /// <param name="only">Parameters to read, by reference; null: all.</param>
    /// <returns>Each value once, in the order of the parameters; empty for what is no resource of R4.</returns>
    /// <exception cref="FhirPathLimitException">The resource is too large for the steps an evaluation may take.</exception>
    public static IReadOnlyList<FhirSearchValue> Extract(
        JsonElement resource, TimeSpan offset = default, IReadOnlyCollection<FhirSearchParameter>? only = null)
    {
        if (TypePlan.OfResource(resource) is not { } type)
        {
            return [];
        }

        var item = PathItem.Element(resource, default, type);
        var machine = PathMachine.Rent();
        try
        {
            machine.Resource = machine.RootResource = item;
            machine.Resolver = new ReferenceResolver(resource);
            var values = new HashSet<FhirSearchValue>();
            foreach (var plan in SearchPlan.For(type).Where(plan => only?.Any(parameter => ReferenceEquals(parameter, plan.Parameter)) != false))
            {
                Extract(machine, plan, item, offset, values);
            }

            return [.. values];
        }
        finally
        {
            machine.Return();
        }
    }

    private static void Extract(PathMachine machine, SearchPlan plan, in PathItem item, TimeSpan offset, HashSet<FhirSearchValue> values)
    {
        foreach (var found in Evaluate(machine, plan.Expressions, item))
        {
            if (plan.Components.Count == 0)
            {
                values.UnionWith(ValueReader.Read(plan.Parameter, found, offset, plan.CodeSystem));
                continue;
            }

            var components = plan.Components
                .Select(c => Evaluate(machine, c.Expressions, found).SelectMany(v => ValueReader.Read(c.Parameter, v, offset, c.CodeSystem)).ToList())
                .ToList();
            values.UnionWith(Combinations(components).Take(MaxCombinations).Select(c => new FhirCompositeValue(plan.Parameter, c)));
        }
    }

    /// <summary>Copies, since reading a component uses the machine again. What an odd structure makes undefined has no value.</summary>
    private static List<PathItem> Evaluate(PathMachine machine, IReadOnlyList<FhirPathExpression> expressions, in PathItem item)
    {
        var items = new List<PathItem>();
        foreach (var expression in expressions)
        {
            try
            {
                expression.EvaluateOn(machine, item);
            }
            catch (FhirPathException exception) when (exception is not FhirPathLimitException)
            {
                continue;
            }

            for (var i = 1; i < machine.Top; i++)
            {
                items.Add(machine[i]);
            }
        }

        return items;
    }

    private static IEnumerable<IReadOnlyList<FhirSearchValue>> Combinations(IReadOnlyList<List<FhirSearchValue>> components)
    {
        IEnumerable<IReadOnlyList<FhirSearchValue>> combined = [[]];
        foreach (var values in components)
        {
            combined = combined.SelectMany(_ => values, (left, value) => (IReadOnlyList<FhirSearchValue>)[.. left, value]);
        }

        return combined;
    }
}
