using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Integration.Core.Events;

/// <summary>An event as it leaves the engine: CloudEvents 1.0 in the JSON format, structured mode, <c>application/cloudevents+json</c>.</summary>
public static class CloudEvent
{
    public const string ContentType = "application/cloudevents+json";

    /// <summary>What <c>source</c> says where <c>Events:Source</c> is not set.</summary>
    public const string UsualSource = "urn:hospital-integration-engine";

    /// <summary>A time as the envelope writes it: UTC with microseconds.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8 JSON of the envelope, with those properties of the data that the receiver is granted.</summary>
    /// <param name="source">URI that names this engine among others (CloudEvents 1.0 <c>source</c>); with the id it is unique.</param>
    public static ReadOnlyMemory<byte> Write(EventDocument e, EventGrants grants, string source)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Readable);
        writer.WriteStartObject();
        writer.WriteString("specversion", "1.0");
        writer.WriteString("id", e.Id);
        writer.WriteString("source", source);
        writer.WriteString("type", e.Type);
        writer.WriteString("subject", e.Subject);
        writer.WriteString("time", Format(e.Time));
        writer.WriteString("recordedtime", Format(e.Recorded));   // extension Recorded Time
        if (e.PatientId is not null)
        {
            writer.WriteString("partitionkey", e.PatientId);   // extension Partitioning: what must stay in order
        }

        if (e.Feed is not null)
        {
            writer.WriteString("feed", e.Feed);
        }

        writer.WriteString("cause", e.Cause);
        writer.WriteString("datacontenttype", "application/json");
        writer.WriteString("dataschema", EventSchema.IdOf(e.Type, e.SchemaVersion));
        writer.WriteStartObject("data");
        WriteData(writer, e, grants);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>A property that the catalogue does not list (any more) goes to nobody.</summary>
    private static void WriteData(Utf8JsonWriter writer, EventDocument e, EventGrants grants)
    {
        foreach (var property in EventCatalog.Find(e.Type)?.Data ?? [])
        {
            if (grants.Covers(property.Category) && e.Data[property.Name] is { } value)
            {
                writer.WritePropertyName(property.Name);
                value.WriteTo(writer);
            }
        }
    }

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
