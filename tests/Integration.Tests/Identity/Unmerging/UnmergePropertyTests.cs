using Integration.Core.Identity.Unmerging;
using Integration.Core.Intake;

namespace Integration.Tests.Identity.Unmerging;

/// <summary>Random histories of five numbers, beside a model that knows only which numbers are one, and beside an engine in which nobody was ever merged.</summary>
public sealed class UnmergePropertyTests
{
    private const int Steps = 40;

    private static readonly string[] Numbers = ["1001", "1002", "1003", "1004", "1005"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Unmerge_InARandomHistory_AgreesWithTheModelAndEndsAsIfNeverMerged(int seed)
    {
        var random = new Random(seed);
        await using var world = await UnmergeWorld.StartAsync();
        await using var never = await UnmergeWorld.StartAsync();
        var groups = Numbers.ToDictionary(number => number, number => number, StringComparer.Ordinal);   // number → name of its group
        var messages = new List<JournaledMessage>();
        foreach (var number in Numbers)
        {
            messages.Add(await world.AdmitAsync(number, "V" + number));
            await never.AdmitAsync(number, "V" + number);
        }

        for (var step = 0; step < Steps; step++)
        {
            var (one, other) = (Numbers[random.Next(Numbers.Length)], Numbers[random.Next(Numbers.Length)]);
            switch (random.Next(6))
            {
                case 0 when one != other:
                    messages.Add(await world.MergeAsync(one, other));
                    await never.UpdateAsync(one);
                    Join(groups, one, other);
                    break;
                case 1:
                    await UnmergeAsync(world, groups, one);
                    await never.WaitAsync();
                    break;
                case 2:
                    await world.ReplayAsync(messages[random.Next(messages.Count)]);
                    await never.WaitAsync();
                    break;
                default:
                    messages.Add(await world.ObserveAsync(one, $"L{step}"));
                    await never.ObserveAsync(one, $"L{step}");
                    break;
            }

            await AssertPartitionAsync(world, groups, $"seed {seed}, step {step}");
        }

        await world.VerifyAsync();
        foreach (var number in Numbers)
        {
            await UnmergeAsync(world, groups, number);
        }

        Assert.Equal(Of(await never.DumpAsync()), Of(await world.DumpAsync()));
        await world.VerifyAsync();
    }

    private static async Task UnmergeAsync(UnmergeWorld world, Dictionary<string, string> groups, string number)
    {
        var isAlone = groups.Count(group => group.Value == groups[number]) == 1;
        var result = await world.UnmergeAsync(number);
        if (isAlone)
        {
            Assert.Equal(new UnmergeResult.Refused(UnmergeRefusal.NeverMerged), result);
            return;
        }

        Assert.IsType<UnmergeResult.Done>(result);
        groups[number] = $"{number} {Guid.NewGuid()}";
    }

    private static void Join(Dictionary<string, string> groups, string one, string other)
    {
        var gone = groups[other];
        foreach (var number in Numbers.Where(number => groups[number] == gone))
        {
            groups[number] = groups[one];
        }
    }

    private static async Task AssertPartitionAsync(UnmergeWorld world, Dictionary<string, string> groups, string where)
    {
        var records = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var number in Numbers)
        {
            records[number] = await world.RecordOfAsync(number);
        }

        foreach (var one in Numbers)
        {
            Assert.All(Numbers, other => Assert.True((groups[one] == groups[other]) == (records[one] == records[other]), $"{where}: {one} and {other}"));
        }
    }

    // Of people the source says more by a merge: how often is compared elsewhere, whose everything is, here.
    private static IEnumerable<string> Of(IReadOnlyList<string> dump) => dump.Where(line => !line.StartsWith("patients ", StringComparison.Ordinal));
}
