using System.Text.Json;
using Integration.Adapters.Fhir.Parsing;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>
/// What is journaled of requests: a transaction that holds what was asked for and the resource as it was sent, and in extensions of its entries what the
/// endpoint decided about ids. A replay therefore does the same again, whatever the record holds by then.
/// </summary>
internal static class FhirEnvelope
{
    /// <summary>A request about one resource.</summary>
    /// <param name="id">The resource's id as the sender calls it.</param>
    /// <param name="body">The resource, valid JSON; empty for DELETE.</param>
    public static byte[] Write(FhirRequest request, string id, ReadOnlyMemory<byte> body)
    {
        using var buffer = new MemoryStream(body.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Bundle");
            writer.WriteString("type", "transaction");
            writer.WriteStartArray("entry");
            writer.WriteStartObject();
            WriteDecision(writer, request.Type!, id, FhirBundle.AssignedUrl, default);
            if (!body.IsEmpty)
            {
                writer.WritePropertyName("resource");
                writer.WriteRawValue(WithoutMark(body.Span), skipInputValidation: true);
            }

            writer.WriteStartObject("request");
            writer.WriteString("method", request.Method);
            writer.WriteString("url", request.Method == "POST" ? request.Type : $"{request.Type}/{id}");
            if (request is { Method: "POST", Condition: { } condition })
            {
                writer.WriteString("ifNoneExist", condition);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>A transaction with the decisions about its entries.</summary>
    /// <param name="decisions">One an entry; one without an id leaves its entry as it is.</param>
    public static byte[] Write(JsonElement bundle, IReadOnlyList<(FhirRequest Request, FhirDecision Decision)> decisions, int length)
    {
        using var buffer = new MemoryStream(length + (decisions.Count * 128));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in bundle.EnumerateObject())
            {
                if (member.Name != "entry")
                {
                    WriteRaw(writer, member);
                    continue;
                }

                writer.WriteStartArray("entry");
                var index = 0;
                foreach (var entry in member.Value.EnumerateArray())
                {
                    Write(writer, entry, decisions[index].Request, decisions[index].Decision);
                    index++;
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement entry, FhirRequest request, FhirDecision decision)
    {
        writer.WriteStartObject();
        if (decision.Id is { } id)
        {
            WriteDecision(writer, request.Type!, id, request.Method == "POST" && decision.Exists ? FhirBundle.ExistingUrl : FhirBundle.AssignedUrl,
                entry.TryGetProperty("extension", out var sent) ? sent : default);
        }

        foreach (var member in entry.EnumerateObject())
        {
            if (member.Name == "request" && request.Method == "DELETE" && request.Id is null && decision.Id is { } found)
            {
                writer.WriteStartObject("request");
                writer.WriteString("method", "DELETE");
                writer.WriteString("url", $"{request.Type}/{found}");
                writer.WriteEndObject();
            }
            else if (member.Name != "extension" || decision.Id is null)
            {
                WriteRaw(writer, member);
            }
        }

        writer.WriteEndObject();
    }

    /// <param name="others">Extensions that the entry was sent with; Undefined when there are none.</param>
    private static void WriteDecision(Utf8JsonWriter writer, string type, string id, string url, JsonElement others)
    {
        writer.WriteStartArray("extension");
        writer.WriteStartObject();
        writer.WriteString("url", url);
        writer.WriteString("valueUri", $"{type}/{id}");
        writer.WriteEndObject();
        foreach (var other in others.ValueKind == JsonValueKind.Array ? others.EnumerateArray().ToArray() : [])
        {
            writer.WriteRawValue(other.GetRawText(), skipInputValidation: true);
        }

        writer.WriteEndArray();
    }

    // As it was sent, so that 1.10 stays 1.10.
    private static void WriteRaw(Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WritePropertyName(member.Name);
        writer.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) =>
        body.StartsWith(System.Text.Encoding.UTF8.Preamble) ? body[System.Text.Encoding.UTF8.Preamble.Length..] : body;
}
