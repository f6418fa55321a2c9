using Integration.Adapters.Dicom.DataSets;

namespace Integration.Tests.Dicom;

public sealed class DicomWriterTests
{
    private const int Seed = 20261122;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_WhateverTheSet_ReadsBackAsWhatItWas(bool isExplicit)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var set = Make(random, depth: 0);

            var bytes = DicomWriter.Write(set, isExplicit);
            var read = await DicomReader.ReadAsync(
                new MemoryStream(bytes), isExplicit ? DicomTransferSyntax.ExplicitLittleEndian : DicomTransferSyntax.ImplicitLittleEndian, DicomReadLimits.Usual, CancellationToken.None);

            Assert.Null(read.Error);
            AssertSame(set, read.DataSet!);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ASmallSet_IsByteForByteWhatTheStandardSays(bool isExplicit)
    {
        var set = new DicomDataSet(isBigEndian: false, null);
        set.Add(new DicomElement(DicomTag.StudyInstanceUid, DicomVr.Ui, "1.2"u8.ToArray()));
        set.Add(new DicomElement(DicomTag.PatientId, DicomVr.Lo, "P12"u8.ToArray()));

        var expected = new DicomBytes(isExplicit).Text(DicomTag.PatientId, "LO", "P12").Text(DicomTag.StudyInstanceUid, "UI", "1.2").ToArray();

        Assert.Equal(expected, DicomWriter.Write(set, isExplicit));
    }

    private static DicomDataSet Make(Random random, int depth)
    {
        (uint Tag, DicomVr Vr)[] kinds = [(DicomTag.PatientId, DicomVr.Lo), (DicomTag.StudyInstanceUid, DicomVr.Ui), (0x00100010, DicomVr.Pn), (0x00280010, DicomVr.Us), (0x00200011, DicomVr.Is)];
        var set = new DicomDataSet(isBigEndian: false, null);
        foreach (var (tag, vr) in kinds.Where(_ => random.Next(3) > 0))
        {
            var value = vr == DicomVr.Us ? new byte[] { (byte)random.Next(256), 1 } : [.. Enumerable.Range(0, random.Next(70)).Select(_ => (byte)('1' + random.Next(9)))];
            set.Add(new DicomElement(tag, vr, value));
        }

        if (depth < 3 && random.Next(2) == 0)
        {
            set.Add(new DicomElement(DicomTag.ReferencedSeriesSequence, DicomVr.Sq, default) { Items = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Make(random, depth + 1))] });
        }

        return set;
    }

    private static void AssertSame(DicomDataSet expected, DicomDataSet actual)
    {
        Assert.Equal(expected.Elements.Select(e => e.Tag).Order(), actual.Elements.Select(e => e.Tag));
        foreach (var element in expected.Elements)
        {
            var other = actual.Find(element.Tag)!;
            Assert.Equal(DicomValues.Texts(element, expected), DicomValues.Texts(other, actual));
            foreach (var (left, right) in (element.Items ?? []).Zip(other.Items ?? []))
            {
                AssertSame(left, right);
            }

            Assert.Equal(element.Items?.Count ?? 0, other.Items?.Count ?? 0);
        }
    }
}
