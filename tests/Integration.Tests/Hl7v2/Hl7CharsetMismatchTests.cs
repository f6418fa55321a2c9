using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

/// <summary>Bytes that are not of the character set that MSH-18 declares, under each policy of the feed.</summary>
public sealed class Hl7CharsetMismatchTests
{
    private const string Lines = "PID|1||P1^^^EAST||欧阳^娜娜||19800517|F\rPV1|1|I|心内科一病区^12\r";

    [Theory]
    [InlineData("UNICODE UTF-8", 54936)]
    [InlineData("GB18030", 65001)]
    [InlineData("8859/1", 54936)]
    [InlineData("8859/1", 65001)]
    [InlineData("8859/5", 65001)]
    [InlineData("ASCII", 54936)]
    [InlineData("ASCII", 65001)]
    [InlineData("UNICODE UTF-16", 65001)]
    [InlineData("BIG-5", 65001)]
    public void Parse_Mislabelled_IsRepairedFlaggedOrRefused(string declared, int codePage)
    {
        var raw = Hl7.Bytes($"{Hl7.Header(declared)}\r{Lines}", codePage == 65001 ? Encoding.UTF8 : Hl7.Gb18030);

        var repaired = Hl7.Parse(raw);
        var flagged = Hl7.Parse(raw, new() { CharsetMismatch = Hl7CharsetMismatch.Flag });
        var refused = Hl7.Parse(raw, new() { CharsetMismatch = Hl7CharsetMismatch.Quarantine });

        Assert.Equal(IntegrationErrorCode.CharsetMismatch, Assert.Single(repaired.Issues).Code);
        Assert.Equal("欧阳", ((Hl7Message)repaired.Document!)["PID-5.1"]);

        var message = (Hl7Message)flagged.Document!;
        Assert.Equal<IEnumerable<string?>>(
            ["P1", null, "19800517", "F", "I", null], [message["PID-3.1"], message["PID-5"], message["PID-7"], message["PID-8"], message["PV1-2"], message["PV1-3"]]);
        Assert.All(flagged.Issues, i => Assert.Equal((IntegrationErrorCode.CharsetMismatch, IssueSeverity.Warning), (i.Code, i.Severity)));
        Assert.Equal(["PID-5", "PV1-3"], flagged.Issues.Skip(1).Select(i => i.Place));

        Assert.Null(refused.Document);
        Assert.Equal((IntegrationErrorCode.CharsetMismatch, IssueSeverity.Error), (Assert.Single(refused.Issues).Code, refused.Issues[0].Severity));
    }

    [Fact]
    public void Parse_BytesOfNoCharset_AreLeftOutByFlagOnly()
    {
        byte[] raw = [.. Hl7.Bytes($"{Hl7.Header("UTF-8")}\rPID|1||P1||A"), 0xFF, 0xFF, .. Hl7.Bytes("|欧阳|7\rPV1|1|I\r")];

        var repaired = Hl7.Parse(raw);
        var flagged = Hl7.Parse(raw, new() { CharsetMismatch = Hl7CharsetMismatch.Flag });

        Assert.Equal((IssueSeverity.Error, "PID-5"), (Assert.Single(repaired.Issues).Severity, repaired.Issues[0].Place));
        Assert.Null(repaired.Document);
        var message = (Hl7Message)flagged.Document!;
        Assert.Equal<IEnumerable<string?>>([null, "欧阳", "7", "I"], [message["PID-5"], message["PID-6"], message["PID-7"], message["PV1-2"]]);
        Assert.Equal(["PID-5", "PID-5"], flagged.Issues.Select(i => i.Place));
    }

    [Theory]
    [InlineData("8859/1", "Größe|äöü^Überschläge")]
    [InlineData("8859/1", "Åsa Öberg|Ælfgifu^Þórður")]
    [InlineData("8859/5", "Иванов^Пётр|Москва улица Ленина")]
    [InlineData("8859/7", "Παπαδόπουλος^Γεώργιος|Αθήνα")]
    [InlineData("GB18030", "联通^é|一")]
    [InlineData("GB18030", "张^伟|丹东浮山")]
    public void Parse_TextThatIsWhatItClaims_IsNotSuspected(string declared, string text)
    {
        var raw = Hl7CharsetAliases.FindStandard(declared)!.Encode($"{Hl7.Header(declared)}\rPID|1||P1||{text}\r");

        var result = Hl7.Parse(raw);

        Assert.Empty(result.Issues);
        Assert.Equal(text.Split('|')[0], ((Hl7Message)result.Document!)["PID-5"]);
    }

    [Fact]
    public void Parse_OneChineseCharacterInUtf8_IsNotReadAsGb18030()
    {
        var result = Hl7.Parse(Hl7.Bytes($"{Hl7.Header("GBK")}\rPID|1||P1||张^X\r"));

        Assert.Equal("张", ((Hl7Message)result.Document!)["PID-5.1"]);
        Assert.Equal(IntegrationErrorCode.CharsetMismatch, Assert.Single(result.Issues).Code);
    }

    [Fact]
    public void Parse_AThousandMessagesWithThreePercentMislabelled_ListsThoseAndGarblesNone()
    {
        var random = new Random(7);
        const string Surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文玘瑋珇玕";
        var mislabelled = new List<int>();
        var found = new List<int>();
        for (var i = 0; i < 1000; i++)
        {
            var name = $"{Surnames[random.Next(Surnames.Length)]}^{Surnames[random.Next(Surnames.Length)]}{Surnames[random.Next(Surnames.Length)]}";
            var (isUtf8, isWrong) = (i % 2 == 0, random.Next(100) < 3);
            var raw = Hl7.Bytes($"{Hl7.Header(isUtf8 != isWrong ? "UNICODE UTF-8" : "GB 18030-2000")}\rPID|1||P{i}||{name}\r", isUtf8 ? Encoding.UTF8 : Hl7.Gb18030);
            if (isWrong)
            {
                mislabelled.Add(i);
            }

            var result = Hl7.Parse(raw);

            Assert.Equal(name, ((Hl7Message)result.Document!)["PID-5"]);
            if (result.Issues.Any(issue => issue.Code == IntegrationErrorCode.CharsetMismatch))
            {
                found.Add(i);
            }
        }

        Assert.InRange(mislabelled.Count, 15, 50);
        Assert.Equal(mislabelled, found);
    }
}
