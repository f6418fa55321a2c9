using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;

namespace Integration.Tests.Dicom;

/// <summary>The DICOM JSON model both ways, PS3.18 §F.2.</summary>
public sealed class DicomJsonTests
{
    [Fact]
    public async Task Write_EveryKindOfValue_IsAsTheStandardSays()
    {
        var bytes = new DicomBytes().Text(DicomTag.SpecificCharacterSet, "CS", "ISO_IR 192").Text(0x00080008, "CS", @"ORIGINAL\\AXIAL").Text(0x00080018, "UI", "1.2.3")
            .Text(0x00100010, "PN", "Wang^Xiao=王^小", Encoding.UTF8).Text(0x00101030, "DS", "+70.5").Text(0x00181130, "DS", @"1.50").Text(0x00200013, "IS", "7")
            .Sequence(0x00081032, true).Raw(0x00280009, "AT", [0x18, 0, 0x63, 0x10]).UInt16(0x00280010, 512).Raw(0x00091001, "UN", [1, 2]).Raw(0x00420011, "OB", new byte[2000]);

        var json = Encoding.UTF8.GetString(DicomJsonWriter.Write((await DicomReaderTests.ReadAsync(bytes.ToArray())).DataSet!));

        Assert.Equal(
            """{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00080008":{"vr":"CS","Value":["ORIGINAL",null,"AXIAL"]},"00080018":{"vr":"UI","Value":["1.2.3"]},"00081032":{"vr":"SQ"},"00091001":{"vr":"UN","InlineBinary":"AQI="},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Wang^Xiao","Ideographic":"王^小"}]},"00101030":{"vr":"DS","Value":["+70.5"]},"00181130":{"vr":"DS","Value":[1.50]},"00200013":{"vr":"IS","Value":[7]},"00280009":{"vr":"AT","Value":["00181063"]},"00280010":{"vr":"US","Value":[512]},"00420011":{"vr":"OB"}}""",
            json);
    }

    [Fact]
    public async Task Read_WhatWasWritten_IsWrittenTheSame()
    {
        var set = (await DicomReaderTests.ReadAsync(DicomBytes.SliceWithoutPixels(3).ToArray())).DataSet!;
        var json = DicomJsonWriter.Write(set);

        var again = DicomJsonReader.Read(json, out var error);

        Assert.Null(error);
        Assert.Equal(Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(DicomJsonWriter.Write(again!)));
    }

    [Theory]
    [InlineData("[", "no JSON (line 1, byte 2)")]
    [InlineData("[]", "A data set must be an object")]
    [InlineData("""{"PatientID":{"vr":"LO"}}""", "is no attribute")]
    [InlineData("""{"00100020":{"vr":"??","Value":["x"]}}""", "(0010,0020): vr is no value representation")]
    [InlineData("""{"00081115":{"vr":"SQ","Value":[{"00280010":{"vr":"US","Value":[70000]}}]}}""", "(0008,1115)[1].(0028,0010): the value does not fit")]
    [InlineData("""{"00100010":{"vr":"PN","Value":[true]}}""", "(0010,0010): the value does not fit")]
    public void Read_WhatIsNoDataSet_SaysWhere(string json, string expected)
    {
        Assert.Null(DicomJsonReader.Read(Encoding.UTF8.GetBytes(json), out var error));
        Assert.Contains(expected, error!, StringComparison.Ordinal);
    }
}
