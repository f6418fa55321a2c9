using Integration.Core.Mapping.Versions;
using Integration.Core.Origins;
using Integration.Core.Storage;
using Integration.Tests.Mapping;
using Integration.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Origins;

public sealed class ResourceOriginsTests : IDisposable
{
    private const string SexFile = "hl7v2/codesystems/AdministrativeSex.yaml";

    private readonly MappingsCopy _copy = new();

    [Fact]
    public async Task Of_ValuesThatSeveralMessagesBrought_NamesTheMessageAndThePlaceOfEach()
    {
        await using var engine = await StartAsync();
        var first = await engine.SendAsync(Patient(1, "李四^^^^^^L", "13800138000"));
        var second = await engine.SendAsync(Patient(2, "李四^^^^^^L", "13900139000"));
        await engine.SendAsync(Patient(3, "李四^^^^^^L", "13900139000"));

        var origins = await OriginsAsync(engine, first.Changes[0].Id);

        Assert.Equal((1, first.Id, "PID-5.1"), Told(origins["Patient.name[0].family"]));
        Assert.Equal((2, second.Id, "PID-13.1"), Told(origins["Patient.telecom[0].value"]));
        Assert.Equal("XTN-ContactPoint", origins["Patient.telecom[0].value"].Explained!.Rules[0].Map);
        Assert.Equal("AdministrativeSex", origins["Patient.gender"].Explained!.CodeMap);
        Assert.DoesNotContain(origins.Keys, path => path is "Patient.id" or "Patient.resourceType" || path.StartsWith("Patient.meta", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_ValueWhoseListGrewInFrontOfIt_StaysWithItsMessage()
    {
        await using var engine = await StartAsync();
        var first = await engine.SendAsync(Patient(1, "李四^^^^^^L", "13800138000"));
        var second = await engine.SendAsync(Patient(2, "Li^Si^^^^^L^A~李四^^^^^^L", "13800138000"));

        var origins = await OriginsAsync(engine, first.Changes[0].Id);

        var family = origins.Values.Single(o => o.Path.EndsWith(".family", StringComparison.Ordinal) && (string)o.Value! == "李四");
        Assert.Equal((1, first.Id, "PID-5.1"), Told(family));
        var pinyin = origins.Values.Single(o => o.Path.EndsWith(".family", StringComparison.Ordinal) && (string)o.Value! == "Li");
        Assert.Equal((2, second.Id, "PID-5.1"), Told(pinyin));
    }

    [Fact]
    public async Task Of_ValueMappedByEarlierMappings_IsExplainedByThose()
    {
        await using var engine = await StartAsync();
        var reload = engine.Services.GetRequiredService<MappingReload>();
        _copy.Change(SexFile, text => text + "  W: female\n");
        await reload.ReloadAsync(CancellationToken.None);
        var sent = await engine.SendAsync(OperationsEngine.Adt(1, "P1", "W"));
        _copy.Change(SexFile, text => text.Replace("  W: female\n", "", StringComparison.Ordinal));
        await reload.ReloadAsync(CancellationToken.None);

        var gender = (await OriginsAsync(engine, sent.Changes[0].Id))["Patient.gender"];

        Assert.Equal(("female", "PID-8"), ((string?)gender.Value, Assert.Single(gender.Explained!.Sources).Path));
        Assert.NotEqual(reload.Status.Active.Version, gender.Provenance.MappingVersion);
    }

    [Fact]
    public async Task Of_ResourceWhoseMessageIsGone_StillNamesItsFeedAndTime()
    {
        await using var engine = await StartAsync();
        var sent = await engine.SendAsync(Patient(1, "李四", "13800138000"));
        var batch = new WriteBatch();
        batch.Add(Collections.Messages.Delete(sent.Id));
        Assert.IsType<CommitResult.Committed>(await engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));

        var origins = await OriginsAsync(engine, sent.Changes[0].Id);

        Assert.All(origins.Values, origin => Assert.Equal(
            (null, UnexplainedValue.MessageGone, "his", sent.Id), (origin.Explained, origin.Unexplained, origin.Provenance.Feed, origin.Provenance.MessageId)));
        Assert.NotEmpty(origins);
    }

    public void Dispose() => _copy.Dispose();

    private async Task<TestEngine> StartAsync()
    {
        var engine = await TestEngine.StartAsync(_ => { }, ("Engine:MappingsFolder", _copy.Folder));
        await engine.Services.GetRequiredService<MappingReload>().NumberAsync(CancellationToken.None);
        return engine;
    }

    private static string Patient(int number, string name, string phone) =>
        $"MSH|^~\\&|HIS|EAST|||2026030{number}||ADT^A08|O{number}|P|2.4\rPID|1||O1^^^HIS||{name}||19800101|2|||||{phone}\r";

    private static async Task<Dictionary<string, OriginOfValue>> OriginsAsync(TestEngine engine, string reference)
    {
        var resource = await engine.Records.GetResourceAsync(reference, CancellationToken.None);
        return (await engine.Services.GetRequiredService<ResourceOrigins>().OfAsync(resource!, CancellationToken.None)).ToDictionary(o => o.Path);
    }

    private static (int Version, string Message, string Place) Told(OriginOfValue origin) =>
        (origin.Version, origin.Provenance.MessageId, Assert.Single(origin.Explained!.Sources).Path);
}
