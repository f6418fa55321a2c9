using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Adapters.Dicom.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;

namespace Integration.Adapters.Dicom.Parsing;

/// <summary>Reads messages of DICOM feeds: data sets in DICOM JSON.</summary>
internal sealed class DicomParser : IMessageParser
{
    /// <summary>Value of <see cref="Format"/>.</summary>
    public const string FormatName = "dicom";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Format => FormatName;

    public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed) =>
        DicomJsonReader.Read(raw, out var error) is { } set ? new(new DicomDocument(set, DicomMessage.TypeOf(set)), []) : new(null, [NotDicom(error!)]);

    public string Display(ReadOnlyMemory<byte> raw, string feed)
    {
        try
        {
            using var json = JsonDocument.Parse(raw);
            return JsonSerializer.Serialize(json.RootElement, Indented);
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(raw.Span);
        }
    }

    public static MessageIssue NotDicom(string error) => MessageIssue.Error(IntegrationErrorCode.NotDicom, "", error);
}
