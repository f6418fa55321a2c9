using System.Text;
using Integration.Adapters.Dicom.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Dicom.Parsing;

/// <summary>Reads of a data set in DICOM JSON what intake needs.</summary>
/// <param name="authorityOf">Of a feed by its name.</param>
internal sealed class DicomHeaderReader(Func<string, string> authorityOf) : IHeaderReader
{
    public string Format => DicomParser.FormatName;

    public InboundMessage Read(ReadOnlyMemory<byte> raw, string feed) => DicomMessage.Of(feed, authorityOf(feed), raw);

    public byte[]? Encode(string text, string feed, out MessageIssue? issue)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Trim('\uFEFF', '\r', '\n', ' '));
        issue = DicomJsonReader.Read(bytes, out var error) is null ? DicomParser.NotDicom(error!) : null;
        return issue is null ? bytes : null;
    }
}
