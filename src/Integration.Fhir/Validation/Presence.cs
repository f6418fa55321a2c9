using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>Which elements of an object are there.</summary>
/// <param name="Elements">A bit for each that has a property, by <see cref="ElementPlan.Index"/>.</param>
/// <param name="Watched">A bit for each that invariants look at and that has an item, by <see cref="ElementPlan.WatchBit"/>.</param>
/// <param name="IsCertain">Whether <paramref name="Watched"/> says all; otherwise nothing is predicted from it.</param>
internal readonly record struct Presence(UInt128 Elements, ulong Watched, bool IsCertain)
{
    public Presence With(ElementPlan element, JsonElement value)
    {
        var elements = Elements | (UInt128.One << element.Index);
        return element.WatchBit < 0
            ? this with { Elements = elements }
            : new Presence(elements, Watched | (1UL << element.WatchBit), IsCertain && HasItem(value));
    }

    /// <summary>Whether the value surely is an item in FHIRPath: not null, nor an array that is empty or begins with null.</summary>
    private static bool HasItem(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => false,
        JsonValueKind.Array => value.GetArrayLength() > 0 && value[0].ValueKind != JsonValueKind.Null,
        _ => true,
    };
}
