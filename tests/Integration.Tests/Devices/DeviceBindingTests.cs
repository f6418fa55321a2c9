using Integration.Core.Audit;
using Integration.Core.Devices;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Operations;
using Integration.Tests.SqlAdapter;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Devices;

/// <summary>Whose a reading is when only its device is known.</summary>
public sealed class DeviceBindingTests
{
    [Fact]
    public async Task BedMovesAtTen_ReadingsGoByTheirOwnTime()
    {
        await using var engine = await DeviceTests.StartAsync();
        var (p1, p2) = (await engine.AdmitAsync("10001"), await engine.AdmitAsync("10002"));
        Assert.Equal(BindingOutcome.Done, await engine.BindAsync("BED-12", p1, DeviceTests.Ten.AddHours(-5)));
        Assert.Equal(BindingOutcome.Done, await engine.BindAsync("BED-12", p2, DeviceTests.Ten));

        await engine.PostAsync(DeviceTests.Reading("BED-12", "hr", "101", "/min", "2026-03-01T10:01:00+08:00"));
        await engine.PostAsync(DeviceTests.Reading("BED-12", "hr", "99", "/min", "2026-03-01T09:59:00+08:00"));
        await engine.PostAsync(DeviceTests.Reading("BED-12", "hr", "100", "/min", "2026-03-01T10:00:00+08:00"));

        var byPatient = (await engine.ResourcesAsync("Observation")).ToLookup(o => o.PatientId, o => o.Resource["valueQuantity"]!["value"]!.ToJsonString());
        Assert.Equal(["99"], byPatient[p1]);
        Assert.Contains("101", byPatient[p2]);
        Assert.Equal("10002", (string?)(await engine.ResourcesAsync("Observation")).First(o => o.PatientId == p2).Resource["subject"]!["identifier"]!["value"]);
    }

    [Fact]
    public async Task Unbound_FailsWithWhatToDo_AndGoesThroughOnceBound()
    {
        await using var engine = await DeviceTests.StartAsync();
        var patient = await engine.AdmitAsync("10001");
        var answer = await engine.PostAsync(DeviceTests.Reading("BED-12", "hr", "72", "/min", "2026-03-01T10:01:00+08:00"));

        var failed = await engine.MessageAsync(answer);
        Assert.Equal((MessageState.Failed, IntegrationErrorCode.DeviceNotBound), (failed.State, failed.Issues[^1].Code));

        await engine.BindAsync("BED-12", patient, DeviceTests.Ten);
        await engine.Services.GetRequiredService<MessageActions>().ReplayAsync(failed.Id, "tester", "bound now", CancellationToken.None);
        await engine.RunAsync();

        Assert.Equal(patient, Assert.Single(await engine.ResourcesAsync("Observation")).PatientId);
    }

    [Fact]
    public async Task Bind_UnknownPatientOrIntoALaterPeriod_IsRefused_EachChangeIsAudited()
    {
        await using var engine = await DeviceTests.StartAsync();
        var patient = await engine.AdmitAsync("10001");

        Assert.Equal(BindingOutcome.NoPatient, await engine.BindAsync("d1", "nobody", DeviceTests.Ten));
        Assert.Equal(BindingOutcome.Done, await engine.BindAsync("d1", patient, DeviceTests.Ten));
        Assert.Equal(BindingOutcome.Overlap, await engine.BindAsync("d1", patient, DeviceTests.Ten.AddHours(-2)));
        Assert.Equal(BindingOutcome.Done, await engine.BindAsync("d1", patient, DeviceTests.Ten.AddHours(-2), DeviceTests.Ten));
        Assert.Equal(BindingOutcome.Done, await engine.Services.GetRequiredService<DeviceBindings>().ReleaseAsync("d1", DeviceTests.Ten.AddHours(1), "tester", "end", CancellationToken.None));
        Assert.Equal(BindingOutcome.NotBound, await engine.Services.GetRequiredService<DeviceBindings>().ReleaseAsync("d1", DeviceTests.Ten.AddHours(1), "tester", "end", CancellationToken.None));

        var entries = (await engine.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(Target: "devices/d1"), CancellationToken.None)).Entries;
        Assert.Equal([AuditActions.ReleaseDevice, AuditActions.BindDevice, AuditActions.BindDevice], entries.Select(e => e.Action));
    }

    [Fact]
    public void AnyChanges_PeriodsNeverOverlap()
    {
        var random = new Random(48);
        var document = new DeviceBindingDocument { Id = "d" };
        for (var round = 0; round < 5000; round++)
        {
            var from = DeviceTests.Ten.AddMinutes(random.Next(500));
            DateTimeOffset? to = random.Next(2) == 0 ? null : from.AddMinutes(random.Next(1, 100));
            var before = document;
            document = (random.Next(3) == 0 ? document.Released(from) : document.Bound(new DeviceBinding($"p{random.Next(9)}", "a|b", from, to, "t", from))) ?? document;

            Assert.All(document.Periods.Zip(document.Periods.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From));
            Assert.All(document.Periods, period => Assert.True(period.To is null || period.From < period.To));
            document = random.Next(200) == 0 ? before with { Periods = [] } : document;
        }
    }
}
