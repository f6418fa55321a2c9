using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;

namespace Integration.Tests.Mapping;

/// <summary>
/// Segments that have nothing to do with each other may come in any order: the same resources come out. Segments of one name keep their order, and
/// what belongs to a segment stays behind it.
/// </summary>
public sealed class SegmentOrderTests
{
    private const int Rounds = 10;

    private static readonly HashSet<string> Unrelated = ["PD1", "PV1", "NK1", "AL1", "IAM", "DG1", "PR1", "IN1", "GT1"];

    private static readonly HashSet<string> Behind = ["PV2", "IN2", "IN3"];

    /// <summary>What such a segment means depends on the one before it.</summary>
    private static readonly HashSet<string> Dependent = ["ROL", "PRT", "NTE", "SPM"];

    [Theory]
    [MemberData(nameof(MappingGoldenTests.Goldens), MemberType = typeof(MappingGoldenTests))]
    public void Map_UnrelatedSegmentsShuffled_GivesTheSameResources(string name)
    {
        var lines = Read(name);
        if (lines.Exists(line => Dependent.Contains(line[..3])) || lines.Count(line => line[..3] == "PID") > 1)
        {
            return;   // in a message about two people a segment belongs to the one before it
        }

        var expected = Describe(lines);
        var random = new Random(20260301);
        for (var round = 0; round < Rounds; round++)
        {
            Assert.Equal(expected, Describe(Shuffle(lines, random)));
        }
    }

    [Theory]
    [MemberData(nameof(MappingGoldenTests.Goldens), MemberType = typeof(MappingGoldenTests))]
    public void Map_OrdersShuffled_GivesTheSameResources(string name)
    {
        var lines = Read(name);
        var first = lines.FindIndex(line => line[..3] is "ORC" or "OBR");
        var whole = MappingSamples.Map(string.Join('\r', lines));
        if (first < 0 || lines.Exists(line => line[..3] is "SPM" or "SAC" or "FT1" or "TXA" or "RF1" or "PRB" or "GOL") || whole.Issues.Any(i => i.Code == IntegrationErrorCode.IdentifierMissing))
        {
            return;   // there an order belongs to something else, or two things share a number and their order decides
        }

        var orders = new List<List<string>>();
        foreach (var line in lines.Skip(first))
        {
            if (orders.Count == 0 || line[..3] == "ORC" || (line[..3] == "OBR" && orders[^1].Exists(earlier => earlier[..3] == "OBR")))
            {
                orders.Add([]);
            }

            orders[^1].Add(line);
        }

        var expected = Describe(lines);
        var random = new Random(20260302);
        for (var round = 0; round < Rounds; round++)
        {
            var shuffled = orders.ToArray();
            random.Shuffle(shuffled);
            Assert.Equal(expected, Describe([.. lines.Take(first), .. shuffled.SelectMany(order => order)]));
        }
    }

    /// <summary>Full and nearly empty messages in random turn: what one says never shows in another.</summary>
    [Fact]
    public void Map_MessagesInRandomTurn_GivesEachWhatItGivesAlone()
    {
        var messages = MappingGoldenTests.Goldens.Select(row => Read(row.Data)).Append(
            ["MSH|^~\\&|LIS|EAST|||20260301||ORU^R01|1|P|2.4", "PID|1||9^^^HIS||李四", "OBR|1|P1|L1|GLU", "OBX|1|NM|GLU||5"]).ToList();
        var alone = messages.Select(Describe).ToList();
        var random = new Random(20260303);

        for (var turn = 0; turn < 2000; turn++)
        {
            var i = random.Next(messages.Count);
            Assert.Equal(alone[i], Describe(messages[i]));
        }
    }

    private static List<string> Read(string name) =>
        [.. Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(MappingSamples.GoldenFolder, name + ".hl7"))).Split('\r', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Another order of the names, each name's segments in their own order at the places that unrelated segments had.</summary>
    private static List<string> Shuffle(List<string> lines, Random random)
    {
        var blocks = new List<List<string>>();
        var rest = new List<string>();
        var place = -1;
        foreach (var line in lines)
        {
            if (Unrelated.Contains(line[..3]))
            {
                place = place < 0 ? rest.Count : place;
                blocks.Add([line]);
            }
            else if (Behind.Contains(line[..3]) && blocks.Count > 0)
            {
                blocks[^1].Add(line);
            }
            else
            {
                rest.Add(line);
            }
        }

        if (place < 0)
        {
            return lines;
        }

        var queues = blocks.GroupBy(block => block[0][..3]).ToDictionary(group => group.Key, group => new Queue<List<string>>(group));
        var names = blocks.Select(block => block[0][..3]).ToArray();
        random.Shuffle(names);
        return [.. rest.Take(place), .. names.SelectMany(name => queues[name].Dequeue()), .. rest.Skip(place)];
    }

    private static string Describe(IEnumerable<string> lines)
    {
        MappingResult result = MappingSamples.Map(string.Join('\r', lines));
        return string.Join('\n', result.Resources.Select(r => r.Json.ToJsonString()).Order(StringComparer.Ordinal).Append("")
            .Concat(result.Issues.Select(i => $"{i.Code} {i.Text}").Order(StringComparer.Ordinal)).Concat(result.Unread.Order(StringComparer.Ordinal)));
    }
}
