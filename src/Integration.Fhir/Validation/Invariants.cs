using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>The invariants that are about structure rather than meaning, by hand; those in FHIRPath are not checked here. FHIR R4 4.0.1.</summary>
internal static class Invariants
{
    public static Action<ResourceWalk, JsonElement>? Of(string typeName) => typeName switch
    {
        "Extension" => Extension,
        "Period" => Period,
        "Observation" => Observation,
        _ => null,
    };

    private static void Extension(ResourceWalk walk, JsonElement extension)
    {
        var hasExtension = JsonText.Find(extension, "extension"u8).ValueKind != JsonValueKind.Undefined;
        if (hasExtension == HasChoice(extension, "value"u8))
        {
            walk.Error("invariant", hasExtension
                ? "An extension has either extensions or a value, not both (ext-1)."
                : "An extension has extensions or a value (ext-1).");
        }
    }

    private static void Period(ResourceWalk walk, JsonElement period)
    {
        if (JsonText.FindString(period, "start"u8) is { } start
            && JsonText.FindString(period, "end"u8) is { } end
            && DateText.IsAfter(start, end))
        {
            walk.Error("invariant", "The start of the period is after its end (per-1).");
        }
    }

    private static void Observation(ResourceWalk walk, JsonElement observation)
    {
        if (!HasChoice(observation, "value"u8))
        {
            return;
        }

        if (JsonText.Find(observation, "dataAbsentReason"u8).ValueKind != JsonValueKind.Undefined)
        {
            walk.ErrorAt("dataAbsentReason", "invariant", "dataAbsentReason stands only where there is no value (obs-6).");
        }

        var components = JsonText.Find(observation, "component"u8);
        if (components.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var codings = CodingsOf(observation).ToHashSet();
        foreach (var component in components.EnumerateArray())
        {
            if (component.ValueKind == JsonValueKind.Object && CodingsOf(component).Any(codings.Contains))
            {
                walk.ErrorAt("value", "invariant", "An observation with a value has no component of the same code (obs-7).");
                return;
            }
        }
    }

    /// <summary>Two codings are the same when all of these are; user selection and extensions are not compared.</summary>
    private static IEnumerable<(string? System, string? Version, string? Code, string? Display)> CodingsOf(JsonElement holder)
    {
        var concept = JsonText.Find(holder, "code"u8);
        var codings = concept.ValueKind == JsonValueKind.Object ? JsonText.Find(concept, "coding"u8) : default;
        if (codings.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var coding in codings.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.Object))
        {
            yield return (
                JsonText.FindString(coding, "system"u8),
                JsonText.FindString(coding, "version"u8),
                JsonText.FindString(coding, "code"u8),
                JsonText.FindString(coding, "display"u8));
        }
    }

    /// <summary>Whether the choice has a value of any type, or the id and extensions of one.</summary>
    private static bool HasChoice(JsonElement obj, ReadOnlySpan<byte> name)
    {
        foreach (var property in obj.EnumerateObject())
        {
            if (JsonText.TryReadName(property, out var found) && found.TrimStart((byte)'_').StartsWith(name) && found.Length > name.Length)
            {
                return true;
            }
        }

        return false;
    }
}
