namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>MIME type by the first bytes, which are right more often than OBX-5.2 and OBX-5.3.</summary>
internal static class Hl7MediaType
{
    /// <param name="beginning">First bytes of the content.</param>
    /// <param name="isText">It was sent as text, neither base64 nor hex.</param>
    public static string Of(ReadOnlySpan<byte> beginning, bool isText) =>
        beginning.StartsWith("%PDF"u8) ? "application/pdf"
        : beginning is [0xFF, 0xD8, 0xFF, ..] ? "image/jpeg"
        : beginning is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "image/png"
        : beginning.StartsWith("GIF8"u8) ? "image/gif"
        : beginning.StartsWith("II*\0"u8) || beginning.StartsWith("MM\0*"u8) ? "image/tiff"
        : beginning.StartsWith(@"{\rtf"u8) ? "application/rtf"
        : beginning.StartsWith("PK\u0003\u0004"u8) ? "application/zip"
        : beginning.Length > 132 && beginning[128..].StartsWith("DICM"u8) ? "application/dicom"
        : beginning.StartsWith("<?xml"u8) ? "application/xml"
        : isText ? "text/plain; charset=utf-8"
        : "application/octet-stream";
}
