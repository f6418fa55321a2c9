using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Tests.Events;

namespace Integration.Tests.Identity.Unmerging;

/// <summary>HL7 v2.5.1 §3.3.37: A37 of numbers that a merge had joined.</summary>
public sealed class UnlinkMessageTests
{
    [Fact]
    public async Task Unlink_OfMergedNumbers_PartsThemInTheCommitOfTheMessage()
    {
        await using var never = await UnmergeWorld.StartAsync();
        await using var world = await UnmergeWorld.StartAsync();
        foreach (var one in new[] { never, world })
        {
            await one.AdmitAsync("1001", "V1");
            await one.AdmitAsync("1002", "V2");
            await (one == never ? one.UpdateAsync("1001") : one.MergeAsync("1001", "1002"));
        }

        var unlink = await world.UnlinkAsync("1001", "1002");

        Assert.Equal(MessageState.Done, unlink.State);
        Assert.Contains("1002", unlink.Identifiers);
        Assert.Contains(unlink.Changes, change => change.Action == "moved");
        Assert.Equal(await never.DumpAsync(), await world.DumpAsync());
        var told = Assert.Single(await world.Engine.Store.EventsAsync(), e => e.Type == "patient.unmerged");
        Assert.Equal(unlink.Id, told.Cause);
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unlink_Replayed_ChangesNothingAndTellsNothing()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        var merge = await world.MergeAsync("1001", "1002");
        var unlink = await world.UnlinkAsync("1001", "1002");
        await world.AdmitAsync("1002", "V2");
        var before = await world.DumpAsync();

        await world.ReplayAsync(merge);
        await world.ReplayAsync(unlink);

        Assert.NotEqual(await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));
        Assert.Single(await world.Engine.Store.EventsAsync(), e => e.Type == "patient.unmerged");
        Assert.Equal(before.Where(line => line.StartsWith("Encounter", StringComparison.Ordinal)), (await world.DumpAsync()).Where(line => line.StartsWith("Encounter", StringComparison.Ordinal)));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unlink_OlderThanTheMerge_ChangesNothing()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.MergeAsync("1001", "1002");
        var unlink = await world.UnlinkAsync("1001", "1002");
        await world.MergeAsync("1001", "1002");

        await world.ReplayAsync(unlink);

        Assert.Equal(await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));
        var again = (await world.Engine.Journal.GetAsync(unlink.Id, withRaw: false, CancellationToken.None))!.Value.Message;
        Assert.Contains(again.Issues, issue => issue.Code == IntegrationErrorCode.OlderThanRecord);
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unlink_OfNumbersThatWereNeverTwo_Fails()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.SendAsync("ADT^A01", UnmergeWorld.Pid("1001", more: "~9001^^^HIS^PI"), UnmergeWorld.Visit("V1"));

        var unlink = await world.UnlinkAsync("1001", "9001");

        Assert.Equal(MessageState.Failed, unlink.State);
        Assert.Contains(unlink.Issues, issue => issue.Code == IntegrationErrorCode.PatientsAreOne);
    }
}
