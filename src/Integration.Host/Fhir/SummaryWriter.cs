using System.Text.Json;
using Integration.Fhir;

namespace Integration.Host.Fhir;

/// <summary>
/// The short form of a resource: the elements that the definitions mark as part of the summary, at every depth, and those without which it would not be
/// valid. FHIR R4 search.html §3.1.1.5.10.
/// </summary>
internal static class SummaryWriter
{
    /// <summary>Whether something of a property is given out.</summary>
    /// <param name="type">Of the object that has it; null where the tables know none, which is given out whole.</param>
    public static bool Keeps(JsonProperty property, FhirType? type)
    {
        var name = property.Name.TrimStart('_');
        return type?.Element(name) switch
        {
            null => type is null,
            { Min: > 0 } => true,
            { IsSummary: true } element => property.Name != name || HasContent(property.Value, TypeOf(element, name)),
            _ => false,
        };
    }

    /// <param name="property">One that <see cref="Keeps"/> something of.</param>
    public static void Write(Utf8JsonWriter writer, JsonProperty property, FhirType? type)
    {
        writer.WritePropertyName(property.Name);
        var valueType = property.Name.StartsWith('_') ? null : type?.Element(property.Name) is { } element ? TypeOf(element, property.Name) : null;
        WriteValue(writer, property.Value, valueType);
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonElement value, FhirType? type)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteValue(writer, item, type);
                }

                writer.WriteEndArray();
                break;

            // What is required and has nothing of the summary, an extension that says why it is not known for one, is given as it is.
            case JsonValueKind.Object when type is not null && HasContent(value, type):
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().Where(p => Keeps(p, type)))
                {
                    Write(writer, property, type);
                }

                writer.WriteEndObject();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static bool HasContent(JsonElement value, FhirType? type) => value.ValueKind switch
    {
        JsonValueKind.Object => type is null || value.EnumerateObject().Any(p => Keeps(p, type)),
        JsonValueKind.Array => value.EnumerateArray().Any(item => HasContent(item, type)),
        _ => true,
    };

    // Of a resource inside a resource, a Bundle's for one, the short form is not asked for; primitives have nothing inside.
    private static FhirType? TypeOf(FhirElement element, string name) =>
        FhirSchema.Find(element.TypeOf(name)) is { Kind: FhirTypeKind.Datatype or FhirTypeKind.Backbone } type ? type : null;
}
