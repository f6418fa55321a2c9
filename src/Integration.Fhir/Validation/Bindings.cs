using System.Text;
using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>Bindings of strength required (FHIR R4 terminologies.html §4.1.5): codes by themselves, Coding and CodeableConcept with their system.</summary>
internal static class Bindings
{
    /// <summary>A message names the codes only when they are few enough to read.</summary>
    private const int MostCodesNamed = 12;

    public static void CheckCode(ResourceWalk walk, PropertyPlan property, ReadOnlySpan<byte> code)
    {
        if (property.RequiredValueSet is { } valueSet && !valueSet.ContainsUtf8(code))
        {
            walk.Error("code-invalid", $"The code is not in the required value set {Describe(valueSet)}.");
        }
    }

    /// <param name="value">An object; only Coding and CodeableConcept are looked at.</param>
    public static void CheckConcept(ResourceWalk walk, PropertyPlan property, JsonElement value)
    {
        if (property.RequiredValueSet is not { } valueSet)
        {
            return;
        }

        var isBound = property.Type.Type.Name switch
        {
            "Coding" => IsCodingOf(valueSet, value),
            "CodeableConcept" => IsConceptOf(valueSet, value),
            _ => true,
        };
        if (!isBound)
        {
            walk.Error("code-invalid", $"No coding is in the required value set {Describe(valueSet)}.");
        }
    }

    private static bool IsConceptOf(FhirValueSet valueSet, JsonElement concept)
    {
        var codings = JsonText.Find(concept, "coding"u8);
        if (codings.ValueKind != JsonValueKind.Array)
        {
            // An extension can say why there is no code, e.g. data-absent-reason.
            return JsonText.Find(concept, "extension"u8).ValueKind != JsonValueKind.Undefined;
        }

        foreach (var coding in codings.EnumerateArray())
        {
            if (coding.ValueKind == JsonValueKind.Object && IsCodingOf(valueSet, coding))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCodingOf(FhirValueSet valueSet, JsonElement coding) =>
        JsonText.FindString(coding, "system"u8) is { } system
        && JsonText.FindString(coding, "code"u8) is { } code
        && valueSet.Contains(system, code);

    private static string Describe(FhirValueSet valueSet)
    {
        var text = new StringBuilder(valueSet.Url);
        if (valueSet.Codes is { Count: <= MostCodesNamed } codes)
        {
            text.Append(" (").AppendJoin(", ", codes.Order(StringComparer.Ordinal)).Append(')');
        }

        return text.ToString();
    }
}
