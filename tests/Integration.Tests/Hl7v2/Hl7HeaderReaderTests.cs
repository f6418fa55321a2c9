using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

/// <summary>What a person edited becomes bytes in the message's own character set, or is refused; nothing is replaced.</summary>
public sealed class Hl7HeaderReaderTests
{
    private static readonly Hl7HeaderReader Reader = new(_ => Hl7ReadingOptions.Default);
    private static readonly Hl7Parser Parser = new();

    [Theory]
    [InlineData("GB18030", "张玘㛃𠮷")]
    [InlineData("UNICODE UTF-8", "张玘㛃𠮷")]
    [InlineData("8859/1", "Jérôme")]
    public void When_the_text_shown_is_sent_back_Should_give_the_same_message(string charset, string name)
    {
        var raw = Reader.Encode(Message(charset, name).ReplaceLineEndings("\r\n"), "his", out var issue);

        Assert.Null(issue);
        Assert.Equal(Message(charset, name), Parser.Display(raw, "his"));
        Assert.Equal(raw, Reader.Encode(Parser.Display(raw, "his"), "his", out _));
    }

    [Theory]
    [InlineData("8859/1", "张三", "PID-5", "not in 8859/1")]
    [InlineData("UNICODE UTF-8", "张\uFFFD", "PID-5", "could not be read")]
    public void When_a_character_cannot_be_written_Should_name_its_place(string charset, string name, string place, string expected)
    {
        Assert.Null(Reader.Encode(Message(charset, name), "his", out var issue));

        Assert.Equal((IntegrationErrorCode.CharacterNotInCharset, place), (issue!.Code, issue.Place));
        Assert.Contains(expected, issue.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("张", issue.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_text_is_no_message_Should_say_so()
    {
        Assert.Null(Reader.Encode("hello", "his", out var issue));
        Assert.Equal(IntegrationErrorCode.NotHl7, issue!.Code);
    }

    private static string Message(string charset, string name) =>
        $"MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A01|C1|P|2.5.1|||||CHN|{charset}\nPID|1||1001^^^HIS||{name}\n";
}
