using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Integration.Core.Attachments;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Fhir;

/// <summary>
/// An Attachment (FHIR R4 §2.24.0.7) whose <c>data</c> is so long that it is kept beside the record, which then has its <c>url</c>. A resource stays small
/// enough to be read and searched, and for a document of MongoDB.
/// </summary>
internal sealed class FhirAttachment : ISourceAttachment
{
    /// <summary>Letters of base64 from which on it is kept beside the record: 256 KiB of content.</summary>
    private const int LeastLetters = 256 * 1024 * 4 / 3;

    private readonly JsonElement _data;

    private FhirAttachment(JsonElement data, AttachmentReference reference) => (_data, Reference) = (data, reference);

    public AttachmentReference Reference { get; }

    /// <summary>Those of a message, in the order in which they stand.</summary>
    public static IReadOnlyList<FhirAttachment> AllOf(IReadOnlyList<FhirEntry> entries)
    {
        List<FhirAttachment>? found = null;
        foreach (var entry in entries)
        {
            if (!entry.IsDeletion && IsLong(entry.Resource))
            {
                foreach (var member in entry.Resource.EnumerateObject())
                {
                    Find(member.Value, found ??= []);
                }
            }
        }

        return found ?? [];
    }

    /// <param name="value">Any object below a resource.</param>
    /// <returns>Null: it is no Attachment, a short one, or its data is no base64.</returns>
    public static FhirAttachment? Of(JsonElement value)
    {
        // Only Attachment has both (att-1); SampledData.data and Signature.data are something else.
        if (!value.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.String || !IsLong(data)
            || FhirJsonElement.Text(value, "contentType") is not { Length: > 0 } type || !data.TryGetBytesFromBase64(out var content))
        {
            return null;
        }

        // FHIR asks for SHA-1 in Attachment.hash; it is no protection here, the id is the SHA-256.
        return new FhirAttachment(
            data, new AttachmentReference(Convert.ToHexStringLower(SHA256.HashData(content)), content.Length, Convert.ToBase64String(SHA1.HashData(content)), type));
    }

    public IEnumerable<ReadOnlyMemory<byte>> Read(int pieceBytes)
    {
        var content = _data.GetBytesFromBase64();
        for (var at = 0; at < content.Length; at += pieceBytes)
        {
            yield return content.AsMemory(at, Math.Min(pieceBytes, content.Length - at));
        }
    }

    private static void Find(JsonElement value, List<FhirAttachment> found)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) || !IsLong(value))
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in value.EnumerateArray())
            {
                Find(entry, found);
            }
        }
        else if (Of(value) is { } attachment)
        {
            found.Add(attachment);
        }
        else
        {
            foreach (var member in value.EnumerateObject())
            {
                Find(member.Value, found);
            }
        }
    }

    /// <summary>Whether there may be one in it: almost always not, and that costs next to nothing to find out.</summary>
    public static bool IsLong(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length >= LeastLetters;
}
