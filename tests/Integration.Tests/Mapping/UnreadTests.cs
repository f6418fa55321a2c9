using System.Text;
using Integration.Core.Mapping;

namespace Integration.Tests.Mapping;

/// <summary>What is reported as unread, and that it is the truth: to the segment and its place, not only its name.</summary>
public sealed class UnreadTests
{
    private const string Head = "MSH|^~\\&|LIS|EAST|||20260301||ORU^R01|1|P|2.4\nPID|1||9^^^HIS||李四\n";
    private const string Report = "OBR|1|P1|L1|GLU^葡萄糖|||||||||||||||||||||F\nOBX|1|NM|GLU^葡萄糖||5.6||||||F\n";

    [Theory]
    [InlineData(Head + "NTE|1||患者备注\n" + Report, "NTE")]                                     // behind PID: no report it could belong to
    [InlineData(Head + Report + "NTE|1||结果备注", null)]
    [InlineData(Head + "OBX|1|NM|K^钾||4.1||||||F\n" + Report, null)]                           // before any OBR: measured outside orders
    [InlineData(Head + "TQ1|1||||||20260302\n" + Report, "TQ1")]                               // before any order that it could time
    [InlineData(Head + Report + "ZXX|1", "ZXX")]
    [InlineData(Head + "PD1||||D1^李~D2^王\n" + Report, null)]
    [InlineData(Head + "PD1||||D1^李\nPD1||||D2^王\n" + Report, "PD1-4")]                        // only the first PD1 is read
    public void Map_SegmentThatNothingReads_IsReported(string message, string? place)
    {
        var unread = MappingSamples.Map(message).Unread.Where(p => !p.StartsWith("MSH", StringComparison.Ordinal)).ToList();

        Assert.Equal(place is null ? [] : [place], unread);
    }

    [Fact]
    public void Map_StepNotRun_ReportsWhatItsMapWouldHaveRead()
    {
        var unread = MappingSamples.Map("MSH|^~\\&|HIS|EAST|||20260301||ADT^A31|1|P|2.4\nEVN|A31|20260301\nPID|1||9^^^HIS||李四\nPV1|1|I|心内科").Unread;

        Assert.Equal(["PV1-2", "PV1-3"], unread.Where(p => p.StartsWith("PV1", StringComparison.Ordinal)));
    }

    /// <summary>A message without the fields reported as unread maps to the same resources: nothing was taken from them after all.</summary>
    [Theory]
    [MemberData(nameof(MappingGoldenTests.Goldens), MemberType = typeof(MappingGoldenTests))]
    public void Map_WithoutUnreadFields_GivesTheSameResources(string name)
    {
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(MappingSamples.GoldenFolder, name + ".hl7")));
        var whole = MappingSamples.Map(text);

        var without = MappingSamples.Map(Without(text, whole));

        Assert.Equal(whole.Resources.Select(r => r.Json.ToJsonString()), without.Resources.Select(r => r.Json.ToJsonString()));
    }

    private static string Without(string text, MappingResult mapped)
    {
        var lines = text.Split('\r', StringSplitOptions.RemoveEmptyEntries);
        var once = lines.Select(line => line[..3]).GroupBy(name => name).Where(g => g.Count() == 1).Select(g => g.Key).ToHashSet();
        for (var i = 0; i < lines.Length; i++)
        {
            // A place names a field, not an occurrence: only a segment that occurs once is sure to be meant.
            var fields = lines[i].Split('|');
            foreach (var place in mapped.Unread.Where(p => p.Contains('-', StringComparison.Ordinal) && once.Contains(p[..3]) && lines[i].StartsWith(p[..3], StringComparison.Ordinal)))
            {
                var field = int.Parse(place[4..], System.Globalization.CultureInfo.InvariantCulture) - (fields[0] == "MSH" ? 1 : 0);
                fields[field] = "";
            }

            lines[i] = mapped.Unread.Contains(fields[0]) && once.Contains(fields[0]) ? "" : string.Join('|', fields);
        }

        return string.Join('\r', lines.Where(line => line.Length > 0));
    }
}
