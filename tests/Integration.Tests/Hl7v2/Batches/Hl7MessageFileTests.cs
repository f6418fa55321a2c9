using System.Text;
using Integration.Adapters.Hl7v2.Batches;

namespace Integration.Tests.Hl7v2.Batches;

public sealed class Hl7MessageFileTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("hello\r\n", "")]
    [InlineData("MSH|1\rPID|1\r", "MSH|1\rPID|1")]
    [InlineData("\uFEFF\r\n  MSH|1\r\nPID|1\r\nMSH|2\r\nPID|2", "MSH|1\r\nPID|1 / MSH|2\r\nPID|2")]
    [InlineData("FHS|x\rBHS|x\rMSH|1\rPID|1\rMSH|2\rBTS|2\rFTS|1\r", "MSH|1\rPID|1 / MSH|2")]
    [InlineData("\x0bMSH|1\rPID|1\r\x1c\r\x0bMSH|2\rPID|2\r\x1c\r", "MSH|1\rPID|1 / MSH|2\rPID|2")]
    [InlineData("\x0bMSH|1\x1c\r\n\x0bMSH|2 MSH|3\n\n\n", "MSH|1 / MSH|2 MSH|3")]
    public void Split_File_GivesItsMessages(string file, string expected) =>
        Assert.Equal(expected, string.Join(" / ", Hl7MessageFile.Split(Hl7.Bytes(file)).Select(m => Encoding.UTF8.GetString(m.Span))));

    [Theory]
    [InlineData("MSH|^~\\&|A\rPID|1\r", false)]
    [InlineData("", false)]
    [InlineData("PID|1\r", false)]
    [InlineData("MSH|^~\\&|A\rNTE|1||see MSH|7\r", false)]
    [InlineData("MSH|^~\\&|A\rMSHA|1\r", false)]
    [InlineData("MSH|^~\\&|A\rMSH|^~\\&|B\r", true)]
    [InlineData("MSH|^~\\&|A\n  MSH|^~\\&|B\r", true)]
    [InlineData("PID|1\rMSH|^~\\&|B\r", true)]
    [InlineData("\uFEFF\r\nBHS|^~\\&\rMSH|^~\\&|B\r", true)]
    [InlineData("FHS|^~\\&\r", true)]
    public void IsBatch_Bytes_SaysWhetherTheyMustBeTakenApart(string text, bool expected) =>
        Assert.Equal(expected, Hl7MessageFile.IsBatch(Hl7.Bytes(text)));
}
