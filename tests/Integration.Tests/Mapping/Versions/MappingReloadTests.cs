using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Versions;
using Integration.Core.Operations;
using Integration.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Mapping.Versions;

public sealed class MappingReloadTests : IDisposable
{
    private const string SexFile = "hl7v2/codesystems/AdministrativeSex.yaml";

    private readonly MappingsCopy _copy = new();

    [Fact]
    public async Task LookAsync_ChangedFile_IsInUseForTheNextMessage()
    {
        await using var engine = await StartAsync();
        var before = await engine.SendAsync(OperationsEngine.Adt(1, "P1", "W"));
        _copy.Change(SexFile, text => text + "  W: female\n");

        await LookUntilAtRestAsync(engine);
        var after = await engine.SendAsync(OperationsEngine.Adt(2, "P2", "W"));

        Assert.NotEqual(before.MappingVersion, after.MappingVersion);
        Assert.Equal("female", (await engine.PatientAsync("P2")).Demographics.Gender);
        var status = Reload(engine).Status;
        Assert.Equal((2L, after.MappingVersion), (status.Active.Number, status.Active.Version));
        Assert.Null(status.Refused);
    }

    [Fact]
    public async Task LookAsync_StoredResource_NamesTheVersionItWasMappedWith()
    {
        await using var engine = await StartAsync();
        _copy.Change(SexFile, text => text + "  W: female\n");
        await LookUntilAtRestAsync(engine);

        var sent = await engine.SendAsync(OperationsEngine.Adt(2, "P2", "W"));

        var resource = await engine.Records.GetResourceAsync(sent.Changes[0].Id, CancellationToken.None);
        Assert.Equal(Reload(engine).Status.Active.Version, resource!.Provenance.MappingVersion);
    }

    [Fact]
    public async Task LookAsync_BrokenFile_KeepsTheOldOneAndSaysWhere()
    {
        await using var engine = await StartAsync();
        var good = Reload(engine).Status.Active;
        _copy.Change(SexFile, text => text + "  W: womann\n");

        await LookUntilAtRestAsync(engine);
        var sent = await engine.SendAsync(OperationsEngine.Adt(2, "P2", "F"));

        Assert.Equal(good.Version, sent.MappingVersion);
        Assert.All(Reload(engine).Status.Refused!.Problems, problem => Assert.Matches(@"^mappings/hl7v2/codesystems/AdministrativeSex\.yaml:\d+:\d+$", problem.Place));
    }

    [Fact]
    public async Task LookAsync_ChangedMatchRules_HoldForTheNextMessage_AndBrokenOnesDoNot()
    {
        const string Rules = "identity/match-rules.yaml";
        await using var engine = await StartAsync();
        await engine.SendAsync(OperationsEngine.Adt(1, "P1"));
        var text = _copy.Read(Rules);

        _copy.Change(Rules, _ => "notPersonal: [MR]\n");
        await LookUntilAtRestAsync(engine);
        var refused = await engine.SendAsync(OperationsEngine.Adt(2, "P2"));
        var number = Reload(engine).Status.Active.Number;
        _copy.Change(Rules, _ => "notPersonal: []\nunknown: 1\n");
        await LookUntilAtRestAsync(engine);
        var stillRefused = await engine.SendAsync(OperationsEngine.Adt(3, "P3"));

        Assert.Equal(2L, number);
        Assert.Equal((MessageState.Failed, MessageState.Failed), (refused.State, stillRefused.State));
        var problem = Assert.Single(Reload(engine).Status.Refused!.Problems);
        Assert.Equal(("mappings/identity/match-rules.yaml:2:1", "Unknown key 'unknown'."), (problem.Place, problem.Text));

        _copy.Change(Rules, _ => text);
        await LookUntilAtRestAsync(engine);
        Assert.Equal(MessageState.Done, (await engine.SendAsync(OperationsEngine.Adt(4, "P4"))).State);
        Assert.Equal(1L, Reload(engine).Status.Active.Number);
    }

    [Fact]
    public async Task LookAsync_BrokenFileRestored_ForgetsTheReason()
    {
        await using var engine = await StartAsync();
        var text = _copy.Read(SexFile);
        _copy.Change(SexFile, _ => "codes: [");
        await LookUntilAtRestAsync(engine);
        Assert.NotNull(Reload(engine).Status.Refused);

        _copy.Change(SexFile, _ => text);
        await LookUntilAtRestAsync(engine);

        Assert.Null(Reload(engine).Status.Refused);
    }

    [Fact]
    public async Task LookAsync_FileStillGrowing_IsNotRead()
    {
        await using var engine = await StartAsync();
        await LookUntilAtRestAsync(engine);
        var watch = Watch(engine);

        for (var i = 0; i < 5; i++)
        {
            _copy.Change(SexFile, text => text + $"  W{i}: female\n");
            await watch.LookAsync(CancellationToken.None);
            Assert.Equal(1, Reload(engine).Status.Active.Number);
        }

        await watch.LookAsync(CancellationToken.None);
        await watch.LookAsync(CancellationToken.None);
        Assert.Equal(2, Reload(engine).Status.Active.Number);
    }

    [Fact]
    public async Task ReloadAsync_OldFilesAgain_HaveTheirOldNumber()
    {
        await using var engine = await StartAsync();
        var text = _copy.Read(SexFile);
        await Reload(engine).NumberAsync(CancellationToken.None);
        _copy.Change(SexFile, old => old + "  W: female\n");
        Assert.Equal(2, (await Reload(engine).ReloadAsync(CancellationToken.None)).Active.Number);

        _copy.Change(SexFile, _ => text);

        Assert.Equal(1, (await Reload(engine).ReloadAsync(CancellationToken.None)).Active.Number);
    }

    [Fact]
    public async Task FindAsync_VersionOfAMessage_GivesFilesThatCompileToIt()
    {
        await using var engine = await StartAsync();
        await Reload(engine).NumberAsync(CancellationToken.None);
        var sent = await engine.SendAsync(OperationsEngine.Adt(1, "P1"));
        _copy.Change(SexFile, text => text + "  W: female\n");
        await Reload(engine).ReloadAsync(CancellationToken.None);

        var files = await engine.Services.GetRequiredService<MappingVersionStore>().FindAsync(sent.MappingVersion!, CancellationToken.None);

        Assert.Equal(sent.MappingVersion, MappingLoader.Load(files!).Mapper!.VersionOf("his"));
    }

    [Fact]
    public async Task ReplayAsync_EarlierVersion_MapsAsItDidThen()
    {
        await using var engine = await StartAsync();
        await Reload(engine).NumberAsync(CancellationToken.None);
        var first = await engine.SendAsync(OperationsEngine.Adt(1, "P1", "W"));
        _copy.Change(SexFile, text => text + "  W: female\n");
        await Reload(engine).ReloadAsync(CancellationToken.None);
        var second = await engine.SendAsync(OperationsEngine.Adt(2, "P2", "W"));
        Assert.Equal("female", (await engine.PatientAsync("P2")).Demographics.Gender);

        Assert.IsType<ActionResult.Done>(await engine.Actions().ReplayAsync(second.Id, first.MappingVersion, "tests", "", CancellationToken.None));
        await engine.RunAsync();

        Assert.Equal("unknown", (await engine.PatientAsync("P2")).Demographics.Gender);
        var replayed = (await engine.Journal.GetAsync(second.Id, withRaw: false, CancellationToken.None))!.Value.Message;
        Assert.Equal((first.MappingVersion, null), (replayed.MappingVersion, replayed.MapWith));

        Assert.IsType<ActionResult.Done>(await engine.Actions().ReplayAsync(second.Id, "tests", "", CancellationToken.None));
        await engine.RunAsync();
        Assert.Equal("female", (await engine.PatientAsync("P2")).Demographics.Gender);
    }

    [Fact]
    public async Task ReloadAsync_FolderOfNoFeed_IsRefused()
    {
        await using var engine = await StartAsync();
        _copy.Write("sites/nobody/codesystems/AdministrativeSex.yaml", "codes:\n  W: female\n");

        var status = await Reload(engine).ReloadAsync(CancellationToken.None);

        Assert.Equal("mappings/sites/nobody", Assert.Single(status.Refused!.Problems).Place);
    }

    public void Dispose() => _copy.Dispose();

    private static MappingReload Reload(TestEngine engine) => engine.Services.GetRequiredService<MappingReload>();

    private static MappingWatch Watch(TestEngine engine) => ActivatorUtilities.CreateInstance<MappingWatch>(engine.Services, NullLogger<MappingWatch>.Instance);

    private static async Task LookUntilAtRestAsync(TestEngine engine)
    {
        var watch = Watch(engine);
        await watch.LookAsync(CancellationToken.None);
        await watch.LookAsync(CancellationToken.None);
    }

    private async Task<TestEngine> StartAsync()
    {
        var engine = await TestEngine.StartAsync(_ => { }, ("Engine:MappingsFolder", _copy.Folder));
        Reload(engine);   // reads the mappings as they are before the test changes them
        return engine;
    }
}
