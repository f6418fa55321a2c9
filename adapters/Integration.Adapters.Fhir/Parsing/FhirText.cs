using System.Text;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Fhir;

namespace Integration.Adapters.Fhir.Parsing;

/// <summary>Bytes as one FHIR R4 resource, or why they are none.</summary>
/// <param name="Root">Null when there is an issue.</param>
/// <param name="Type">Its <c>resourceType</c>.</param>
internal readonly record struct FhirText(JsonElement? Root, string Type, MessageIssue? Issue)
{
    // A property that stands twice means one thing to one reader and another to the next (RFC 8259 §4).
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 100 };

    /// <summary>Never throws for any bytes.</summary>
    public static FhirText Read(ReadOnlyMemory<byte> raw)
    {
        var bytes = raw.Span;
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        if (bytes.TrimStart(" \t\r\n"u8).StartsWith("<"u8))
        {
            return Refuse("This is XML. Send FHIR as JSON (application/fhir+json).");
        }

        JsonElement root;
        try
        {
            root = JsonElement.Parse(bytes, Options);
        }
        catch (JsonException e)
        {
            // The text of the exception may quote the resource.
            return Refuse($"This is no JSON that can be read: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} of it. It must be UTF-8, each property once, 100 levels at most.");
        }

        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("resourceType", out var type) || type.ValueKind != JsonValueKind.String)
        {
            return Refuse("This is JSON, but no resource: a resource is an object with resourceType.");
        }

        var name = type.GetString()!;
        return FhirSchema.Find(name) is { Kind: FhirTypeKind.Resource, IsAbstract: false }
            ? new(root, name, null)
            : Refuse("FHIR R4 has no resource of this resourceType. Resources of other releases are not read.", "resourceType");
    }

    private static FhirText Refuse(string text, string place = "") => new(null, "", MessageIssue.Error(IntegrationErrorCode.NotFhir, place, text));
}
