using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;

namespace Integration.Tests.Hl7v2;

/// <summary>Labels in MSH-18, and the bytes behind them.</summary>
public sealed class Hl7CharsetAliasesTests
{
    private const string Name = "欧阳^娜娜";

    [Theory]
    [InlineData("UNICODE UTF-8", 65001)]
    [InlineData("UTF-8", 65001)]
    [InlineData("utf8", 65001)]
    [InlineData("Unicode utf-8", 65001)]
    [InlineData(" UNICODE  UTF-8 ", 65001)]
    [InlineData("UNICODE UTF-8~ISO IR87", 65001)]
    [InlineData("", 65001)]
    [InlineData("GB 18030-2000", 54936)]
    [InlineData("gb18030", 54936)]
    [InlineData("GB18030-2022", 54936)]
    [InlineData("GBK", 936)]
    [InlineData("gb2312", 936)]
    [InlineData("GB 2312-80~ASCII", 936)]
    [InlineData("CP936", 936)]
    [InlineData("windows-936", 936)]
    [InlineData("BIG-5", 950)]
    [InlineData("Big5", 950)]
    public void Parse_LabelVariant_GivesTheSameName(string label, int codePage)
    {
        var text = codePage == 950 ? "歐陽^娜娜" : Name;
        var encoding = codePage == 65001 ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(codePage)!;

        var result = Hl7.Parse(Hl7.Bytes($"{Hl7.Header(label)}\rPID|1||P1||{text}\rPV1|1|I\r", encoding));

        Assert.Empty(result.Issues);
        var message = (Hl7Message)result.Document!;
        Assert.Equal(text, message["PID-5"]);
        Assert.Equal("I", message["PV1-2"]);
    }

    [Theory]
    [InlineData("8859/1", "Müller")]
    [InlineData("8859/2", "Wałęsa")]
    [InlineData("8859/5", "Иванов")]
    [InlineData("8859/7", "Παπαδόπουλος")]
    [InlineData("8859/9", "Yıldırım")]
    [InlineData("8859/15", "Œuvre")]
    [InlineData("ISO IR144", "Иванов")]
    [InlineData("iso-8859-1", "Größe")]
    [InlineData("KS X 1001", "김희중")]
    [InlineData("ISO IR166", "สมชาย")]
    public void Parse_OtherTable0211Set_ReadsItsLetters(string label, string name)
    {
        var charset = Hl7CharsetAliases.FindStandard(label)!;

        var result = Hl7.Parse(charset.Encode($"{Hl7.Header(label)}\rPID|1||P1||{name}^X\r"));

        Assert.Empty(result.Issues);
        Assert.Equal(name, ((Hl7Message)result.Document!)["PID-5.1"]);
    }

    [Fact]
    public void Parse_JapaneseWithEscapeCodes_IsDecodedBeforeItIsSplit()
    {
        // The second byte of 山 is the byte of a vertical bar's neighbour; of 気 (35 24) a dollar sign; of 本 (4B 5C) a backslash.
        byte[] raw = [.. Hl7.Bytes($"{Hl7.Header("ISO IR87")}\rPID|1||P1||"), 0x1B, .. "$B"u8, 0x3B, 0x33, 0x4B, 0x5C, 0x1B, .. "(B"u8, .. "^X|7\r"u8];

        var result = Hl7.Parse(raw);

        Assert.Empty(result.Issues);
        var message = (Hl7Message)result.Document!;
        Assert.Equal<IEnumerable<string?>>(["山本", "X", "7"], [message["PID-5.1"], message["PID-5.2"], message["PID-6"]]);
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    [InlineData("utf-32", false)]
    [InlineData("utf-32BE", true)]
    [InlineData("utf-32BE", false)]
    public void Parse_WideCharacters_AreReadWithAndWithoutMark(string encodingName, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(encodingName);
        var text = encoding.GetBytes($"{Hl7.Header(encodingName.StartsWith("utf-16", StringComparison.Ordinal) ? "UNICODE UTF-16" : "UNICODE UTF-32")}\rPID|1||P1||𠮷^玘\r");

        var result = Hl7.Parse(hasMark ? [.. encoding.Preamble, .. text] : text);

        Assert.Empty(result.Issues);
        Assert.Equal("𠮷^玘", ((Hl7Message)result.Document!)["PID-5"]);
        Assert.Equal("C1", Hl7Header.Read(text, "his", Hl7ReadingOptions.Default).ControlId);
    }

    [Fact]
    public void Parse_WideCharactersCutInTheMiddle_AreRefused()
    {
        var raw = Encoding.Unicode.GetBytes($"{Hl7.Header()}\rPID|1||P1||A\r")[..^1];

        Assert.Null(Hl7.Parse(raw).Document);
    }

    [Fact]
    public void Parse_LabelOfTheFeed_MeansWhatTheFeedSays()
    {
        var aliases = Hl7CharsetAliases.Standard.With([new("Site-Chinese", SourceCharset.Gb18030), new("ASCII", SourceCharset.Gb18030)]);

        foreach (var label in (string[])["SITE CHINESE", "ascii"])
        {
            var result = Hl7.Parse(Hl7.Bytes($"{Hl7.Header(label)}\rPID|1||P1||瑋\r", Hl7.Gbk), new() { CharsetAliases = aliases });

            Assert.Empty(result.Issues);
            Assert.Equal("瑋", ((Hl7Message)result.Document!)["PID-5"]);
        }
    }

    [Theory]
    [InlineData("Klinik Köln\xFC", "8859/1")]
    [InlineData("Münchë", "8859/1")]
    public void Parse_LatinLetterBeforeASeparator_DoesNotHideMsh18(string facility, string label)
    {
        var raw = Hl7.Bytes($"MSH|^~\\&|HIS|{facility}|HUB|H|20240501101500||ADT^A01|C1|P|2.5.1||||||{label}\rPID|1||P1||Müller\r", Encoding.Latin1);

        var result = Hl7.Parse(raw);

        Assert.Empty(result.Issues);
        Assert.Equal<IEnumerable<string?>>([facility, "Müller"], [((Hl7Message)result.Document!)["MSH-4"], ((Hl7Message)result.Document!)["PID-5"]]);
    }
}
