using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Records.Search;

namespace Integration.Host.Fhir;

/// <summary>Bundles of the facade. FHIR R4 bundle.html.</summary>
internal static class FhirBundles
{
    /// <param name="self">Address that the answer is of.</param>
    /// <param name="next">Address of the next page; null when this is the last.</param>
    /// <param name="notes">Issues of severity information or warning for the caller; empty: none.</param>
    public static ReadOnlyMemory<byte> Search(
        string baseUrl, string self, string? next, SearchResult result, ElementSelection? selection, IReadOnlyList<JsonObject> notes) => ResourceWriter.ToJson(writer =>
    {
        Begin(writer, "searchset", result.Total, self, next);
        if (result.Matches.Count + result.Included.Count + notes.Count > 0)
        {
            writer.WriteStartArray("entry");
            foreach (var resource in result.Matches)
            {
                Entry(writer, baseUrl, resource, selection, "match");
            }

            foreach (var resource in result.Included)
            {
                Entry(writer, baseUrl, resource, null, "include");
            }

            if (notes.Count > 0)
            {
                Notes(writer, notes);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    /// <param name="total">Null: not counted.</param>
    public static ReadOnlyMemory<byte> History(string baseUrl, string self, string? next, IReadOnlyList<RecordResource> versions, long? total) => ResourceWriter.ToJson(writer =>
    {
        Begin(writer, "history", total, self, next);
        if (versions.Count > 0)
        {
            writer.WriteStartArray("entry");
            foreach (var version in versions)
            {
                HistoryEntry(writer, baseUrl, version);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    private static void Begin(Utf8JsonWriter writer, string type, long? total, string self, string? next)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", type);
        if (total is { } count)
        {
            writer.WriteNumber("total", count);
        }

        writer.WriteStartArray("link");
        Link(writer, "self", self);
        if (next is not null)
        {
            Link(writer, "next", next);
        }

        writer.WriteEndArray();
    }

    private static void Link(Utf8JsonWriter writer, string relation, string url)
    {
        writer.WriteStartObject();
        writer.WriteString("relation", relation);
        writer.WriteString("url", url);
        writer.WriteEndObject();
    }

    private static void Entry(Utf8JsonWriter writer, string baseUrl, RecordResource resource, ElementSelection? selection, string mode)
    {
        writer.WriteStartObject();
        writer.WriteString("fullUrl", $"{baseUrl}/{resource.Reference}");
        writer.WritePropertyName("resource");
        ResourceWriter.Write(writer, resource, selection);
        writer.WriteStartObject("search");
        writer.WriteString("mode", mode);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Notes(Utf8JsonWriter writer, IReadOnlyList<JsonObject> notes)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("resource");
        new JsonObject { ["resourceType"] = "OperationOutcome", ["issue"] = new JsonArray([.. notes]) }.WriteTo(writer);
        writer.WriteStartObject("search");
        writer.WriteString("mode", "outcome");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void HistoryEntry(Utf8JsonWriter writer, string baseUrl, RecordResource version)
    {
        writer.WriteStartObject();
        writer.WriteString("fullUrl", $"{baseUrl}/{version.Reference}");
        writer.WritePropertyName("resource");
        ResourceWriter.Write(writer, version);
        writer.WriteStartObject("request");
        writer.WriteString("method", version.Version == 1 ? "POST" : "PUT");
        writer.WriteString("url", version.Version == 1 ? version.Type : version.Reference);
        writer.WriteEndObject();
        writer.WriteStartObject("response");
        writer.WriteString("status", version.Version == 1 ? "201" : "200");
        writer.WriteString("etag", $"W/\"{version.Version}\"");
        writer.WriteString("lastModified", ResourceWriter.Time(version.LastUpdated));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
