using System.Globalization;
using System.Text.Json.Nodes;

namespace Integration.Core.Attachments;

/// <summary>What a source document gives in place of a value that is kept as an attachment: <c>Binary/ID?size=N&amp;hash=SHA1&amp;type=T</c>.</summary>
/// <param name="Id">SHA-256 of the content, 64 hex digits.</param>
/// <param name="Size">Bytes of the content.</param>
/// <param name="Sha1">SHA-1 of the content, base64, as FHIR R4 Attachment.hash wants it.</param>
public sealed record AttachmentReference(string Id, long Size, string Sha1, string ContentType)
{
    private const string Prefix = "Binary/";
    private const int IdLength = 64;

    /// <summary>Where a reader of the record finds it: relative to the FHIR facade.</summary>
    public string Url => Prefix + Id;

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}{Id}?size={Size}&hash={Uri.EscapeDataString(Sha1)}&type={Uri.EscapeDataString(ContentType)}");

    /// <summary>Reads the text form; null when it is anything else.</summary>
    public static AttachmentReference? TryParse(string text)
    {
        const int Query = 7 + IdLength;
        if (text.Length is <= Query or > 400 || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Query] != '?')
        {
            return null;
        }

        var parts = text[(Query + 1)..].Split('&');
        return parts is [['s', 'i', 'z', 'e', '=', .. var size], ['h', 'a', 's', 'h', '=', .. var hash], ['t', 'y', 'p', 'e', '=', .. var type]]
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new(text[Prefix.Length..Query], bytes, Uri.UnescapeDataString(hash), Uri.UnescapeDataString(type))
            : null;
    }

    /// <summary>What stands in a FHIR Attachment instead of <c>data</c>. FHIR R4 §2.24.0.7.</summary>
    public JsonObject ToFhir()
    {
        var fhir = new JsonObject { ["contentType"] = ContentType, ["url"] = Url };
        if (Size <= int.MaxValue)
        {
            fhir["size"] = (int)Size;
        }

        fhir["hash"] = Sha1;
        return fhir;
    }
}
