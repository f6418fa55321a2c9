using System.Text;

namespace Integration.Tests.Mapping;

/// <summary>What an appointment is for: each service of each AIS, and each of its repetitions, is one of its own.</summary>
public sealed class AppointmentServicesTests
{
    [Fact]
    public void Services_OfSeveralSegmentsAndRepetitions_AreAllKept()
    {
        string[] message =
        [
            "MSH|^~\\&|HIS|EAST|||20260316080000||SIU^S12|1|P|2.5.1", "SCH|A1^HIS|A1^HIS||||||||||^^^20260401090000+0800^20260401100000+0800",
            "PID|1||P1^^^HIS^MR||王^芳||19800203|F", "RGS|1|A",
            "AIS|1|A|US^超声|20260401090000+0800|||||||FAST^空腹^L~FULL^憋尿^L|NURSE^需护士^L", "AIS|2|A|CT^CT检查|20260401093000+0800", "AIS|3|A|MR^磁共振|20260401094500+0800|||||||METAL^无金属^L",
        ];

        var mapped = MappingSamples.Mapper.Map(MappingSamples.Parse(Encoding.UTF8.GetBytes(string.Join('\r', message) + "\r")), MappingSamples.Feed);

        var services = mapped.Resources.Single(r => r.Type == "Appointment").Json["serviceType"]!.AsArray();
        Assert.Equal(["US", "CT", "MR", "FAST", "FULL", "METAL", "NURSE"], services.Select(service => (string?)Assert.Single(service!["coding"]!.AsArray())!["code"]));
        Assert.Equal(["超声", "CT检查", "磁共振", "空腹", "憋尿", "无金属", "需护士"], services.Select(service => (string?)service!["text"]));
        Assert.DoesNotContain("AIS-11", mapped.Unread);
    }
}
