using Integration.Core.Mapping.Language;
using Integration.Fhir;

namespace Integration.Core.Mapping.Compilation;

/// <summary>One step of a target path: a property of a FHIR type.</summary>
/// <param name="TypeName">FHIR type of its value.</param>
internal sealed record TargetStep(string Property, FhirElement Element, string TypeName, bool IsArray);

/// <summary>Checks target paths such as <c>location[].location.display</c> against the FHIR R4 element tables.</summary>
internal static class TargetPath
{
    /// <summary>The steps; null when one of them is wrong, which has then been reported.</summary>
    public static IReadOnlyList<TargetStep>? Resolve(Word word, FhirType type, ProblemList problems)
    {
        var steps = new List<TargetStep>();
        var current = type;
        var offset = 0;
        foreach (var name in word.Text.Split('.'))
        {
            var position = word.Position.Plus(offset);
            offset += name.Length + 1;
            if (current is null || ResolveStep(new Word(name, position), current, problems) is not { } step)
            {
                return null;
            }

            steps.Add(step);
            current = FhirSchema.Find(step.TypeName);
        }

        return steps;
    }

    private static TargetStep? ResolveStep(Word word, FhirType type, ProblemList problems)
    {
        var isArray = word.Text.EndsWith("[]", StringComparison.Ordinal);
        var property = isArray ? word.Text[..^2] : word.Text;

        // _birthDate holds the extensions of the primitive birthDate. FHIR R4 §2.6.2 (JSON representation of primitive elements).
        var besidePrimitive = property.StartsWith('_');
        var element = type.Element(besidePrimitive ? property[1..] : property);
        if (element is null || (besidePrimitive && FhirSchema.Find(element.TypeOf(property[1..]))?.Kind != FhirTypeKind.Primitive))
        {
            problems.AddUnknown(
                word.Position, $"FHIR R4 {type.Name} has no element '{property}'.", property, type.Elements.SelectMany(e => e.JsonNames));
            return null;
        }

        if (isArray != element.IsArray)
        {
            problems.Add(
                word.Position, $"{type.Name}.{property} {(element.IsArray ? "repeats" : "holds one value")}.",
                $"Write {(element.IsArray ? property + "[]" : property)}.");
            return null;
        }

        return new TargetStep(property, element, besidePrimitive ? "Element" : element.TypeOf(property), isArray);
    }
}
