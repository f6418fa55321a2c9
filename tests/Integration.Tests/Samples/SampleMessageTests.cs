using Integration.Adapters.Hl7v2.Batches;

namespace Integration.Tests.Samples;

public sealed class SampleMessageTests
{
    [Theory]
    [InlineData("01-adt-a01-utf8.hl7", "ADT^A01", "UNICODE UTF-8")]
    [InlineData("02-adt-a01-gb18030.hl7", "ADT^A01", "GB 18030-2000")]
    [InlineData("03-oru-r01.hl7", "ORU^R01", "UNICODE UTF-8")]
    [InlineData("04-adt-a40-merge.hl7", "ADT^A40", "UNICODE UTF-8")]
    [InlineData("05-siu-s12.hl7", "SIU^S12", "UNICODE UTF-8")]
    public void Message_DecodesInItsDeclaredCharset(string file, string type, string charset)
    {
        var message = SampleFiles.Read(Path.Combine(SampleFiles.Messages, file));

        Assert.Equal(type, message.Type);
        Assert.Equal(charset, message.Charset);
        Assert.Contains(message.Identifiers, i => i.Type == "PI");
    }

    [Fact]
    public void BadMessage_HasNoHeader()
    {
        var bytes = File.ReadAllBytes(Path.Combine(SampleFiles.Messages, "06-bad-no-header.hl7"));

        Assert.False(bytes.AsSpan().StartsWith("MSH"u8));
    }

    [Fact]
    public void Batch_HoldsWhatItDeclares()
    {
        var parts = Hl7MessageFile.Parts(File.ReadAllBytes(Path.Combine(SampleFiles.Messages, "07-batch-adt-a08.hl7")));
        var tally = new Hl7BatchTally();
        foreach (var part in parts)
        {
            tally.Add(part);
        }

        Assert.Equal((3, 1, 3L), (tally.Messages, tally.Batches, tally.DeclaredMessages));
        Assert.Empty(tally.Issues(isComplete: true));
    }

    [Fact]
    public void Folder_HoldsNothingElse() => Assert.Equal(7, Directory.GetFiles(SampleFiles.Messages).Length);
}
