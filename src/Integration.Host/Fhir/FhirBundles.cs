using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Identity;
using Integration.Core.Records;
using Integration.Core.Records.Search;

namespace Integration.Host.Fhir;

/// <summary>Bundles of the facade. FHIR R4 bundle.html.</summary>
internal static class FhirBundles
{
    private const string MatchGrade = "http://hl7.org/fhir/StructureDefinition/match-grade";

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
                Entry(writer, baseUrl, resource, selection is { IsSummary: true } ? selection : null, "include");
            }

            if (notes.Count > 0)
            {
                Notes(writer, notes);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    /// <summary>The answer of <c>Patient/$match</c>: best first, each with its score and grade.</summary>
    public static ReadOnlyMemory<byte> Matches(
        string baseUrl, string self, IReadOnlyList<(RecordResource Patient, PatientMatch Match)> matches, IReadOnlyList<JsonObject> notes) => ResourceWriter.ToJson(writer =>
    {
        Begin(writer, "searchset", matches.Count, self, null);
        if (matches.Count + notes.Count > 0)
        {
            writer.WriteStartArray("entry");
            foreach (var (patient, match) in matches)
            {
                Entry(writer, baseUrl, patient, null, "match", match);
            }

            if (notes.Count > 0)
            {
                Notes(writer, notes);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    /// <param name="deletion">What came last, before the versions; null: nothing was deleted.</param>
    /// <param name="total">Null: not counted.</param>
    public static ReadOnlyMemory<byte> History(
        string baseUrl, string self, string? next, DeletedResource? deletion, IReadOnlyList<RecordResource> versions, long? total) => ResourceWriter.ToJson(writer =>
    {
        Begin(writer, "history", total, self, next);
        if (versions.Count > 0 || deletion is not null)
        {
            writer.WriteStartArray("entry");
            if (deletion is not null)
            {
                DeletionEntry(writer, baseUrl, deletion);
            }

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

    private static void Entry(Utf8JsonWriter writer, string baseUrl, RecordResource resource, ElementSelection? selection, string mode, PatientMatch? match = null)
    {
        writer.WriteStartObject();
        writer.WriteString("fullUrl", $"{baseUrl}/{resource.Reference}");
        writer.WritePropertyName("resource");
        ResourceWriter.Write(writer, resource, selection);
        writer.WriteStartObject("search");
        if (match is not null)
        {
            WriteGrade(writer, match.Grade);
        }

        writer.WriteString("mode", mode);
        if (match is not null)
        {
            writer.WriteNumber("score", match.Score);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteGrade(Utf8JsonWriter writer, PatientMatchGrade grade)
    {
        writer.WriteStartArray("extension");
        writer.WriteStartObject();
        writer.WriteString("url", MatchGrade);
        writer.WriteString("valueCode", grade switch
        {
            PatientMatchGrade.Certain => "certain",
            PatientMatchGrade.Probable => "probable",
            PatientMatchGrade.Possible => "possible",
            _ => "certainly-not",
        });
        writer.WriteEndObject();
        writer.WriteEndArray();
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

    private static void DeletionEntry(Utf8JsonWriter writer, string baseUrl, DeletedResource deletion)
    {
        writer.WriteStartObject();
        writer.WriteString("fullUrl", $"{baseUrl}/{deletion.Id}");
        writer.WriteStartObject("request");
        writer.WriteString("method", "DELETE");
        writer.WriteString("url", deletion.Id);
        writer.WriteEndObject();
        writer.WriteStartObject("response");
        writer.WriteString("status", "204");
        writer.WriteString("etag", $"W/\"{deletion.Version}\"");
        writer.WriteString("lastModified", ResourceWriter.Time(deletion.Received));
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
