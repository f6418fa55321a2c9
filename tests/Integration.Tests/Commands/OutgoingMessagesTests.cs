using System.Text;
using Integration.Host.Commands;

namespace Integration.Tests.Commands;

public sealed class OutgoingMessagesTests
{
    private const string One = "MSH|^~\\&|A\rPID|1\r";

    [Theory]
    [InlineData("MSH|^~\\&|A\rPID|1\r")]
    [InlineData("MSH|^~\\&|A\nPID|1\n")]
    [InlineData("MSH|^~\\&|A\r\nPID|1")]
    [InlineData("\uFEFFMSH|^~\\&|A\r\n\r\nPID|1\r\n\r\n")]
    [InlineData("\u000BMSH|^~\\&|A\rPID|1\r\u001C\r")]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|A\rPID|1\rBTS|1\rFTS|1\r")]
    public void Split_AnyLineEndOrEnvelope_GivesSegmentsThatEndInCr(string text) => Assert.Equal([One], Split(text));

    [Fact]
    public void Split_SeveralMessages_PartsThemAtMsh() => Assert.Equal([One, One, "MSH|^~\\&|B\r"], Split("MSH|^~\\&|A\nPID|1\n\nMSH|^~\\&|A\nPID|1\nMSH|^~\\&|B"));

    [Fact]
    public void Split_MshInsideALine_DoesNotPart() => Assert.Single(Split("MSH|^~\\&|A\rNTE|1||see MSH-7\r"));

    [Fact]
    public void Split_WithoutHeader_IsAMessageToo() => Assert.Equal(["PID|1\r", One], Split("PID|1\r" + One));

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t\r\n")]
    [InlineData("FHS|^~\\&\rFTS|0\r")]
    public void Split_NothingButSpaceOrEnvelope_GivesNone(string text) => Assert.Empty(Split(text));

    [Fact]
    public void Split_BytesOfAnotherCharset_AreKept()
    {
        byte[] message = [.. "MSH|^~\\&|A\r"u8, (byte)'P', 0xAC, 0x7C, 0xAB, 0x5E, 0x95, 0x34, 0xB2, 0x35, (byte)'\r'];

        Assert.Equal(message, Assert.Single(OutgoingMessages.Split(message)));
    }

    private static IEnumerable<string> Split(string text) => OutgoingMessages.Split(Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString);
}
