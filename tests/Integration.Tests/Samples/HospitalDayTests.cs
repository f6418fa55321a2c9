using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Integration.HospitalDay;
using ResidentId = Integration.Core.Identity.ResidentId;

namespace Integration.Tests.Samples;

public sealed partial class HospitalDayTests
{
    // The report that the laboratory sends twice on purpose.
    private const string ResentControlId = "L2603160052";

    public static TheoryData<string> TriggersOfTheDay =>
    [
        "ADT^A01", "ADT^A02", "ADT^A03", "ADT^A04", "ADT^A05", "ADT^A06", "ADT^A07", "ADT^A08", "ADT^A11", "ADT^A12", "ADT^A13", "ADT^A28",
        "ADT^A31", "ADT^A40", "ORM^O01", "OML^O21", "ORU^R01", "DFT^P03", "SIU^S12", "SIU^S13", "SIU^S14", "SIU^S15", "SIU^S26",
    ];

    [Fact]
    public void Files_GeneratedAgain_AreTheCommittedBytes()
    {
        var generated = HospitalDayScript.Files();

        Assert.Equal(generated.Select(f => f.Path), SampleFiles.DayMessages.Select(m => m.Path));
        Assert.All(generated.Zip(SampleFiles.DayMessages), pair => Assert.True(pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes),
            $"{pair.First.Path} differs: run dotnet run --project tools/hospital-day -- samples/hospital-day"));
    }

    [Fact]
    public void Day_IsAsLargeAsPromised()
    {
        var people = SampleFiles.DayMessages.SelectMany(m => m.Identifiers).Where(i => i.Type == "PI").Select(i => i.Value).Distinct().Count();
        var gb18030 = SampleFiles.DayMessages.Count(m => m.Charset == "GB 18030-2000");

        Assert.InRange(SampleFiles.DayMessages.Count, 330, 1000);
        Assert.InRange(people, 36, 100);
        Assert.InRange((double)gb18030 / SampleFiles.DayMessages.Count, 0.4, 0.6);
        Assert.InRange(SampleFiles.DayMessages.Sum(m => m.Bytes.Length), 1, 1_500_000);
    }

    [Theory]
    [MemberData(nameof(TriggersOfTheDay))]
    public void Day_HasEveryTrigger(string type) => Assert.Contains(SampleFiles.DayMessages, m => m.Type == type);

    [Fact]
    public void EveryMessage_HasAnHl7HeaderOfItsPlace() => Assert.All(SampleFiles.DayMessages, m =>
    {
        Assert.StartsWith(@"MSH|^~\&|", m.Lines[0], StringComparison.Ordinal);
        Assert.Equal("2.5.1", m.Field("MSH", 11));
        Assert.Equal(m.Path[..3], m.Field("MSH", 2) == "LIS" ? "lis" : "his");
        Assert.EndsWith($"-{m.Type.Replace('^', '_')}-{m.ControlId}.hl7", m.Path, StringComparison.Ordinal);
        Assert.DoesNotContain((byte)'\n', m.Bytes);
        Assert.Equal((byte)'\r', m.Bytes[^1]);
        Assert.DoesNotContain(m.Lines.SkipLast(1), l => l.Length < 4 || l[3] != '|');
    });

    [Fact]
    public void Clock_OverAllFiles_NeverGoesBack()
    {
        var times = SampleFiles.DayMessages.Where(m => m.ControlId != ResentControlId).Select(m => m.Field("MSH", 6)).ToList();

        Assert.Equal(times.Order(StringComparer.Ordinal), times);
        Assert.StartsWith("2026031606", times[0], StringComparison.Ordinal);
        Assert.True(string.CompareOrdinal(times[^1], "20260316210000+0800") < 0);
    }

    [Fact]
    public void ControlIds_ExceptTheOneResend_AreUnique()
    {
        var repeated = SampleFiles.DayMessages.GroupBy(m => (m.Field("MSH", 2), m.ControlId)).Where(g => g.Count() > 1).ToList();

        var resend = Assert.Single(repeated);
        Assert.Equal(ResentControlId, resend.Key.ControlId);
        Assert.Equal(2, resend.Count());
        Assert.Equal(resend.First().Bytes, resend.Last().Bytes);
    }

    [Fact]
    public void ResidentIds_AreValidAndAgreeWithThePerson()
    {
        var carriers = SampleFiles.DayMessages.Where(m => m.Identifiers.Any(i => i.Type == "NI")).ToList();

        Assert.NotEmpty(carriers);
        Assert.All(carriers, m =>
        {
            var number = m.Identifiers.Single(i => i.Type == "NI").Value;
            Assert.True(ResidentId.IsValid(number));
            Assert.Equal(m.Field("PID", 7), number[6..14]);
            Assert.Equal(m.Field("PID", 8), (number[16] - '0') % 2 == 1 ? "M" : "F");
        });
        var owners = carriers.GroupBy(m => m.Identifiers.Single(i => i.Type == "NI").Value).ToList();
        Assert.All(owners, o => Assert.Single(o.Select(m => m.Field("PID", 5)).Distinct()));
    }

    [Fact]
    public void OnlyOneMessage_NamesNoPatient()
    {
        var nameless = SampleFiles.DayMessages.Where(m => !m.Identifiers.Any()).ToList();

        Assert.Equal("ORU^R01", Assert.Single(nameless).Type);
    }

    [Theory]
    [InlineData("瑋")]
    [InlineData("玘")]
    [InlineData("㛃")]
    [InlineData("𠮷")]
    [InlineData("·")]
    public void NamesThatBreakNaiveSplitting_AreSentAsGb18030(string character) =>
        Assert.Contains(SampleFiles.DayMessages, m => m.Charset == "GB 18030-2000" && m.Field("PID", 5).Contains(character, StringComparison.Ordinal));

    [Fact]
    public void Refund_GivesBackWhatWasCharged()
    {
        var transactions = SampleFiles.DayMessages.Where(m => m.Type == "DFT^P03")
            .SelectMany(m => m.Lines.Where(l => l.StartsWith("FT1|", StringComparison.Ordinal)).Select(l => l.Split('|')))
            .Select(f => (Kind: f[6], Item: f[7], Amount: decimal.Parse(f[11].Split('&')[0], CultureInfo.InvariantCulture))).ToList();

        var refund = Assert.Single(transactions, t => t.Kind == "CR");
        Assert.Contains(transactions, t => t.Kind == "CG" && t.Item == refund.Item && t.Amount == refund.Amount);
    }

    [Fact]
    public void DayMd_LinksOnlyFilesThatExist()
    {
        var links = MarkdownLink().Matches(File.ReadAllText(Path.Combine(SampleFiles.Day, "day.md"))).Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(SampleFiles.Day, link)), link));
    }

    [Fact]
    public void DayMd_CountsAsItIs()
    {
        var text = File.ReadAllText(Path.Combine(SampleFiles.Day, "day.md"));
        var people = SampleFiles.DayMessages.SelectMany(m => m.Identifiers).Where(i => i.Type == "PI").Select(i => i.Value).Distinct()
            .Except(["00269901", "W100204"]).Count();

        Assert.Contains($"{SampleFiles.DayMessages.Count} HL7 v2.5.1 messages about {people} people", text, StringComparison.Ordinal);
    }

    [Fact]
    public void DayJson_NamesFivePatientsOfTheDay()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SampleFiles.Day, "day.json")));
        var lookAt = json.RootElement.GetProperty("lookAt").EnumerateArray().ToList();

        Assert.Equal(5, lookAt.Count);
        Assert.All(lookAt, entry => Assert.Contains(SampleFiles.DayMessages, m =>
            m.Identifiers.Any(i => i.Value == entry.GetProperty("identifier").GetString())
            && m.Field("PID", 5).Split('~')[0].Split('^') is var name && name[0] + name[1] == entry.GetProperty("name").GetString()));
    }

    [GeneratedRegex(@"\]\(((?:his|lis)/[^)]+)\)")]
    private static partial Regex MarkdownLink();
}
