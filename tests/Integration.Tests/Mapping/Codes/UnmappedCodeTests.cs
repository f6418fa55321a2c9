using Integration.Core.Audit;
using Integration.Core.Intake;
using Integration.Core.Mapping.Codes;
using Integration.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Mapping.Codes;

public sealed class UnmappedCodeTests : IDisposable
{
    private readonly MappingsCopy _copy = new();

    [Fact]
    public async Task List_CodeSentByManyMessages_IsOneEntryWithItsCount()
    {
        await using var engine = await StartAsync();
        for (var i = 1; i <= 4; i++)
        {
            await engine.SendAsync(OperationsEngine.Adt(i, $"P{i}", i == 4 ? "Q8" : "Q7"));
        }

        var entries = await ListAsync(engine);

        var q7 = entries.Single(entry => entry.Document.Code == "Q7");
        Assert.Equal((3L, "AdministrativeSex", "his", "PID-8"), (q7.Count, q7.Document.CodeMap, q7.Document.Feed, q7.Document.Place));
        Assert.Equal(3, q7.Samples.Count);
        Assert.Equal(1, entries.Single(entry => entry.Document.Code == "Q8").Count);
    }

    [Fact]
    public async Task MapAsync_Code_RunsTheMessagesAgainAndTheCountIsZero()
    {
        await using var engine = await StartAsync();
        for (var i = 1; i <= 5; i++)
        {
            await engine.SendAsync(OperationsEngine.Adt(i, $"P{i}", "Q7"));
        }

        var entry = Assert.Single(await ListAsync(engine));
        var done = Assert.IsType<CodeMappingResult.Done>(await MapAsync(engine, entry.Document.Id, "female"));
        await engine.FinishOperationsAsync();

        Assert.Equal(5, done.Replay.Total);
        Assert.Empty(await ListAsync(engine));
        Assert.Equal("female", (await engine.PatientAsync("P3")).Demographics.Gender);
        Assert.Equal("codes:\n  'Q7': 'female'\n", _copy.Read("sites/his/codesystems/AdministrativeSex.yaml"));
        Assert.Equal("female", (await engine.Services.GetRequiredService<UnmappedCodeStore>().GetAsync(entry.Document.Id, CancellationToken.None))!.Value.Entry.Document.MappedTo);
        var (audit, _) = await engine.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(Target: entry.Document.Id), CancellationToken.None);
        Assert.Equal((AuditActions.MapCode, "tester"), (Assert.Single(audit).Action, audit[0].Actor));
    }

    /// <summary>Whoever maps a code must know what it was called and in which system: also where a rule reads the code alone out of a CWE.</summary>
    [Fact]
    public async Task List_CodeInsideACodedValue_KeepsItsWordsAndItsSystem()
    {
        await using var engine = await StartAsync();

        await engine.SendAsync(
            "MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A08|1|P|2.5.1", "EVN|A08|20260316080000", "PID|1||P1^^^HIS^MR||王^芳||19800203|F||||||||M9^再婚登记^HIS-MAR^M8^别称^OTHER");

        var entry = (await ListAsync(engine)).Single(entry => entry.Document.CodeMap == "MaritalStatus");
        Assert.Equal(("M9", "再婚登记", "HIS-MAR", "PID-16.1"), (entry.Document.Code, entry.Document.Text, entry.Document.System, entry.Document.Place));
    }

    [Fact]
    public async Task MapAsync_RefusingCodeMap_BringsFailedMessagesThrough()
    {
        _copy.Change("hl7v2/codesystems/AdministrativeSex.yaml", text => text.Replace("default: unknown", "unmapped: refuse", StringComparison.Ordinal));
        await using var engine = await StartAsync();
        for (var i = 1; i <= 37; i++)
        {
            Assert.Equal(MessageState.Failed, (await engine.SendAsync(OperationsEngine.Adt(i, $"P{i}", "Q7"))).State);
        }

        var entry = Assert.Single(await ListAsync(engine));
        Assert.Equal(37, entry.Count);
        Assert.IsType<CodeMappingResult.Done>(await MapAsync(engine, entry.Document.Id, "female"));
        await engine.FinishOperationsAsync();

        Assert.Equal((0, 37), (engine.Tally.Total(MessageState.Failed), engine.Tally.Total(MessageState.Done)));
        Assert.Empty(await ListAsync(engine));
    }

    [Fact]
    public async Task MapAsync_TargetThatFhirForbids_ChangesNothing()
    {
        await using var engine = await StartAsync();
        await engine.SendAsync(OperationsEngine.Adt(1, "P1", "Q7"));
        var entry = Assert.Single(await ListAsync(engine));

        var refused = Assert.IsType<CodeMappingResult.Refused>(await MapAsync(engine, entry.Document.Id, "womann"));

        Assert.All(refused.Problems, problem => Assert.Contains("womann", problem.Text, StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(_copy.Folder, "sites", "his", "codesystems", "AdministrativeSex.yaml")));
        Assert.Single(await ListAsync(engine));
    }

    [Fact]
    public async Task MapAsync_UnknownId_SaysSo()
    {
        await using var engine = await StartAsync();

        Assert.IsType<CodeMappingResult.Unknown>(await MapAsync(engine, "code-0", "female"));
    }

    [Fact]
    public async Task UnreadReport_ZSegment_IsCountedByField()
    {
        await using var engine = await StartAsync();
        for (var i = 1; i <= 3; i++)
        {
            await engine.SendAsync([.. OperationsEngine.Adt(i, $"P{i}"), "ZPD|1||||||x"]);
        }

        var summary = await engine.Services.GetRequiredService<UnreadReport>().CountAsync("his", 100, CancellationToken.None);

        Assert.Equal(3, summary.Looked);
        Assert.Equal(3, summary.Places.Single(place => place.Place == "ZPD-7").Messages);
    }

    public void Dispose() => _copy.Dispose();

    private static async Task<IReadOnlyList<UnmappedCodeEntry>> ListAsync(TestEngine engine) =>
        (await engine.Services.GetRequiredService<UnmappedCodeStore>().ListAsync(null, null, onlyOpen: true, 50, null, CancellationToken.None)).Entries;

    private static ValueTask<CodeMappingResult> MapAsync(TestEngine engine, string id, string target) =>
        engine.Services.GetRequiredService<CodeMapping>().MapAsync(id, new CodeTarget(target), "tester", "", CancellationToken.None);

    private Task<TestEngine> StartAsync() => TestEngine.StartAsync(_ => { }, ("Engine:MappingsFolder", _copy.Folder));
}
