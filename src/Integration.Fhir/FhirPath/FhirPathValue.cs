using System.Text.Json;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath;

/// <summary>One item of a result.</summary>
/// <param name="TypeName">A FHIR type (<c>Patient</c>, <c>HumanName</c>, <c>code</c>) or, with <c>System.</c> before it, one of FHIRPath's own (<c>System.Boolean</c>).</param>
/// <param name="Text">A value as FHIRPath writes it; null for an element with children or without value.</param>
/// <param name="Json">The element in the document, valid as long as that; undefined for values of FHIRPath's own types.</param>
/// <param name="Sibling">Id and extensions of a primitive element, from its <c>_name</c> property; else undefined.</param>
public sealed record FhirPathValue(string TypeName, string? Text, JsonElement Json, JsonElement Sibling)
{
    internal static FhirPathValue Of(in PathItem item) => item.IsElement
        ? new(item.Type.Type.Name, item.IsPrimitive ? Conversions.ToText(item) : null, item.Json, item.Sibling)
        : new($"System.{item.Kind}", Conversions.ToText(item), default, default);

    internal static List<FhirPathValue> TakeFrom(PathMachine machine, int start)
    {
        var values = new List<FhirPathValue>(machine.Top - start);
        for (var i = start; i < machine.Top; i++)
        {
            values.Add(Of(machine[i]));
        }

        return values;
    }
}
