using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7HeaderTests
{
    private static Hl7Header Read(string text, Encoding? encoding = null, Hl7ReadingOptions? options = null) =>
        Hl7Header.Read(Hl7.Bytes(text, encoding), "his", options ?? Hl7ReadingOptions.Default);

    [Fact]
    public void Read_Message_TakesWhatIntakeNeeds()
    {
        var header = Read($"{Hl7.Header("UTF-8")}\rEVN|A01\rPID|1||P1^^^EAST&1.2.3&ISO~P2^^^WEST\r");

        Assert.Empty(header.Issues);
        Assert.Equal(
            ("ADT^A01", "A01", "C1", "HIS|EAST", "EAST|P1", "UTF-8"),
            (header.MessageType, header.TriggerEvent, header.ControlId, header.Sender, header.PatientKey, header.Charset.Name));
    }

    [Theory]
    [InlineData("PID|1||P1^^^EAST~P2^^^WEST", "EAST|P1")]
    [InlineData("PID|1||P1^^^&1.2.3&ISO", "1.2.3|P1")]
    [InlineData("PID|1||P1", "his|P1")]
    [InlineData("PID|1|OLD^^^CARD|", "CARD|OLD")]
    [InlineData("PID|1|OLD|\"\"", "his|OLD")]
    [InlineData("PID|1|OLD|^^^EAST", "his|OLD")]
    [InlineData("PID|1", "")]
    [InlineData("NTE|1||see PID|1||X", "")]
    [InlineData("NTE|1||see PID|1||X\rPID|1||P1", "his|P1")]
    [InlineData("PID|1||NEW^^^EAST\rMRG|OLD^^^EAST", "EAST|NEW")]
    [InlineData("PIDX|1||P0\nPID|1||P1\nPID|2||P2", "his|P1")]
    public void Read_PatientKey_IsTheFirstPid3ElsePid2(string segments, string expected) =>
        Assert.Equal(expected, Read($"{Hl7.Header()}\r{segments}").PatientKey);

    [Fact]
    public void Read_PatientKey_UsesTheFeedsAuthority() =>
        Assert.Equal("EMPI|P1", Read($"{Hl7.Header()}\rPID|1||P1", options: new() { AssigningAuthority = "EMPI" }).PatientKey);

    [Fact]
    public void Read_Gb18030_DecodesBeforeItSplits()
    {
        const string Text = "MSH|^~\\&|瑋|玘|HUB|玘玘|20240501||ORU^R01|瑋1|P|2.5||||||GB 18030-2000\rPID|1||瑋玘^^^玘&瑋~x||瑋^玘\r";

        var header = Read(Text, Hl7.Gb18030);

        Assert.Empty(header.Issues);
        Assert.Equal(("ORU^R01", "瑋1", "瑋|玘", "玘|瑋玘"), (header.MessageType, header.ControlId, header.Sender, header.PatientKey));
    }

    [Fact]
    public void Read_CharsetNotDeclared_KeyIsTheSameForBothEncodings()
    {
        var text = $"{Hl7.Header()}\rPID|1||P1^^^瑋院\r";

        Assert.Equal("瑋院|P1", Read(text).PatientKey);
        Assert.Equal("瑋院|P1", Read(text, Hl7.Gb18030).PatientKey);
    }

    [Theory]
    [InlineData("", IntegrationErrorCode.NotHl7, "", "nothing in it")]
    [InlineData("\r\n \r\n", IntegrationErrorCode.NotHl7, "", "nothing in it")]
    [InlineData("<ADT_A01/>", IntegrationErrorCode.NotHl7, "", "does not begin with an MSH segment")]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|", IntegrationErrorCode.NotHl7, "", "batch file")]
    [InlineData("BHS|^~\\&\r", IntegrationErrorCode.NotHl7, "", "batch file")]
    [InlineData("MSH", IntegrationErrorCode.DelimitersInvalid, "MSH-1", "field separator")]
    [InlineData("MSHX^~\\&X", IntegrationErrorCode.DelimitersInvalid, "MSH-1", "field separator")]
    [InlineData("MSH|^^\\&|", IntegrationErrorCode.DelimitersInvalid, "MSH-2", "five different")]
    [InlineData("MSH|HIS|EAST", IntegrationErrorCode.DelimitersInvalid, "MSH-2", "five different")]
    [InlineData("MSH|^~\\&|HIS", IntegrationErrorCode.HeaderUnreadable, "MSH-9", "message type is missing")]
    [InlineData("MSH|^~\\&|||||||^A01|1", IntegrationErrorCode.HeaderUnreadable, "MSH-9", "message type is missing")]
    public void Read_UnreadableHeader_SaysWhy(string text, IntegrationErrorCode code, string place, string reason)
    {
        var issue = Assert.Single(Read(text).Issues);

        Assert.Equal((code, IssueSeverity.Error, place), (issue.Code, issue.Severity, issue.Place));
        Assert.Contains(reason, issue.Text);
    }

    [Fact]
    public void Read_EndlessControlId_IsUnreadableAndShortened()
    {
        var header = Read($"MSH|^~\\&|A|B|C|D|20240501||ADT^A01|{new string('7', 5000)}|P|2.5");

        var issue = Assert.Single(header.Issues);
        Assert.Equal((IntegrationErrorCode.HeaderUnreadable, "MSH-10"), (issue.Code, issue.Place));
        Assert.Equal(Hl7Header.MaxIdCharacters, header.ControlId.Length);
    }

    [Fact]
    public void Read_HeaderOfNoCharset_StillKnowsItsControlId()
    {
        byte[] raw = [.. "MSH|^~\\&|A"u8, 0xFF, .. "|B|C|D|20240501||ADT^A01|C7|P|2.5||||||UTF-8\r"u8];

        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);

        Assert.Equal(("C7", "MSH-3"), (header.ControlId, Assert.Single(header.Issues).Place));
    }

    [Fact]
    public void Read_HarmlessIssue_DoesNotHoldTheMessageBack()
    {
        var header = Read("MSH|^|HIS||||||ADT|C1|P|2.5||||||unheard of\r");

        Assert.Empty(header.Issues);
        Assert.Equal("C1", header.ControlId);
    }
}
