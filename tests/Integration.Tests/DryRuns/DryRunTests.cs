using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Storage;
using Integration.Tests.Events;
using Integration.Tests.FollowUps;
using Integration.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.DryRuns;

public sealed class DryRunTests
{
    [Fact]
    public async Task RunAsync_UnknownPatient_ShowsANewRecordAndWritesNothing()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(OperationsEngine.Adt(1, "P1"));
        var before = await EverythingAsync(engine);

        var result = await RunAsync(engine, OperationsEngine.Adt(2, "P2"));

        Assert.Null(result.Record!.PatientId);
        var patient = Assert.Single(result.Record.Changes, change => change.Reference.StartsWith("Patient/", StringComparison.Ordinal));
        Assert.Equal("created", patient.Action);
        Assert.Contains(patient.Elements, e => e.Path == "Patient.name[0].family" && e.Before is null && e.After!.GetValue<string>() == "王");
        Assert.Equal(before, await EverythingAsync(engine));
    }

    [Fact]
    public async Task RunAsync_KnownPatient_ShowsOnlyWhatWouldChange()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(OperationsEngine.Adt(1, "P1", "F"));
        var known = await engine.PatientAsync("P1");
        var before = await EverythingAsync(engine);

        var result = await RunAsync(engine, OperationsEngine.Adt(2, "P1", "M"));

        Assert.Equal(known.Id, result.Record!.PatientId);
        var change = Assert.Single(result.Record.Changes);
        Assert.Equal("updated", change.Action);
        var element = Assert.Single(change.Elements);
        Assert.Equal(("Patient.gender", "female", "male"), (element.Path, element.Before!.GetValue<string>(), element.After!.GetValue<string>()));
        Assert.Equal(before, await EverythingAsync(engine));
    }

    [Fact]
    public async Task RunAsync_ThenSent_DidWhatItSaid()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(OperationsEngine.Adt(1, "P1", "F"));

        var said = Assert.Single((await RunAsync(engine, OperationsEngine.Adt(2, "P1", "M"))).Record!.Changes);
        await engine.SendAsync(OperationsEngine.Adt(2, "P1", "M"));

        var stored = await engine.Records.GetResourceAsync(said.Reference, CancellationToken.None);
        Assert.Equal(stored!.Resource.ToJsonString(), said.Resource.ToJsonString());
    }

    [Fact]
    public async Task RunAsync_CriticalResult_ShowsEventsAndDueWork_AndRaisesAndPlansNothing()
    {
        await using var hospital = await FollowUpEngine.StartAsync("2026-03-16 08:05");
        hospital.Keep("critical-result");
        var engine = hospital.Engine;
        string[] result =
        [
            "MSH|^~\\&|LIS|EAST|||20260316080000||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8", "PID|1||P1^^^HIS||王^芳||19800203|F",
            "OBR|1||R1|K^血钾|||20260316080000|||||||||||||||20260316080000|||F", "OBX|1|NM|K^血钾||6.9|mmol/L|3.5-5.3|HH|||F|||20260316080000",
        ];
        var before = await EverythingAsync(engine);

        var said = (await RunAsync(engine, result)).Record!;

        Assert.Equal(before, await EverythingAsync(engine));
        var planned = Assert.Single(said.FollowUps);
        Assert.True(planned.IsNew);
        Assert.Equal("critical-result", planned.Work.Rule);
        await engine.SendAsync(result);
        Assert.Equal((await engine.Store.EventsAsync()).Select(e => e.Type), said.Events.Select(e => e.Type));
        Assert.Contains("result.critical", said.Events.Select(e => e.Type));
        var stored = Assert.Single(await hospital.WorkAsync());
        Assert.Equal((stored.State, stored.DueAt, stored.Subject), (planned.Work.State, planned.Work.DueAt, planned.Work.Subject));
    }

    [Fact]
    public async Task RunAsync_NoIdentifier_SaysWhyItWouldBeRefused()
    {
        await using var engine = await TestEngine.StartAsync();

        var result = await RunAsync(engine, "MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A08|1|P|2.5.1", "PID|1||||王^芳");

        Assert.Null(result.Record);
        Assert.Contains(result.Issues, issue => issue.Severity == IssueSeverity.Error && issue.Code == IntegrationErrorCode.IdentifierMissing && issue.Place == "PID-3");
    }

    [Fact]
    public async Task RunAsync_NoMessage_SaysSo()
    {
        await using var engine = await TestEngine.StartAsync();

        var result = await RunAsync(engine, "hello");

        Assert.True(result.Explanation.IsRefused);
        Assert.Empty(result.Explanation.Resources);
    }

    [Fact]
    public async Task RunAsync_Attachment_IsNotKept()
    {
        await using var engine = await TestEngine.StartAsync();
        var data = Convert.ToBase64String(new byte[400_000]);
        var before = await EverythingAsync(engine);

        var result = await RunAsync(engine,
            "MSH|^~\\&|LIS|EAST|||20260316080000||ORU^R01|1|P|2.5.1", "PID|1||P1^^^HIS||王^芳", "OBR|1|O1|F1|X^Report", $"OBX|1|ED|X^Report||^application^pdf^Base64^{data}||||||F");

        Assert.NotNull(result.Record);
        Assert.Equal(before, await EverythingAsync(engine));
    }

    private static ValueTask<DryRunResult> RunAsync(TestEngine engine, params string[] segments) => engine.Services.GetRequiredService<DryRun>()
        .RunAsync(Encoding.UTF8.GetBytes(string.Join('\r', segments) + "\r"), "hl7v2", "his", CancellationToken.None);

    /// <summary>Every document of every collection, with its version.</summary>
    private static async Task<List<string>> EverythingAsync(TestEngine engine)
    {
        var all = new List<string>();
        foreach (var collection in Collections.All)
        {
            await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(collection) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = 1000 }, CancellationToken.None))
            {
                all.Add($"{collection.Name} {stored.Id} {stored.Version} {Encoding.UTF8.GetString(stored.Json.Span)}");
            }
        }

        return all;
    }
}
