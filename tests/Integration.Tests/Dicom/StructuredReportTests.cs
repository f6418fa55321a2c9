using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Reports;

namespace Integration.Tests.Dicom;

public sealed class StructuredReportTests
{
    private const string BasicText = "1.2.840.10008.5.1.4.1.1.88.11";

    [Fact]
    public async Task Text_OfAReport_HasALineForEachItem()
    {
        var report = (await DicomReaderTests.ReadAsync(Report().ToFile(DicomTransferSyntax.ExplicitLittleEndianUid))).DataSet!;

        var message = StructuredReport.Of(report, "HIS");

        Assert.True(StructuredReport.Is(report));
        Assert.Equal("""
            检查所见
              描述: 右上肺见结节影
              直径: 8 mm
              诊断医生: 赵敏
            诊断意见: 建议随访
            """.ReplaceLineEndings("\n"), message.Text(DicomTag.TextValue).ReplaceLineEndings("\n"));
        Assert.Equal(("HIS", "P1", BasicText), (message.Text(DicomTag.IssuerOfPatientId), message.Text(DicomTag.PatientId), message.Text(DicomTag.SopClassUid)));
        Assert.Null(message.Find(DicomTag.ContentSequence));
    }

    /// <summary>A report of dcmtk's makers, with everything that a report may hold. <c>dsrdump</c> shows the same lines.</summary>
    [Fact]
    public async Task Text_OfDcmtksTestReport_IsThatOfDsrdump()
    {
        var folder = RepositoryRoot.SharedData("dicom");
        Assert.SkipWhen(folder is null, "There is no ../shared/data/dicom.");
        await using var stream = File.OpenRead(Path.Combine(folder, "test_SR.dcm"));
        var report = (await DicomReader.ReadFileAsync(stream, DicomReadLimits.Usual, CancellationToken.None)).DataSet!;

        var lines = StructuredReport.Of(report, null).Text(DicomTag.TextValue).ReplaceLineEndings("\n").Split('\n');

        Assert.Equal(
            [
                "Text Code: A mass of", "Diameter: 3 cm", "Text Code: was detected.", "Text Code: A mass of", "Diameter: 3 cm", "Text Code: was detected.",
                "Code: Sample Text A B C", "  Code: Inferred Sample Text New line.  &%$§\"!()<>{}/;",
            ],
            lines[..8]);
    }

    [Theory]
    [InlineData("1.2.840.10008.5.1.4.1.1.88.33", true)]
    [InlineData("1.2.840.10008.5.1.4.1.1.88.59", false)]   // key object selection
    [InlineData("1.2.840.10008.5.1.4.1.1.88.67", false)]   // radiation dose
    [InlineData(DicomBytes.CtImageStorage, false)]
    public async Task Is_BySopClass(string sopClass, bool expected)
    {
        var set = (await DicomReaderTests.ReadAsync(new DicomBytes().Text(DicomTag.SopClassUid, "UI", sopClass).ToFile(DicomTransferSyntax.ExplicitLittleEndianUid))).DataSet!;

        Assert.Equal(expected, StructuredReport.Is(set));
    }

    internal static DicomBytes Report(string verification = "VERIFIED") => new DicomBytes()
        .Text(DicomTag.SpecificCharacterSet, "CS", "ISO_IR 192").Text(DicomTag.SopClassUid, "UI", BasicText).Text(DicomTag.SopInstanceUid, "UI", "1.2.3.4.9.1")
        .Text(DicomTag.ContentDate, "DA", "20260302").Text(DicomTag.ContentTime, "TM", "101500").Text(0x00080050, "SH", "ACC1").Text(DicomTag.Modality, "CS", "SR")
        .Text(0x00100010, "PN", "Wang^XiaoDong=王^小东", Encoding.UTF8).Text(DicomTag.PatientId, "LO", "P1")
        .Text(DicomTag.StudyInstanceUid, "UI", "1.2.3.4").Text(DicomTag.SeriesInstanceUid, "UI", "1.2.3.4.9")
        .Text(DicomTag.ValueType, "CS", "CONTAINER").Sequence(DicomTag.ConceptNameCodeSequence, isUndefined: false, Code("18748-4", "LN", "影像诊断报告"))
        .Text(DicomTag.CompletionFlag, "CS", "COMPLETE").Text(DicomTag.VerificationFlag, "CS", verification)
        .Sequence(
            DicomTag.ContentSequence, isUndefined: true,
            Item("HAS CONCEPT MOD", "CODE", "语言", item => item.Sequence(DicomTag.ConceptCodeSequence, isUndefined: false, Code("zh", "RFC5646", "中文"))),
            Item("CONTAINS", "CONTAINER", "检查所见", item => item.Sequence(
                DicomTag.ContentSequence, isUndefined: true,
                Item("CONTAINS", "TEXT", "描述", text => text.Text(DicomTag.TextValue, "UT", "右上肺见结节影", Encoding.UTF8)),
                Item("CONTAINS", "NUM", "直径", number => number.Sequence(DicomTag.MeasuredValueSequence, isUndefined: false, measured => measured
                    .Sequence(DicomTag.MeasurementUnitsCodeSequence, isUndefined: false, Code("mm", "UCUM", "毫米")).Text(DicomTag.NumericValue, "DS", "8"))),
                Item("CONTAINS", "PNAME", "诊断医生", name => name.Text(DicomTag.PersonName, "PN", "Zhao^Min=赵^敏", Encoding.UTF8)),
                Item("CONTAINS", "IMAGE", "", _ => { }))),
            Item("CONTAINS", "CODE", "诊断意见", item => item.Sequence(DicomTag.ConceptCodeSequence, isUndefined: false, Code("F1", "99HIS", "建议随访"))));

    private static Action<DicomBytes> Item(string relationship, string type, string name, Action<DicomBytes> more) => item =>
    {
        item.Text(DicomTag.RelationshipType, "CS", relationship).Text(DicomTag.ValueType, "CS", type);
        if (name.Length > 0)
        {
            item.Sequence(DicomTag.ConceptNameCodeSequence, isUndefined: false, Code("N", "99HIS", name));
        }

        more(item);
    };

    private static Action<DicomBytes> Code(string value, string scheme, string meaning) => item => item
        .Text(DicomTag.CodeValue, "SH", value).Text(0x00080102, "SH", scheme).Text(DicomTag.CodeMeaning, "LO", meaning, Encoding.UTF8);
}
