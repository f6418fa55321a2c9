using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7CharsetTests
{
    private const string Names = "瑋 玘 珇 玕 欧阳娜娜 阿卜杜拉·买买提";

    public static TheoryData<string, string> DeclaredNames()
    {
        var rows = new TheoryData<string, string>();
        foreach (var charset in (string[])["GBK", "GB2312", "cp936", "GB 18030-2000", "GB18030", "UNICODE UTF-8", "utf-8", "UTF8"])
        {
            foreach (var name in Names.Split(' '))
            {
                rows.Add(charset, name);
            }
        }

        foreach (var charset in (string[])["GBK", "GB 18030-2000", "UNICODE UTF-8"])
        {
            rows.Add(charset, "㛃");
            rows.Add(charset, "𠮷");
        }

        return rows;
    }

    /// <summary>Codes of ISO 2022, which a second repetition of MSH-18 announces, are followed for ISO IR87 alone; elsewhere they must not go unnoticed.</summary>
    [Theory]
    [InlineData("8859/1~ISO IR87", "\u001b$B;3ED\u001b(B", true)]
    [InlineData("ASCII~GB 18030-2000", "\u001b$A!!", true)]
    [InlineData("UNICODE UTF-8~ISO IR87", "\u001b$B;3ED\u001b(B", true)]
    [InlineData("ISO IR87", "\u001b$B;3ED\u001b(B", false)]
    [InlineData("8859/1~ISO IR87", "Yamada", false)]
    [InlineData("UNICODE UTF-8", "a\u001bb", false)]
    public void Parse_SwitchToAnotherSet_IsAWarningUnlessItIsFollowed(string charset, string name, bool isTold)
    {
        var result = Hl7.Parse(Hl7.Bytes($"{Hl7.Header(charset)}\rPID|1||4||{name}\r", Encoding.ASCII));

        var told = result.Issues.Where(issue => issue is { Code: IntegrationErrorCode.CharsetMismatch, Place: "MSH-18" }).ToList();
        Assert.Equal(isTold ? 1 : 0, told.Count);
        Assert.All(told, issue => Assert.Equal(IssueSeverity.Warning, issue.Severity));
        Assert.NotNull(result.Document);
    }

    [Theory]
    [MemberData(nameof(DeclaredNames))]
    public void Parse_NameThatBreaksNaiveSplitting_KeepsEveryField(string charset, string name)
    {
        var encoding = charset.StartsWith("U", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8
            : name is "㛃" or "𠮷" ? Hl7.Gb18030
            : charset.StartsWith("GB ", StringComparison.Ordinal) ? Hl7.Gb18030 : Hl7.Gbk;
        var raw = Hl7.Bytes($"{Hl7.Header(charset)}\rPID|1|2|3^^^{name}~4||{name}^{name}^甲~{name}|6\r", encoding);

        var result = Hl7.Parse(raw);

        Assert.Empty(result.Issues);
        var message = (Hl7Message)result.Document!;
        Assert.Equal<IEnumerable<string?>>(
            [name, "4", name, name, "甲", name, "6"],
            [
                message["PID-3.4"], message["PID-3[2]"], message["PID-5.1"], message["PID-5.2"], message["PID-5.3"], message["PID-5[2]"],
                message["PID-6"],
            ]);
    }

    [Fact]
    public void Gbk_NamesOfTheseTests_DoEndInDelimiterBytes()
    {
        Assert.Equal((byte)'|', Hl7.Gbk.GetBytes("瑋")[1]);
        Assert.Equal((byte)'^', Hl7.Gbk.GetBytes("玘")[1]);
        Assert.Equal(4, Hl7.Gb18030.GetByteCount("㛃"));
        Assert.Equal(4, Hl7.Gb18030.GetByteCount("𠮷"));
    }

    [Theory]
    [InlineData("UNICODE UTF-8", 54936, "UTF-8", "GB18030")]
    [InlineData("", 54936, "UTF-8", "GB18030")]
    [InlineData("ASCII", 65001, "ASCII", "UTF-8")]
    [InlineData("ASCII", 54936, "ASCII", "GB18030")]
    [InlineData("GB18030", 65001, "GB18030", "UTF-8")]
    public void Parse_BytesOfAnotherCharset_ReadsThemAndWarns(string declared, int codePage, string expected, string found)
    {
        var encoding = codePage == 65001 ? Encoding.UTF8 : Hl7.Gb18030;
        var raw = Hl7.Bytes($"{Hl7.Header(declared)}\rPID|1||P1||欧阳^娜娜|\rPV1|1|I|心内科一病区\r", encoding);

        var result = Hl7.Parse(raw);

        var issue = Assert.Single(result.Issues);
        Assert.Equal((IntegrationErrorCode.CharsetMismatch, IssueSeverity.Warning, "PID-5"), (issue.Code, issue.Severity, issue.Place));
        Assert.Contains(expected, issue.Text);
        Assert.Contains($"read as {found}", issue.Text);
        var message = (Hl7Message)result.Document!;
        Assert.Equal("欧阳", message["PID-5.1"]);
        Assert.Equal(found, message.Charset.Name);
    }

    [Fact]
    public void Parse_BlankCharsetAndUtf8_ReadsItWithoutAWarning() =>
        Assert.Equal("欧阳", Hl7.Message($"{Hl7.Header()}\rPID|1||P1||欧阳^娜娜\r")["PID-5.1"]);

    [Fact]
    public void Parse_BytesOfNoCharset_RefusesNamingTheField()
    {
        byte[] raw = [.. Hl7.Bytes($"{Hl7.Header("UTF-8")}\rPID|1||P1||A"), 0xFF, 0xFF, .. Hl7.Bytes("|\r")];

        var result = Hl7.Parse(raw);

        Assert.Null(result.Document);
        var issue = Assert.Single(result.Issues);
        Assert.Equal((IntegrationErrorCode.CharsetMismatch, IssueSeverity.Error, "PID-5"), (issue.Code, issue.Severity, issue.Place));
    }

    [Fact]
    public void Parse_CharsetOfFeed_OverridesMsh18()
    {
        var raw = Hl7.Bytes($"{Hl7.Header("ASCII")}\rPID|1||P1||瑋^娜\r", Hl7.Gb18030);

        var result = Hl7.Parse(raw, new() { Charset = SourceCharset.Gb18030 });

        Assert.Empty(result.Issues);
        Assert.Equal("瑋", ((Hl7Message)result.Document!)["PID-5.1"]);
    }

    [Fact]
    public void Parse_DefaultCharsetOfFeed_CountsWhereMsh18IsEmptyOnly()
    {
        var options = new Hl7ReadingOptions { DefaultCharset = SourceCharset.Gb18030 };

        var blank = Hl7.Parse(Hl7.Bytes($"{Hl7.Header()}\rPID|1||P1||瑋\r", Hl7.Gb18030), options);
        var declared = Hl7.Parse(Hl7.Bytes($"{Hl7.Header("UTF-8")}\rPID|1||P1||瑋\r"), options);

        Assert.Empty(blank.Issues);
        Assert.Empty(declared.Issues);
        Assert.Equal("瑋", ((Hl7Message)blank.Document!)["PID-5"]);
        Assert.Equal("瑋", ((Hl7Message)declared.Document!)["PID-5"]);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("欧阳")]
    public void Parse_UnknownCharsetWithReadableBytes_WarnsWithItsLabel(string name)
    {
        var result = Hl7.Parse($"{Hl7.Header("JIS X 0213")}\rPID|1||P1||{name}\r");

        var issue = Assert.Single(result.Issues);
        Assert.Equal((IntegrationErrorCode.CharsetUnknown, IssueSeverity.Warning, "MSH-18"), (issue.Code, issue.Severity, issue.Place));
        Assert.Contains("'JIS X 0213'", issue.Text);
        Assert.Equal(name, ((Hl7Message)result.Document!)["PID-5"]);
    }

    [Fact]
    public void Parse_UnknownCharsetThatIsNoLabel_IsNotRepeated() =>
        Assert.DoesNotContain("=", Assert.Single(Hl7.Parse($"{Hl7.Header("NAME=SECRET")}\rPID|1||P1\r").Issues).Text);

    [Fact]
    public void Parse_UnknownCharsetWithDefault_ReadsByTheDefault()
    {
        var result = Hl7.Parse(Hl7.Bytes($"{Hl7.Header("X-SITE")}\rPID|1||P1||瑋\r", Hl7.Gbk), new() { DefaultCharset = SourceCharset.Gb18030 });

        Assert.Equal((IntegrationErrorCode.CharsetUnknown, IssueSeverity.Warning), (Assert.Single(result.Issues).Code, result.Issues[0].Severity));
        Assert.Equal("瑋", ((Hl7Message)result.Document!)["PID-5"]);
    }

    [Fact]
    public void Parse_DoubleBytesBeforeMsh18_StillFindsMsh18()
    {
        var raw = Hl7.Bytes("MSH|^~\\&|瑋|玘瑋|HUB|H|20240501101500||ADT^A01|C1|P|2.5.1||||||GBK~\rPID|1||P1||瑋\r", Hl7.Gbk);

        var result = Hl7.Parse(raw);

        Assert.Empty(result.Issues);
        var message = (Hl7Message)result.Document!;
        Assert.Equal<IEnumerable<string?>>(["瑋", "玘瑋", "瑋", "C1"], [message["MSH-3"], message["MSH-4"], message["PID-5"], message["MSH-10"]]);
    }

    [Fact]
    public void Parse_Latin1_ReadsEveryByte()
    {
        var result = Hl7.Parse(Hl7.Bytes($"{Hl7.Header("8859/1")}\rPID|1||P1||Müller\r", Encoding.Latin1));

        Assert.Empty(result.Issues);
        Assert.Equal("Müller", ((Hl7Message)result.Document!)["PID-5"]);
    }

    [Fact]
    public void Display_Gb18030_ShowsTextAndMarksWhatCannotBeRead()
    {
        var parser = new Hl7Parser();
        byte[] broken = [.. Hl7.Bytes($"{Hl7.Header("GBK")}\rPID|1||P1||瑋|", Hl7.Gbk), 0xFF, 0xFF, .. "\r"u8];

        Assert.EndsWith("\nPID|1||P1||瑋^娜\n", parser.Display(Hl7.Bytes($"{Hl7.Header("GBK")}\rPID|1||P1||瑋^娜\r", Hl7.Gbk), "his"));
        Assert.EndsWith("\nPID|1||P1||瑋|\uFFFD\uFFFD\n", parser.Display(broken, "his"));
        Assert.Equal("no HL7 \uFFFD", parser.Display(Hl7.Bytes("no HL7 \xFF", Encoding.Latin1), "his"));
    }
}
