using System.Collections.Frozen;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>Every function by name. Those that take a type's name (is, as, ofType) are the parser's.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, Function> Functions =
        CollectionFunctions.All.Concat(TextFunctions.All).Concat(MathFunctions.All).Concat(ValueFunctions.All).Concat(FhirFunctions.All)
            .ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => Functions.Keys;

    public static Function? Find(string name) => Functions.GetValueOrDefault(name);
}
