using System.Text;
using Integration.Adapters.Hl7v2.Outbound;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2.Outbound;

/// <summary>Messages that are built, and what our own parser reads out of them again.</summary>
public sealed class Hl7MessageBuilderTests
{
    private const int Iterations = 3_000;
    private const int Seed = 20260301;

    private static readonly string[] Names = ["PID", "OBX", "NTE", "PV1", "ZZ1"];

    // What makes trouble: every delimiter, escapes that look real, line ends, framing bytes, quotes, characters of one to four bytes.
    private static readonly string[] Pieces =
        ["|", "^", "~", "\\", "&", "\\F\\", "\\X41\\", "\r", "\n", "\r\n", "\v", "\u001C", "\t", " ", "\"\"", "\"", "a", "张", "é", "㛃", "𠮷", "#", "?"];

    [Fact]
    public void Write_ValuesInAnyOrder_StandInTheirPlaces()
    {
        var builder = Begin();
        builder.Add("PID").Set(5, "张", component: 1).Set(3, "2", repetition: 2).Set(3, "1").Set(3, "HIS", component: 4, subcomponent: 1).Set(3, "ISO", component: 4, subcomponent: 3)
            .Set(5, "三", component: 2).SetNull(13);

        Assert.Equal("MSH|^~\\&|HUB||||||ADT^A08^ADT_A01\rPID|||1^^^HIS&&ISO~2||张^三||||||||\"\"\r", TextOf(builder));
    }

    [Fact]
    public void Write_EmptyText_WritesNothing()
    {
        var builder = Begin();
        builder.Add("PV1").Set(2, "").Set(3, "X");

        Assert.EndsWith("\rPV1|||X\r", TextOf(builder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GB18030", "㛃", "8230B731")]
    [InlineData("GB 18030-2000", "𠮷", "9534B235")]
    [InlineData("GBK", "张", "D5C5")]
    [InlineData("GB2312", "张", "D5C5")]
    [InlineData("UNICODE UTF-8", "𠮷", "F0A0AEB7")]
    public void Write_CharacterOfTheSet_GivesItsBytes(string charset, string text, string hex)
    {
        var builder = Begin();
        builder.Add("PID").Set(5, text);

        var raw = builder.Write(Hl7TargetCharset.Find(charset)!).Raw;

        Assert.Equal(hex + "0D", Convert.ToHexString(raw.Span)[^(hex.Length + 2)..]);
    }

    [Theory]
    [InlineData("GBK", "𠮷", "U+20BB7")]
    [InlineData("GB2312", "㛃", "U+36C3")]
    [InlineData("CP936", "田𠮷", "U+20BB7")]
    [InlineData("ASCII", "张", "U+5F20")]
    [InlineData("8859/1", "张", "U+5F20")]
    [InlineData("BIG-5", "㛃", "U+36C3")]
    public void Write_CharacterTheSetLacks_RaisesAnIssueThatNamesTheFieldAndSendsNothing(string charset, string name, string character)
    {
        var builder = Begin();
        builder.Add("PID").Set(5, name).Set(5, "ok", repetition: 2, component: 2);

        var written = builder.Write(Hl7TargetCharset.Find(charset)!);

        var issue = Assert.Single(written.Issues);
        Assert.Equal((IntegrationErrorCode.CharacterNotInCharset, "PID-5[1].1"), (issue.Code, issue.Place));
        Assert.Contains(character, issue.Text, StringComparison.Ordinal);
        Assert.True(written.Raw.IsEmpty);
    }

    [Fact]
    public void Write_HalfOfACharacter_IsAnIssueInEverySet()
    {
        var builder = Begin();
        builder.Add("PID").Set(5, "a\uD842b");

        Assert.Contains("half of a surrogate pair", Assert.Single(builder.Write(Hl7TargetCharset.Utf8).Issues).Text, StringComparison.Ordinal);
        Assert.Single(builder.Write(Hl7TargetCharset.Find("GB18030")!).Issues);
    }

    [Fact]
    public void Write_SeveralValuesLacking_NamesEach()
    {
        var builder = Begin();
        builder.Add("NK1").Set(2, "𠮷", repetition: 2, component: 2);
        builder.Add("NK1").Set(4, "㛃", component: 3, subcomponent: 2);

        Assert.Equal(["NK1-2[2].2", "NK1[2]-4[1].3.2"], builder.Write(Hl7TargetCharset.Find("GBK")!).Issues.Select(i => i.Place));
    }

    /// <summary>FEATURES row 6: a GB18030 message read and written again is the same, byte for byte.</summary>
    [Fact]
    public void Write_FieldsOfAGb18030Message_GivesTheSameBytes()
    {
        var raw = Hl7.Bytes("MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||ADT^A01|C1|P|2.5.1||||||GB 18030-2000\rPID|1||P1^^^HIS||㛃^𠮷~张^三|||M\r", Hl7.Gb18030);
        var parsed = Assert.IsType<Hl7Message>(Hl7.Parse(raw).Document);

        Assert.Equal(Convert.ToHexString(raw), Convert.ToHexString(Copy(parsed).Write(Hl7TargetCharset.Find("GB 18030-2000")!).Raw.Span));
    }

    [Theory]
    [InlineData("UNICODE UTF-8")]
    [InlineData("GB 18030-2000")]
    public void Write_AnyValues_AreReadAgainAsTheyWere(string charset)
    {
        var random = new Random(Seed);
        for (var i = 0; i < Iterations; i++)
        {
            var builder = Begin();
            builder.Add("PID").Set(1, "1");
            var expected = new List<(Hl7Path Path, string Text)>();
            foreach (var name in Enumerable.Range(0, random.Next(1, 4)).Select(_ => Names[random.Next(Names.Length)]))
            {
                Fill(builder.Add(name), random, expected);
            }

            var written = builder.Write(Hl7TargetCharset.Find(charset)!);
            Assert.Empty(written.Issues);
            Assert.False(written.Raw.Span.ContainsAny("\v\u001C\n"u8));
            var message = Assert.IsType<Hl7Message>(new Hl7Parser(_ => new() { Charset = Hl7CharsetAliases.FindStandard(charset) }).Parse(written.Raw, "").Document);
            Assert.All(expected, e => Assert.Equal(e.Text, message.Value(e.Path)));
        }
    }

    [Theory]
    [InlineData("pid")]
    [InlineData("PI")]
    [InlineData("MSH")]
    public void Add_NoNameOrASecondHeader_IsRefused(string name) => Assert.Throws<ArgumentException>(() => Begin().Add(name));

    private static Hl7MessageBuilder Begin()
    {
        var builder = new Hl7MessageBuilder();
        builder.Add("MSH").Set(3, "HUB").Set(9, "ADT").Set(9, "A08", component: 2).Set(9, "ADT_A01", component: 3);
        return builder;
    }

    private static void Fill(Hl7SegmentBuilder segment, Random random, List<(Hl7Path Path, string Text)> expected)
    {
        for (var value = random.Next(1, 6); value > 0; value--)
        {
            var path = new Hl7Path(segment.Name, segment.Ordinal, random.Next(2, 30), random.Next(1, 4), random.Next(1, 6), random.Next(1, 4));
            if (expected.Any(e => e.Path == path))
            {
                continue;
            }

            var text = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            segment.Set(path.Field, text, path.Repetition, path.Component, path.Subcomponent);
            expected.Add((path, text));
        }
    }

    private static Hl7MessageBuilder Copy(Hl7Message message)
    {
        var builder = new Hl7MessageBuilder();
        foreach (var segment in message.Segments)
        {
            var copy = builder.Add(segment.Name);
            for (var field = segment.Name == "MSH" ? 3 : 1; field <= segment.FieldCount; field++)
            {
                for (var repetition = 1; repetition <= segment.RepetitionCount(field); repetition++)
                {
                    for (var component = 1; component <= segment.ComponentCount(field, repetition); component++)
                    {
                        copy.Set(field, segment.Text(field, repetition, component, 0) ?? "", repetition, component);
                    }
                }
            }
        }

        return builder;
    }

    private static string TextOf(Hl7MessageBuilder builder) => Encoding.UTF8.GetString(builder.Write(Hl7TargetCharset.Utf8).Raw.Span);
}
