using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7EscapeSequencesTests
{
    [Theory]
    [InlineData(@"plain", "plain")]
    [InlineData(@"a\F\b\S\c\T\d\R\e\E\f", @"a|b^c&d~e\f")]
    [InlineData(@"one\.br\two", "one\ntwo")]
    [InlineData(@"one\.sp2\two", "one\n\ntwo")]
    [InlineData(@"one\.sp\two\.ce\three", "one\ntwo\nthree")]
    [InlineData(@"a\.sk3\b", "a   b")]
    [InlineData(@"\H\bold\N\ \.fi\\.nf\\.in+4\\.ti-2\x", "bold x")]
    [InlineData(@"\X41\\X0D0a\", "A\r\n")]
    [InlineData(@"<\XE7918B\>", "<瑋>")]
    [InlineData(@"\Z12\ \Q\ \C2D41\", @"\Z12\ \Q\ \C2D41\")]
    [InlineData(@"\M2442\;3\C2842\ Yama\C284A\!", "山 Yama!")]
    [InlineData(@"\M2440\;3", "山")]
    [InlineData(@"\M2442\odd\C2842\", "odd")]
    [InlineData(@"\M242844\", @"\M242844\")]
    [InlineData(@"\X4\ \XZZ\ \X\ \XFF\", @"\X4\ \XZZ\ \X\ \XFF\")]
    [InlineData(@"\.sp100\ \.sp99999999999\ \.\ \.b\ \.xx\", @"\.sp100\ \.sp99999999999\ \.\ \.b\ \.xx\")]
    [InlineData(@"5 mg\dL", @"5 mg\dL")]
    [InlineData(@"a\", @"a\")]
    [InlineData(@"\", @"\")]
    [InlineData(@"\\", @"\\")]
    [InlineData(@"C:\temp\E\x", @"C:\temp\E\x")]
    [InlineData(@"x\^\F\", @"x\^|")]
    [InlineData(@"\f\", @"\f\")]
    public void Decode_Sequence_GivesItsMeaning(string sent, string expected)
    {
        var text = Hl7EscapeSequences.Decode(Encoding.UTF8.GetBytes(sent), Hl7Delimiters.Standard, SourceCharset.Utf8);

        Assert.Equal(expected, text);
    }

    [Fact]
    public void Decode_HexInGb18030_UsesTheCharsetOfTheMessage()
    {
        var hex = Convert.ToHexString(Hl7.Gb18030.GetBytes("瑋𠮷"));

        Assert.Equal("<瑋𠮷>", Hl7EscapeSequences.Decode(Encoding.UTF8.GetBytes($"<\\X{hex}\\>"), Hl7Delimiters.Standard, SourceCharset.Gb18030));
    }

    [Theory]
    [InlineData("a|b^c&d~e\\f")]
    [InlineData("line one\nline two")]
    [InlineData("\r瑋 plain")]
    [InlineData("")]
    public void Encode_AnyText_DecodesToItself(string text)
    {
        var sent = Hl7EscapeSequences.Encode(text, Hl7Delimiters.Standard);

        Assert.DoesNotContain(sent, c => "|^&~\r\n".Contains(c));
        Assert.Equal(text, Hl7EscapeSequences.Decode(Encoding.UTF8.GetBytes(sent), Hl7Delimiters.Standard, SourceCharset.Utf8));
    }

    [Fact]
    public void Parse_UnknownSequence_KeepsItAndReportsEachFieldOnce()
    {
        var result = Hl7.Parse($"{Hl7.Header()}\rPID|1||P1||a\\F\\b\rOBX|1|TX|c||ok\\.br\\ok\rOBX|2|TX|\\Q\\||\\Z1\\ and \\Z2\\~5 mg\\dL\r");

        Assert.Equal(["OBX[2]-3", "OBX[2]-5"], result.Issues.Select(i => i.Place));
        Assert.All(result.Issues, i => Assert.Equal((IntegrationErrorCode.UnknownEscape, IssueSeverity.Warning), (i.Code, i.Severity)));
        var message = (Hl7Message)result.Document!;
        Assert.Equal<IEnumerable<string?>>(["a|b", "ok\nok", "\\Z1\\ and \\Z2\\", "5 mg\\dL"], [message["PID-5"], message["OBX-5"], message["OBX[2]-5"], message["OBX[2]-5[2]"]]);
    }

    [Fact]
    public void Parse_ThousandsOfUnknownSequences_ListsSomeAndCountsTheRest()
    {
        var result = Hl7.Parse(Hl7.Header() + "\r" + string.Concat(Enumerable.Range(1, 3000).Select(i => $"OBX|{i}|TX|\\Q\\\r")));

        Assert.Equal(Hl7IssueCollector.Limit + 1, result.Issues.Count);
        Assert.StartsWith($"{3000 - Hl7IssueCollector.Limit} further", result.Issues[^1].Text);
    }

    [Fact]
    public void Text_StylingOnly_IsAbsentRatherThanHl7Null() =>
        Assert.Null(Hl7.Message($"{Hl7.Header()}\rPID|1||P1||\\H\\\\N\\\r")["PID-5"]);
}
