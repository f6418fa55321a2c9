using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Mpps;
using Integration.Adapters.Dicom.Parsing;
using Integration.Adapters.Dicom.Reports;
using Integration.Adapters.Dicom.Studies;
using Integration.Core.Mapping;
using Integration.Fhir;
using Integration.Tests.Mapping;

namespace Integration.Tests.Dicom;

/// <summary>
/// What a data set of each kind becomes stands in <c>Golden/dicom/TYPE.expected.json</c>, with the message. Rewrite all of them with <c>UPDATE_GOLDENS=1</c> and review
/// the difference.
/// </summary>
public sealed class DicomGoldenTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly FeedContext Feed = new("pacs", "HIS", TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"))
    {
        Viewer = LinkTemplate.Read("", "https://viewer.example/open?study={StudyInstanceUID}&patient={PatientID}", []),
        Wado = "https://pacs.example/dicom-web",
    };

    public static TheoryData<string> Types =>
        [.. Directory.EnumerateFiles(Path.Combine(MappingSamples.MappingsFolder, "dicom", "messages")).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Message_BecomesWhatIsExpected(string type)
    {
        var expectedPath = Path.Combine(RepositoryRoot.Path, "tests", "Integration.Tests", "Golden", "dicom", type + ".expected.json");
        var raw = await MessageAsync(type);
        var parsed = new DicomParser().Parse(raw, "pacs");
        var mapped = MappingSamples.Mapper.Map(parsed.Document!, Feed);
        var actual = new JsonObject
        {
            ["type"] = parsed.Document!.MappingKey,
            ["message"] = JsonNode.Parse(raw),
            ["issues"] = new JsonArray([.. mapped.Issues.Select(i => (JsonNode)$"{i.Severity} {i.Code} {i.Place}: {i.Text}")]),
            ["resources"] = new JsonArray([.. mapped.Resources.Select(resource => (JsonNode)resource.Json.DeepClone())]),
        }.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            await File.WriteAllTextAsync(expectedPath, actual);
        }

        Assert.Empty(mapped.Resources.SelectMany(resource => FhirValidator.Validate(JsonSerializer.SerializeToElement(resource.Json)).Where(i => i.Severity == FhirIssueSeverity.Error)));
        Assert.Equal(type, parsed.Document.MappingKey);
        Assert.True(File.Exists(expectedPath), $"{expectedPath} is missing; UPDATE_GOLDENS=1 writes it.");
        Assert.Equal(await File.ReadAllTextAsync(expectedPath), actual);
    }

    private static async Task<byte[]> MessageAsync(string type) => type switch
    {
        "DICOM_STUDY" => Study(Instance.Of(await ReadAsync(DicomBytes.SliceWithoutPixels(1, name: "Wang^XiaoDong=王^小东")), null)),
        "DICOM_MPPS" => DicomJsonWriter.Write(PerformedStepMessage.Continue(
            Encoding.UTF8.GetString(DicomJsonWriter.Write(PerformedStepMessage.Begin("1.2.840.99.7", await ReadAsync(PerformedStepTests.Begun()), null))),
            await ReadAsync(PerformedStepTests.Ended("COMPLETED")))),
        "DICOM_SR" => DicomJsonWriter.Write(StructuredReport.Of(await ReadAsync(StructuredReportTests.Report()), null)),
        "DICOM_WORKLIST" => DicomJsonWriter.Write((await ReadAsync(WorklistTests.Entry())).InUtf8()),
        _ => throw new InvalidOperationException($"{type} has a map and no sample here."),
    };

    private static byte[] Study(Instance instance) =>
        StudyMessage.Of("pacs", "HIS", instance.StudyAttributes, [new SeriesFacts(instance.SeriesUid, instance.SeriesAttributes, [instance.SopClassUid], 600)]).Raw.ToArray();

    private static async Task<DicomDataSet> ReadAsync(DicomBytes bytes) => (await DicomReaderTests.ReadAsync(bytes.ToFile(DicomTransferSyntax.ExplicitLittleEndianUid))).DataSet!;
}
