using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Mpps;
using Integration.Adapters.Dicom.Network;
using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Integration.Tests.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Dicom;

/// <summary><c>Dicom.Mpps</c>: what a device tells of an examination, in over a socket, and one Procedure in the record.</summary>
public sealed class PerformedStepTests : IAsyncLifetime
{
    private const string Step = "1.2.840.99.7";

    private TestEngine _engine = null!;
    private DicomMppsAdapter _adapter = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await TestEngine.StartAsync(_ => { });
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Exam_BegunAndCompleted_IsOneProcedureAndOneEventEach()
    {
        await using var caller = await AssociateAsync();
        Assert.Equal(0, await CreateAsync(caller, Begun()));
        await _engine.RunAsync();
        var begun = await ProcedureAsync();
        Assert.Equal(0, await SetAsync(caller, Ended("COMPLETED")));
        await _engine.RunAsync();
        var completed = await ProcedureAsync();

        Assert.Equal("in-progress", (string?)begun["status"]);
        Assert.Equal("completed", (string?)completed["status"]);
        Assert.Equal("胸部平扫", (string?)completed["code"]!["text"]);
        Assert.Equal("ACC1", (string?)completed["basedOn"]![0]!["identifier"]!["value"]);
        Assert.StartsWith("2026-03-01T08:15:00", (string?)completed["performedPeriod"]!["start"], StringComparison.Ordinal);
        Assert.StartsWith("2026-03-01T08:31:00", (string?)completed["performedPeriod"]!["end"], StringComparison.Ordinal);
        Assert.Equal("赵敏", (string?)completed["performer"]![0]!["actor"]!["display"]);
        Assert.Equal("王小东", (string?)Assert.Single(await _engine.AllOfAsync("Patient")).Resource["name"]![0]!["text"]);
        var events = (await _engine.Store.EventsAsync()).Where(e => e.Type.StartsWith("exam.", StringComparison.Ordinal) || e.Type == "operation.done").Select(e => e.Type);
        Assert.Equal(["exam.started", "exam.completed"], events);
    }

    [Fact]
    public async Task Exam_BrokenOff_SaysWhy()
    {
        await using var caller = await AssociateAsync();
        Assert.Equal(0, await CreateAsync(caller, Begun()));
        Assert.Equal(0, await SetAsync(caller, Ended("DISCONTINUED").Sequence(
            0x00400281, isUndefined: false, item => item.Text(0x00080100, "SH", "110513").Text(0x00080102, "SH", "DCM").Text(0x00080104, "LO", "Discontinued for unspecified reason"))));
        await _engine.RunAsync();

        var procedure = await ProcedureAsync();
        Assert.Equal("stopped", (string?)procedure["status"]);
        Assert.Equal("Discontinued for unspecified reason", (string?)procedure["statusReason"]!["text"]);
        Assert.Contains((await _engine.Store.EventsAsync()), e => e.Type == "exam.discontinued");
    }

    [Fact]
    public async Task Step_AfterItsEnd_TakesNothingMore()
    {
        await using var caller = await AssociateAsync();
        await CreateAsync(caller, Begun());
        await SetAsync(caller, Ended("COMPLETED"));

        var late = await caller.NormalizedAsync(DimseCommand.SetRequest, PerformedStepService.SopClassUid, Step, Ended("IN PROGRESS").ToArray());

        Assert.Equal(0x0110, DicomCaller.StatusOf(late));
        Assert.Equal(0xA710, BinaryPrimitives.ReadUInt16LittleEndian(late.Find(0x00000903)!.Value.Span));   // Error ID, PS3.4 §F.7.2.2
    }

    [Fact]
    public async Task Request_ThatTheStateForbids_IsAnsweredWithItsStatus()
    {
        await using var caller = await AssociateAsync();

        Assert.Equal(0x0112, await SetAsync(caller, Ended("COMPLETED")));
        Assert.Equal(0x0120, await CreateAsync(caller, new DicomBytes().Text(DicomTag.PatientId, "LO", "P1")));
        Assert.Equal(0x0106, await CreateAsync(caller, Ended("COMPLETED")));
        Assert.Equal(0, await CreateAsync(caller, Begun()));
        Assert.Equal(0x0111, await CreateAsync(caller, Begun()));
        Assert.Equal(0x0106, await SetAsync(caller, Ended("PAUSED")));
        Assert.Equal(0x0120, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.CreateRequest, PerformedStepService.SopClassUid, "1.2.9", null)));
        Assert.Equal(0x0110, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.CreateRequest, PerformedStepService.SopClassUid, "1.2.9", [8, 0, 5, 0, 1, 2, 3, 4])));
        Assert.Equal(0x0211, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.ActionRequest, PerformedStepService.SopClassUid, Step, null)));
        Assert.Equal(0, await caller.EchoAsync());
    }

    [Fact]
    public async Task Step_WithoutAnInstanceUid_IsGivenOne()
    {
        await using var caller = await AssociateAsync();

        var created = await caller.NormalizedAsync(DimseCommand.CreateRequest, PerformedStepService.SopClassUid, "", Begun().ToArray());

        var given = Encoding.ASCII.GetString(created.Find(0x00001000)!.Value.Span).TrimEnd('\0');
        Assert.Equal(0, DicomCaller.StatusOf(created));
        Assert.StartsWith("2.25.", given, StringComparison.Ordinal);
        Assert.Equal(0, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.SetRequest, PerformedStepService.SopClassUid, given, Ended("COMPLETED").ToArray())));
    }

    [Fact]
    public async Task Attribute_WrittenTwice_CountsOnce()
    {
        await using var caller = await AssociateAsync();
        Assert.Equal(0, await CreateAsync(caller, Begun()));
        Assert.Equal(0, await SetAsync(caller, Ended("COMPLETED").Text(DicomTag.PerformedProcedureStepStatus, "CS", "DISCONTINUED")));
        await _engine.RunAsync();

        Assert.Equal("completed", (string?)(await ProcedureAsync())["status"]);
    }

    [Fact]
    public async Task Step_BegunBeforeARestart_IsCompletedAfterIt()
    {
        await using (var caller = await AssociateAsync())
        {
            Assert.Equal(0, await CreateAsync(caller, Begun()));
        }

        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await StartAsync();
        await using var next = await AssociateAsync();
        Assert.Equal(0, await SetAsync(next, Ended("COMPLETED")));
        await _engine.RunAsync();

        Assert.Equal("completed", (string?)(await ProcedureAsync())["status"]);
    }

    [Fact]
    public async Task SameNumber_OfADeviceOfAnotherHospital_IsAnotherPatient()
    {
        await using (var caller = await AssociateAsync())
        {
            await CreateAsync(caller, Begun());
        }

        await using (var other = await AssociateAsync("CT2"))
        {
            Assert.Equal(0, DicomCaller.StatusOf(await other.NormalizedAsync(DimseCommand.CreateRequest, PerformedStepService.SopClassUid, "1.2.840.99.8", Begun().ToArray())));
        }

        await _engine.RunAsync();
        var systems = (await _engine.AllOfAsync("Patient")).Select(patient => (string?)patient.Resource["identifier"]![0]!["system"]).Order(StringComparer.Ordinal);
        Assert.Equal(["urn:authority:HOSPITAL-B", "urn:authority:exams"], systems);   // an authority that is not configured is the feed's name
    }

    [Fact]
    public async Task Pictures_ListedInTheStep_AreNotKept()
    {
        await using var caller = await AssociateAsync();
        await CreateAsync(caller, Begun());
        Assert.Equal(0, await SetAsync(caller, Ended("COMPLETED", series => series
            .Text(DicomTag.SeriesInstanceUid, "UI", "1.2.3.4.1").Text(0x00081070, "PN", "Li^Si")
            .Sequence(DicomTag.ReferencedImageSequence, isUndefined: true, [.. Enumerable.Range(0, 600).Select(i => (Action<DicomBytes>)(item => item
                .Text(DicomTag.ReferencedSopClassUid, "UI", DicomBytes.CtImageStorage).Text(DicomTag.ReferencedSopInstanceUid, "UI", $"1.2.3.4.1.{i}")))]))));
        await _engine.RunAsync();

        var messages = await _engine.MessagesAsync();
        Assert.All(messages, message => Assert.InRange(message.RawBytes, 1, 4000));
        Assert.Contains((await ProcedureAsync())["performer"]!.AsArray(), performer => (string?)performer!["function"]?["text"] == "operator");
    }

    internal static DicomBytes Begun() => new DicomBytes()
        .Text(DicomTag.SpecificCharacterSet, "CS", "ISO_IR 192").Text(DicomTag.Modality, "CS", "CT")
        .Text(0x00100010, "PN", "Wang^XiaoDong=王^小东", Encoding.UTF8).Text(DicomTag.PatientId, "LO", "P1").Text(0x00100030, "DA", "19800102").Text(0x00100040, "CS", "M")
        .Text(0x00400241, "AE", "CT1").Text(0x00400244, "DA", "20260301").Text(0x00400245, "TM", "081500").Text(DicomTag.PerformedProcedureStepStatus, "CS", "IN PROGRESS")
        .Text(0x00400253, "SH", "PPS1").Text(0x00400254, "LO", "胸部平扫", Encoding.UTF8)
        .Sequence(0x00400270, isUndefined: true, item => item.Text(0x00080050, "SH", "ACC1").Text(DicomTag.StudyInstanceUid, "UI", "1.2.3.4").Text(0x00400009, "SH", "SPS1"));

    internal static DicomBytes Ended(string state, Action<DicomBytes>? series = null) => new DicomBytes()
        .Text(DicomTag.SpecificCharacterSet, "CS", "GB18030").Text(0x00400250, "DA", "20260301").Text(0x00400251, "TM", "083100").Text(DicomTag.PerformedProcedureStepStatus, "CS", state)
        .Sequence(DicomTag.PerformedSeriesSequence, isUndefined: false, series ?? (item => item
            .Text(DicomTag.SeriesInstanceUid, "UI", "1.2.3.4.1").Text(0x00081050, "PN", "Zhao^Min=赵^敏", CodePagesEncodingProvider.Instance.GetEncoding(54936))));

    private Task<DicomCaller> AssociateAsync(string calling = "CT1") =>
        DicomCaller.AssociateAsync(_adapter.LocalEndpoint!, calling: calling, service: PerformedStepService.SopClassUid);

    private static async Task<ushort> CreateAsync(DicomCaller caller, DicomBytes dataSet) =>
        DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.CreateRequest, PerformedStepService.SopClassUid, Step, dataSet.ToArray()));

    private static async Task<ushort> SetAsync(DicomCaller caller, DicomBytes dataSet) =>
        DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.SetRequest, PerformedStepService.SopClassUid, Step, dataSet.ToArray()));

    private async Task<JsonObject> ProcedureAsync() => Assert.Single(await _engine.AllOfAsync("Procedure")).Resource;

    private async Task StartAsync()
    {
        var options = new DicomMppsOptions
        {
            Listen = new(IPAddress.Loopback, 0),
            AssigningAuthority = "exams",
            Authorities = new Dictionary<string, string> { ["CT2"] = "HOSPITAL-B" },
        };
        _adapter = new(
            "exams", options, _engine.Services.GetRequiredService<PerformedStepLedger>(), _engine.Intake, _engine.Services.GetRequiredService<EngineMetrics>(), TimeProvider.System,
            NullLogger.Instance);
        await _adapter.StartAsync(CancellationToken.None);
    }
}
