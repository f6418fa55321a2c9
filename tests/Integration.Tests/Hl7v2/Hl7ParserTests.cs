using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7ParserTests
{
    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r\r\n\n")]
    public void Parse_LineEnds_AllPartSegments(string end)
    {
        var message = Hl7.Message($"\r\n{end} {Hl7.Header()}{end}PID|1||P1{end} {end}ZZ1|x{end}OBX|1{end}OBX|2");

        Assert.Equal(["MSH1", "PID1", "ZZ11", "OBX1", "OBX2"], message.Segments.Select(s => $"{s.Name}{s.Ordinal}"));
        Assert.Equal<IEnumerable<string?>>(["P1", "x", "2"], [message["PID-3"], message["ZZ1-1"], message["OBX[2]-1"]]);
    }

    [Fact]
    public void Parse_MixedLineEndsAndByteOrderMark_ReadsAll()
    {
        var message = Hl7.Message($"\uFEFF{Hl7.Header("GBK")}\r\nEVN||20240501\nPID|1||P1||瑋\rPV1|1");

        Assert.Equal(["MSH", "EVN", "PID", "PV1"], message.Segments.Select(s => s.Name));
        Assert.Equal("瑋", message["PID-5"]);
    }

    [Fact]
    public void Parse_ManySegments_NumbersThemByName()
    {
        var lines = Enumerable.Range(1, 500).Select(i => $"OBX|{i}\rNTE|{i}\rNTE|{i}b");
        var message = Hl7.Message($"{Hl7.Header()}\r{string.Join('\r', lines)}\r");

        Assert.Equal(Enumerable.Range(1, 500), message.Segments.Where(s => s.Name == "OBX").Select(s => s.Ordinal));
        Assert.Equal(Enumerable.Range(1, 1000), message.Segments.Where(s => s.Name == "NTE").Select(s => s.Ordinal));
        Assert.Equal("500b", message["NTE[1000]-1"]);
    }

    [Theory]
    [InlineData("MSH*!?%@*HIS*EAST\rPID*1**A!B@C?D", "PID-3.2.2", "C")]
    [InlineData("MSH|^~\\&#|HIS|EAST\rPID|1||A\\P\\", "PID-3", "A#")]
    public void Parse_OwnDelimiters_AreUsed(string text, string path, string expected)
    {
        var result = Hl7.Parse(text);

        Assert.Empty(result.Issues);
        Assert.Equal(expected, ((Hl7Message)result.Document!)[path]);
    }

    [Theory]
    [InlineData("MSH|^|HIS\rPID|1||A^B~C&D", "B~C&D")]
    [InlineData("MSH|^~&|HIS\rPID|1||A^B&C\\S\\D~E", "B&C^D")]
    [InlineData("MSH||HIS\rPID|1||A^B&C~E", "B&C")]
    public void Parse_FewerDelimiters_WarnsAndReads(string text, string expected)
    {
        var result = Hl7.Parse(text);

        var issue = Assert.Single(result.Issues);
        Assert.Equal((IntegrationErrorCode.DelimitersInvalid, IssueSeverity.Warning, "MSH-2"), (issue.Code, issue.Severity, issue.Place));
        Assert.Equal(expected, ((Hl7Message)result.Document!)["PID-3.2"]);
    }

    [Fact]
    public void Parse_LineWithoutSegmentName_IsKeptWholeAndReported()
    {
        var result = Hl7.Parse($"{Hl7.Header()}\rOBX|1|TX|c||first line\nsecond line, a^b|F\rpid|1\rPIDX|1\r");

        Assert.Equal(["???[1]", "???[2]", "???[3]"], result.Issues.Select(i => i.Place));
        Assert.All(result.Issues, i => Assert.Equal((IntegrationErrorCode.SegmentNameInvalid, IssueSeverity.Warning), (i.Code, i.Severity)));
        var line = result.Document!.Segments[2];
        Assert.Equal(("???", 2, "second line, a", "b", "F"), (line.Name, line.FieldCount, line.Text(1, 1, 1, 0), line.Text(1, 1, 2, 0), line.Text(2, 1, 0, 0)));
    }

    [Theory]
    [InlineData("ADT^A01^ADT_A01", "ADT_A01")]
    [InlineData("ADT^A04^ADT_A01", "ADT_A04")]
    [InlineData("ADT^^ADT_A05", "ADT_A05")]
    [InlineData("ACK", "ACK")]
    [InlineData("", "")]
    public void MappingKey_Msh9_JoinsTypeAndTrigger(string type, string expected) =>
        Assert.Equal(expected, Hl7.Message(Hl7.Header(type: type)).MappingKey);

    [Theory]
    [InlineData("EVN||20240501101500+0900||||20240430080000", "2024-04-30T08:00:00+08:00")]
    [InlineData("EVN||20240501101500+0900|||||", "2024-05-01T10:15:00+09:00")]
    [InlineData("EVN||nonsense||||\"\"", "2024-05-01T10:15:00+08:00")]
    [InlineData("EVN", "2024-05-01T10:15:00+08:00")]
    [InlineData("PID|1", "2024-05-01T10:15:00+08:00")]
    public void EventTime_Evn6ThenEvn2ThenMsh7(string segment, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), Hl7.Message($"{Hl7.Header()}\r{segment}").EventTime);

    [Theory]
    [InlineData("2024", "2024-01-01T00:00:00+08:00")]
    [InlineData("202402", "2024-02-01T00:00:00+08:00")]
    [InlineData("20240229", "2024-02-29T00:00:00+08:00")]
    [InlineData("2024022923", "2024-02-29T23:00:00+08:00")]
    [InlineData("202402292359", "2024-02-29T23:59:00+08:00")]
    [InlineData(" 20240229235958.1234-0330 ", "2024-02-29T23:59:58.1234-03:30")]
    [InlineData("20240229+0000", "2024-02-29T00:00:00+00:00")]
    [InlineData("20230229", null)]
    [InlineData("20241301", null)]
    [InlineData("2024050124", null)]
    [InlineData("20240501101", null)]
    [InlineData("202405011015.5", null)]
    [InlineData("20240501101500.", null)]
    [InlineData("20240501101500.12345678", null)]
    [InlineData("20240501+08", null)]
    [InlineData("20240501+2400", null)]
    [InlineData("00010101", null)]
    [InlineData("99991231235959-1200", null)]
    [InlineData("2024-05-01", null)]
    [InlineData("", null)]
    [InlineData("+0800", null)]
    public void DateTime_Stamp_ReadsItOrSaysNo(string text, string? expected) =>
        Assert.Equal(
            expected is null ? null : DateTimeOffset.Parse(expected), Hl7DateTime.Parse(text, Hl7ReadingOptions.Default.TimeZone));

    [Fact]
    public void Parse_Ascii_AllocatesNoMoreWithMoreFields()
    {
        byte[] few = Hl7.Bytes($"{Hl7.Header()}\rPID|1||P1\r");
        byte[] many = Hl7.Bytes($"{Hl7.Header()}\rPID|1||P1{string.Concat(Enumerable.Repeat("|a^b^c~d", 500))}\r");
        var parser = new Hl7Parser();
        _ = Allocated(few);
        _ = Allocated(many);

        Assert.Equal(Allocated(few), Allocated(many));

        long Allocated(byte[] raw)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = parser.Parse(raw, "his");
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
