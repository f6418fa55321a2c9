using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Records.Search;
using Integration.Fhir;

namespace Integration.Host.Fhir;

/// <summary>Writes resources as the facade gives them out: as stored, with version, time and source of this version in <c>meta</c>.</summary>
internal static class ResourceWriter
{
    private const string ObservationValue = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="write">Writes one JSON value.</param>
    public static ReadOnlyMemory<byte> ToJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(8 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    /// <param name="selection">Null: the whole resource.</param>
    public static void Write(Utf8JsonWriter writer, RecordResource resource, ElementSelection? selection = null)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", resource.Type);
        writer.WriteString("id", resource.Id);
        WriteMeta(writer, resource, isSubset: selection is not null);
        var type = FhirSchema.Find(resource.Type);
        foreach (var property in resource.Resource.EnumerateObject())
        {
            if (property.Name is "resourceType" or "id" or "meta")
            {
                continue;
            }

            if (selection is { IsSummary: true } && SummaryWriter.Keeps(property, type))
            {
                SummaryWriter.Write(writer, property, type);
            }
            else if (selection is not { IsSummary: true } && IsSelected(property.Name, type, selection))
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteMeta(Utf8JsonWriter writer, RecordResource resource, bool isSubset)
    {
        var stored = resource.Resource.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object ? meta : default;
        writer.WriteStartObject("meta");
        writer.WriteString("versionId", resource.Version.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("lastUpdated", Time(resource.LastUpdated));
        var hasSource = false;
        if (stored.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in stored.EnumerateObject().Where(p => p.Name is not ("versionId" or "lastUpdated") && !(isSubset && p.Name == "tag")))
            {
                hasSource |= property.Name == "source";
                property.WriteTo(writer);
            }
        }

        if (!hasSource)
        {
            writer.WriteString("source", resource.Source);
        }

        if (isSubset)
        {
            WriteSubsetTag(writer, stored);
        }

        writer.WriteEndObject();
    }

    // FHIR R4 search.html §3.1.1.5.9: what is not whole says so.
    private static void WriteSubsetTag(Utf8JsonWriter writer, JsonElement meta)
    {
        writer.WriteStartArray("tag");
        if (meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("tag", out var tags) && tags.ValueKind == JsonValueKind.Array)
        {
            foreach (var tag in tags.EnumerateArray())
            {
                tag.WriteTo(writer);
            }
        }

        writer.WriteStartObject();
        writer.WriteString("system", ObservationValue);
        writer.WriteString("code", "SUBSETTED");
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static bool IsSelected(string property, FhirType? type, ElementSelection? selection)
    {
        if (selection is null)
        {
            return true;
        }

        var name = property.TrimStart('_');
        var element = type?.Element(name);
        var isNamed = selection.Names is null
            ? name != selection.Without
            : selection.Names.Contains(name) || (element is not null && selection.Names.Contains(element.Name));
        return isNamed || element is { Min: > 0 } || name is "implicitRules" || property == "modifierExtension";
    }
}
