using Integration.Core.Diagnostics;
using Integration.Core.Identity.Unmerging;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Integration.Tests.Events;

namespace Integration.Tests.Identity.Unmerging;

/// <summary>A wrong merge that a person takes back.</summary>
public sealed class PatientUnmergingTests
{
    [Fact]
    public async Task Unmerge_AfterAMerge_LeavesTheRecordsAsIfNeverMerged()
    {
        await using var never = await UnmergeWorld.StartAsync();
        await using var merged = await UnmergeWorld.StartAsync();
        foreach (var world in new[] { never, merged })
        {
            await world.AdmitAsync("1001", "V1");
            await world.AdmitAsync("1002", "V2", "李芳");
            await world.ObserveAsync("1001", "L1");
            await world.ObserveAsync("1002", "L2");
        }

        await never.UpdateAsync("1001");
        await merged.MergeAsync("1001", "1002");
        var result = await merged.UnmergeAsync("1002");

        var done = Assert.IsType<UnmergeResult.Done>(result);
        Assert.Equal((await never.RecordOfAsync("1001"), await never.RecordOfAsync("1002")), (done.PatientId, done.UnmergedPatientId));
        Assert.Equal(await never.DumpAsync(), await merged.DumpAsync());
        await merged.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_WhenBothHadNewsSince_GivesEachItsOwn()
    {
        await using var never = await UnmergeWorld.StartAsync();
        await using var merged = await UnmergeWorld.StartAsync();
        foreach (var world in new[] { never, merged })
        {
            await world.AdmitAsync("1001", "V1");
            await world.AdmitAsync("1002", "V2", "李芳");
            await (world == never ? world.UpdateAsync("1001") : world.MergeAsync("1001", "1002"));
            await world.ObserveAsync("1001", "L1");
            await world.UpdateAsync("1002", "李芳芳");
            await world.ObserveAsync("1002", "L2");
            await world.AdmitAsync("1002", "V3", "李芳芳");
        }

        await merged.UnmergeAsync("1002");

        Assert.Equal(await never.DumpAsync(), await merged.DumpAsync());
        await merged.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_OfAVisitGoneOnUnderTheSurvivor_GivesItBackAndNamesItsOwnPatient()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.AdmitAsync("1002", "V2");
        await world.MergeAsync("1001", "1002");
        var goneOn = await world.SendAsync("ADT^A02", UnmergeWorld.Pid("1001"), UnmergeWorld.Visit("V2").Replace("W1^101^1", "W2^201^1", StringComparison.Ordinal));

        await world.UnmergeAsync("1002");
        await world.ReplayAsync(goneOn);

        var patient = Assert.Single(await world.ResourcesAsync(await world.RecordOfAsync("1002"), "Patient"));
        var visit = Assert.Single(await world.ResourcesAsync(await world.RecordOfAsync("1002"), "Encounter"));
        Assert.Equal(patient.Id, (string)visit.Resource["subject"]!["reference"]!);
        Assert.Contains("W2", visit.Resource.ToJsonString());
        Assert.Equal(visit.Version - 1, (await world.Engine.Records.HistoryAsync(visit.Id, CancellationToken.None)).Count);
        Assert.Single(await world.ResourcesAsync(await world.RecordOfAsync("1001"), "Encounter"));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_OfTheRetiredNumber_TakesTheLinkBack()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.MergeAsync("1001", "1002");   // a number never seen before

        await world.UnmergeAsync("1002");

        var patient = Assert.Single(await world.ResourcesAsync(await world.RecordOfAsync("1002"), "Patient"));
        Assert.Null(patient.Resource["link"]);
        Assert.Null(patient.Resource["active"]);
        Assert.Null(patient.Resource["identifier"]![0]!["use"]);
        Assert.Equal("1002", (string)patient.Resource["identifier"]![0]!["value"]!);
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_RepliedToByReplays_StaysAsItIs()
    {
        await using var world = await UnmergeWorld.StartAsync();
        var messages = new List<JournaledMessage>
        {
            await world.AdmitAsync("1001", "V1"), await world.AdmitAsync("1002", "V2"), await world.MergeAsync("1001", "1002"), await world.ObserveAsync("1002", "L2"),
        };
        await world.UnmergeAsync("1002");
        var before = await world.DumpAsync();

        foreach (var message in messages)
        {
            await world.ReplayAsync(message);
        }

        Assert.Equal(before, await world.DumpAsync());
        var merge = (await world.Engine.Journal.GetAsync(messages[2].Id, withRaw: false, CancellationToken.None))!.Value.Message;
        Assert.Contains(merge.Issues, issue => issue.Code == IntegrationErrorCode.PatientsKeptApart);
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_WhileMessagesWait_SendsThemToWhomTheyAreFor()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.AdmitAsync("1002", "V2");
        await world.MergeAsync("1001", "1002");
        await world.AcceptAsync("ADT^A40", UnmergeWorld.Pid("1001"), "MRG|1002^^^HIS^MR");
        await world.AcceptAsync("ADT^A01", UnmergeWorld.Pid("1002"), UnmergeWorld.Visit("V3"));

        await world.UnmergeAsync("1002");
        await world.Engine.RunAsync();

        Assert.NotEqual(await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));
        Assert.Equal(2, (await world.ResourcesAsync(await world.RecordOfAsync("1002"), "Encounter")).Count);
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_WhenTheSourceMergesAnew_IsOver()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.AdmitAsync("1002", "V2");
        await world.MergeAsync("1001", "1002");
        await world.UnmergeAsync("1002");

        await world.MergeAsync("1001", "1002");

        Assert.Equal(await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));
        Assert.Equal(2, (await world.ResourcesAsync(await world.RecordOfAsync("1001"), "Encounter")).Count);
        Assert.Equal(["patient.merged", "patient.unmerged", "patient.merged"], (await world.Engine.Store.EventTypesAsync()).Where(type => type.Contains("merged", StringComparison.Ordinal)));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_OfAChain_TakesOutTheNamedNumberAlone()
    {
        await using var world = await UnmergeWorld.StartAsync();
        foreach (var number in new[] { "1001", "1002", "1003" })
        {
            await world.AdmitAsync(number, "V" + number);
        }

        var (a, b, c) = (await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"), await world.RecordOfAsync("1003"));
        var first = await world.MergeAsync("1002", "1001");
        await world.MergeAsync("1003", "1002");

        await world.UnmergeAsync("1002");
        await world.ReplayAsync(first);

        Assert.Equal((c, b, c), (await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"), await world.RecordOfAsync("1003")));
        Assert.Equal((c, null), ((await world.SummaryAsync(a)).MergedInto, (await world.SummaryAsync(b)).MergedInto));
        Assert.Equal(2, (await world.ResourcesAsync(c, "Encounter")).Count);
        Assert.Single(await world.ResourcesAsync(b, "Encounter"));

        await world.UnmergeAsync("1001");
        Assert.Equal((a, null), (await world.RecordOfAsync("1001"), (await world.SummaryAsync(a)).MergedInto));
        await world.ReplayAsync(first);
        Assert.Equal((a, b), (await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002")));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_OfBothNumbersOfAChain_UndoesTheLastMergeOnly()
    {
        await using var world = await UnmergeWorld.StartAsync();
        foreach (var number in new[] { "1001", "1002", "1003" })
        {
            await world.AdmitAsync(number, "V" + number);
        }

        var (a, b) = (await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));
        await world.MergeAsync("1002", "1001");
        await world.MergeAsync("1003", "1002");

        await world.UnmergeAsync("1001", "1002");

        Assert.Equal((b, b), (await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002")));
        Assert.Equal((b, null), ((await world.SummaryAsync(a)).MergedInto, (await world.SummaryAsync(b)).MergedInto));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_OfTheNumberThatFoundedTheRecord_LeavesItTheRecord()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.AdmitAsync("1002", "V2");
        var (a, b) = (await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));
        await world.MergeAsync("1001", "1002");

        var done = Assert.IsType<UnmergeResult.Done>(await world.UnmergeAsync("1001"));

        Assert.Equal((a, b), (done.PatientId, done.UnmergedPatientId));
        Assert.Equal((a, b), (await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002")));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_OfNumbersJoinedByAResidentId_StaysAgainstTheRule()
    {
        const string Card = "11010519491231002X";
        await using var world = await UnmergeWorld.StartAsync();
        static string Person(string number) => $"PID|1||{number}^^^HIS^MR~{Card}^^^PRC^NI||王芳||19491231|F";
        await world.SendAsync("ADT^A01", Person("1001"), UnmergeWorld.Visit("V1"));
        await world.SendAsync("ADT^A01", Person("1002"), UnmergeWorld.Visit("V2"));
        Assert.Equal(await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));

        var done = Assert.IsType<UnmergeResult.Done>(await world.UnmergeAsync("1002"));
        var later = await world.SendAsync("ADT^A08", Person("1002"));

        Assert.Equal([UnmergeWorld.Key("1002")], done.Identities);
        Assert.Equal(done.UnmergedPatientId, later.PatientId);
        Assert.Contains(later.Issues, issue => issue.Code == IntegrationErrorCode.PatientsKeptApart);
        Assert.NotEqual(await world.RecordOfAsync("1001"), await world.RecordOfAsync("1002"));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_OfNumbersThatCameTogether_TakesBothAlong()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.SendAsync("ADT^A01", UnmergeWorld.Pid("1002", more: "~9002^^^HIS^PI"), UnmergeWorld.Visit("V2"));
        await world.MergeAsync("1001", "1002");
        await world.SendAsync("ADT^A08", UnmergeWorld.Pid("1002", more: "~7002^^^HIS^PI"));   // brought by the number that goes

        var done = Assert.IsType<UnmergeResult.Done>(await world.UnmergeAsync("9002"));

        Assert.Equal(["1002", "7002", "9002"], done.Identities.Select(key => key.Split('|')[1]).Order(StringComparer.Ordinal));
        await world.VerifyAsync();
    }

    [Fact]
    public async Task Unmerge_Twice_SaysThatTheNumberIsNotOfTheRecord()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.AdmitAsync("1002", "V2");
        await world.MergeAsync("1001", "1002");
        var survivor = await world.RecordOfAsync("1001");
        await world.UnmergeAsync("1002");
        var before = await world.DumpAsync();

        var again = await world.Unmerging.UnmergeAsync(survivor, [UnmergeWorld.Key("1002")], "tests", "again", CancellationToken.None);

        Assert.Equal(new UnmergeResult.Refused(UnmergeRefusal.NotOfPatient), again);
        Assert.Equal(before, await world.DumpAsync());
        Assert.Single(await world.Engine.Store.EventsAsync(), e => e.Type == "patient.unmerged");
    }

    [Fact]
    public async Task Unmerge_OfWhatWasNeverMerged_IsRefused()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.SendAsync("ADT^A01", UnmergeWorld.Pid("1001", more: "~9001^^^HIS^PI"), UnmergeWorld.Visit("V1"));

        Assert.Equal(new UnmergeResult.Refused(UnmergeRefusal.NeverMerged), await world.UnmergeAsync("9001"));
        Assert.Equal(new UnmergeResult.Refused(UnmergeRefusal.NoPatient), await world.Unmerging.UnmergeAsync("nobody", ["a|b"], "tests", "", CancellationToken.None));
    }

    [Fact]
    public async Task Unmerge_WhenDone_TellsOnceAndStandsInTheAudit()
    {
        await using var world = await UnmergeWorld.StartAsync();
        await world.AdmitAsync("1001", "V1");
        await world.AdmitAsync("1002", "V2");
        await world.MergeAsync("1001", "1002");

        var done = Assert.IsType<UnmergeResult.Done>(await world.UnmergeAsync("1002"));

        var told = Assert.Single(await world.Engine.Store.EventsAsync(), e => e.Type == "patient.unmerged");
        Assert.Equal(($"patients/{done.PatientId}", done.PatientId, done.UnmergedPatientId), (told.Subject, told.PatientId, (string)told.Data["unmergedPatientId"]!));
        var audit = await world.Engine.Store.QueryAsync(new DocumentQuery(Collections.Audit), CancellationToken.None);
        var entry = Collections.Audit.Read(Assert.Single(audit.Documents));
        Assert.Equal(("tests", "patient.unmerge", $"patients/{done.PatientId}", "wrong merge"), (entry.Actor, entry.Action, entry.Target, entry.Reason));
    }
}
