using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Store;
using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Tests.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Dicom;

/// <summary><c>Dicom.Store</c>: instances in over a socket, one study in the record.</summary>
public sealed class DicomStoreTests : IAsyncLifetime
{
    private TestEngine _engine = null!;
    private DicomStoreAdapter _adapter = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await TestEngine.StartAsync(
            _ => { }, ("Feeds:pacs:Adapter", "Dicom.Store"), ("Feeds:pacs:Listen", "127.0.0.1:0"), ("Feeds:pacs:ViewerUrl", "https://viewer.example/{StudyInstanceUID}"));
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Study_Of600Slices_IsOneStudyWithRightCountsBelow20Kilobytes()
    {
        await using (var caller = await DicomCaller.AssociateAsync(Endpoint))
        {
            for (var number = 1; number <= 600; number++)
            {
                var series = number <= 400 ? "1.2.3.4.1" : "1.2.3.4.2";
                Assert.Equal(0, await caller.StoreAsync(DicomBytes.Slice(number, series: series, pixelBytes: 2048), $"{series}.{number}"));
            }
        }

        var study = await StudyAsync();

        Assert.Equal((2, 600), ((int)study["numberOfSeries"]!, (int)study["numberOfInstances"]!));
        Assert.Equal([400, 200], study["series"]!.AsArray().Select(series => (int)series!["numberOfInstances"]!));
        Assert.Equal("CT", (string?)study["modality"]![0]!["code"]);
        Assert.Equal("胸部平扫", (string?)study["description"]);
        Assert.StartsWith("2026-03-01T08:15:00", (string?)study["started"], StringComparison.Ordinal);
        Assert.Equal("ACC1", (string?)study["basedOn"]![0]!["identifier"]!["value"]);
        var bytes = 0L;
        foreach (var collection in Collections.All)
        {
            await foreach (var stored in _engine.Store.ReadAllAsync(new DocumentQuery(collection) { Limit = 500 }, CancellationToken.None))
            {
                bytes += stored.Json.Length;
            }
        }

        var raw = (await _engine.MessagesAsync()).Sum(message => message.RawBytes);
        Assert.InRange(bytes + raw, 1, 20_000);
        Assert.Equal(0, await _engine.Store.CountAsync(Collections.Instances, [], 10, CancellationToken.None));
    }

    [Fact]
    public async Task Instance_SentAgain_IsOne()
    {
        await SendAsync(DicomBytes.Slice(1), DicomBytes.Slice(2), DicomBytes.Slice(1));
        await StudyAsync();
        await SendAsync(DicomBytes.Slice(2), DicomBytes.Slice(3));

        Assert.Equal(3, (int)(await StudyAsync())["numberOfInstances"]!);
        Assert.Equal(2, (await _engine.MessagesAsync()).Count);
        var section = Assert.Single((await _engine.PatientAsync("P1")).Sections);
        Assert.Equal(("imaging", 1), (section.Name, section.Count));
        Assert.Equal(("胸部平扫", "CT × 3", "https://viewer.example/1.2.3.4"), (section.Latest[0].Title, section.Latest[0].Detail, section.Latest[0].Link));
    }

    [Fact]
    public async Task Patient_Corrected_MovesTheStudyAndKeepsItsHistory()
    {
        await SendAsync(DicomBytes.Slice(1, patient: "P1"), DicomBytes.Slice(2, patient: "P1"));
        await StudyAsync();
        var before = await StudyDocumentAsync();

        await SendAsync(DicomBytes.Slice(1, patient: "P2", name: "Li^Si"), DicomBytes.Slice(2, patient: "P2", name: "Li^Si"));
        var study = await StudyAsync();
        var after = await StudyDocumentAsync();

        Assert.NotEqual(before.PatientId, after.PatientId);
        Assert.Equal(2, (int)study["numberOfInstances"]!);
        Assert.True(await _engine.Store.CountAsync(Collections.ResourceHistory, [], 10, CancellationToken.None) > 0);
    }

    [Fact]
    public async Task Name_TypedAtADevice_NeverOverwritesWhatTheHospitalRegistered()
    {
        await SendAsync(DicomBytes.Slice(1, patient: "P1", name: "Zhang^San", issuer: "HOSPITAL-A"));
        await StudyAsync();
        await _engine.SendAsync("MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A04|1|P|2.4", "EVN|A04|20260301080000", "PID|1||P1^^^HOSPITAL-A^PI||张三||19800101|1");
        await SendAsync(DicomBytes.Slice(2, patient: "P1", name: "Chang^San", issuer: "HOSPITAL-A"));
        await StudyAsync();

        var patient = Assert.Single(await _engine.AllOfAsync("Patient"));
        Assert.Equal("张三", (string?)patient.Resource["name"]![0]!["text"]);
    }

    [Fact]
    public async Task Name_InLatinAndChinese_MakesANewPersonWithBoth()
    {
        await SendAsync(DicomBytes.Slice(1, name: "Wang^XiaoDong=王^小东"));
        await StudyAsync();

        var patient = Assert.Single(await _engine.AllOfAsync("Patient"));
        Assert.Equal(["王小东", "XiaoDong Wang"], patient.Resource["name"]!.AsArray().Select(name => (string?)name!["text"]));
    }

    [Fact]
    public async Task SameNumber_OfTwoIssuers_StaysTwoPeople()
    {
        await SendAsync(DicomBytes.Slice(1, patient: "0001", issuer: "HOSPITAL-A"));
        await StudyAsync();
        await SendAsync("CT2", DicomBytes.Slice(1, patient: "0001", study: "1.2.9", series: "1.2.9.1"));
        await RunAsync();

        var systems = (await _engine.AllOfAsync("Patient")).Select(patient => (string?)patient.Resource["identifier"]![0]!["system"]).Order(StringComparer.Ordinal);
        Assert.Equal(["urn:authority:HOSPITAL-A", "urn:authority:HOSPITAL-B"], systems);
    }

    [Fact]
    public async Task Name_DeclaredUtf8AndWrittenInGb18030_IsRightAndCounted()
    {
        var gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;
        await SendAsync(DicomBytes.Slice(1, name: "王^小东", encoding: gb18030));
        var notices = _adapter.Notices;
        await StudyAsync();

        Assert.Equal("王小东", (string?)(await _engine.AllOfAsync("Patient"))[0].Resource["name"]![0]!["text"]);
        Assert.Contains("1 instances were not written", Assert.Single(notices).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_SentTwiceAndThenSigned_IsOneReportThatBecomesFinal()
    {
        await SendAsync(DicomBytes.Slice(1, charset: "ISO_IR 192"), StructuredReportTests.Report("UNVERIFIED").ToArray(), StructuredReportTests.Report("UNVERIFIED").ToArray());
        await RunAsync();
        var unsigned = Assert.Single(await _engine.AllOfAsync("DiagnosticReport")).Resource;
        await SendAsync(StructuredReportTests.Report().ToArray());
        await RunAsync();
        var signed = Assert.Single(await _engine.AllOfAsync("DiagnosticReport")).Resource;

        Assert.Equal(("preliminary", "final"), ((string?)unsigned["status"], (string?)signed["status"]));
        Assert.Contains("描述: 右上肺见结节影", (string?)signed["conclusion"], StringComparison.Ordinal);
        Assert.Equal("影像诊断报告", (string?)signed["code"]!["text"]);
        Assert.Equal("http://loinc.org", (string?)signed["code"]!["coding"]![0]!["system"]);
        Assert.Equal("ACC1", (string?)signed["basedOn"]![0]!["identifier"]!["value"]);
        Assert.Equal("urn:oid:1.2.3.4", (string?)signed["imagingStudy"]![0]!["identifier"]!["value"]);
        Assert.Equal(["report.final"], (await _engine.Store.EventTypesAsync()).Where(type => type.StartsWith("report.", StringComparison.Ordinal)));
        Assert.Equal(2, (int)(await StudyDocumentAsync()).Resource["numberOfInstances"]!);   // a report is an instance of its study too
        Assert.Equal(2, (await _engine.MessagesAsync()).Count(message => message is { MessageType: "DICOM_SR", State: not MessageState.Duplicate }));
    }

    [Fact]
    public async Task Study_AcknowledgedBeforeADeath_IsToldByTheNextProcess()
    {
        await SendAsync(DicomBytes.Slice(1));
        var ledger = _engine.Services.GetRequiredService<StudyLedger>();

        // What a process leaves that dies between the acknowledgement and the message.
        await RunAsync();
        await _adapter.DisposeAsync();
        var (stored, version) = (await ledger.FindAsync(StudyDocument.IdOf("pacs", "1.2.3.4"), CancellationToken.None))!.Value;
        var acknowledged = new InstanceDocument { Study = stored.Id, SeriesUid = "1.2.3.4.1", SopClassUid = DicomBytes.CtImageStorage, Hash = "00000000000000ff" };
        Assert.True(await ledger.SaveAsync(stored with { IsWaiting = true }, version, [acknowledged], [], CommitPriority.Intake, CancellationToken.None));
        await StartAsync(TimeSpan.FromMilliseconds(100));

        await WaitAsync(async () => (await ledger.WaitingAsync("pacs", CancellationToken.None)).Count == 0);
        await _engine.RunAsync();
        Assert.Equal(2, (int)(await StudyDocumentAsync()).Resource["numberOfInstances"]!);
    }

    [Fact]
    public async Task Echo_IsAnswered()
    {
        await using var caller = await DicomCaller.AssociateAsync(Endpoint);

        Assert.Equal(0, await caller.EchoAsync());
        await caller.SendAsync(DicomCaller.Pdu(PduType.ReleaseRequest, new byte[4]));
        Assert.Equal((byte)PduType.ReleaseReply, (await caller.ReceiveAsync())[0]);
    }

    [Fact]
    public async Task Requests_OfATitleOverItsRate_WaitAndThoseOfOthersDoNot()
    {
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await StartAsync(perSecond: 20);
        await using var hasty = await DicomCaller.AssociateAsync(Endpoint);
        await using var other = await DicomCaller.AssociateAsync(Endpoint, calling: "CT2");

        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var echoes = Task.Run(async () =>
        {
            for (var i = 0; i < 41; i++)
            {
                Assert.Equal(0, await hasty.EchoAsync());
            }
        });
        Assert.Equal(0, await other.EchoAsync());
        Assert.False(echoes.IsCompleted);
        await echoes;

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(1.95));
    }

    [Theory]
    [InlineData("OTHER", "CT1", AssociationRequest.DicomContext, 1, 1, 7)]
    [InlineData("ANY", "STRANGER", AssociationRequest.DicomContext, 1, 1, 3)]
    [InlineData("ANY", "CT1", "1.2.3", 1, 1, 2)]
    public async Task Association_NotAllowed_IsRejectedWithItsReason(string called, string calling, string application, byte result, byte source, byte reason)
    {
        await using var caller = await DicomCaller.ConnectAsync(Endpoint);

        await caller.SendAsync(DicomCaller.RequestPdu(called, calling, [(1, DicomBytes.CtImageStorage, ["1.2.840.10008.1.2"])], application));

        var answer = await caller.ReceiveAsync();
        Assert.Equal([(byte)PduType.AssociateReject, result, source, reason], [answer[0], answer[7], answer[8], answer[9]]);
    }

    [Fact]
    public async Task Association_OverTheLimit_IsRejectedForNow()
    {
        var open = new List<DicomCaller>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(await DicomCaller.AssociateAsync(Endpoint));
        }

        await using var caller = await DicomCaller.ConnectAsync(Endpoint);
        await caller.SendAsync(DicomCaller.RequestPdu("ANY", "CT1", [(1, DicomBytes.CtImageStorage, ["1.2.840.10008.1.2"])]));

        var answer = await caller.ReceiveAsync();
        Assert.Equal([(byte)PduType.AssociateReject, 2, 3, 2], [answer[0], answer[7], answer[8], answer[9]]);
        foreach (var each in open)
        {
            await each.DisposeAsync();
        }
    }

    public static TheoryData<string, byte[]> Nonsense => new()
    {
        { "no PDU", "GET / HTTP/1.1\r\n\r\n"u8.ToArray() },
        { "data before a request", DicomCaller.Data(1, 3, [1, 2]) },
        { "a PDU of two gigabytes", [4, 0, 0x7F, 0xFF, 0xFF, 0xFF] },
        { "a request without contents", DicomCaller.Pdu(PduType.AssociateRequest, [0, 1]) },
    };

    [Theory]
    [MemberData(nameof(Nonsense), DisableDiscoveryEnumeration = true)]
    public async Task Nonsense_IsAbortedAndTheFeedLivesOn(string name, byte[] bytes)
    {
        await using (var caller = await DicomCaller.ConnectAsync(Endpoint))
        {
            await caller.SendAsync(bytes);
            Assert.True((byte)PduType.Abort == (await caller.ReceiveAsync())[0], name);
        }

        await using var next = await DicomCaller.AssociateAsync(Endpoint);
        Assert.Equal(0, await next.EchoAsync());
    }

    [Fact]
    public async Task DataSet_ThatCannotBeRead_IsAnsweredAndTheAssociationLivesOn()
    {
        await using var caller = await DicomCaller.AssociateAsync(Endpoint);

        Assert.Equal(0xC000, await caller.StoreAsync([8, 0, 5, 0, 1, 2, 3, 4, .. new byte[10_000]], "1.2.3"));
        Assert.Equal(0xA900, await caller.StoreAsync(new DicomBytes().Text(0x00080016, "UI", DicomBytes.CtImageStorage).Text(0x00080018, "UI", "1.2.3").ToArray(), "1.2.3"));
        Assert.Equal(0xA900, await caller.StoreAsync(DicomBytes.Slice(1), "9.9.9"));
        Assert.Equal(0, await caller.EchoAsync());
    }

    [Fact]
    public void Settings_Wrong_AreAllToldAtOnce()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:pacs:Adapter"] = "Dicom.Store",
            ["Feeds:pacs:Listen"] = "11112",
            ["Feeds:pacs:AETitle"] = "THIS TITLE IS TOO LONG",
            ["Feeds:pacs:Charsets:CT1"] = "KLINGON",
            ["Feeds:pacs:MaxPduBytes"] = "12",
            ["Feeds:pacs:Colour"] = "red",
        }).Build();

        var problems = new DicomStoreAdapterFactory(() => throw new InvalidOperationException(), new EngineMetrics(), TimeProvider.System, NullLoggerFactory.Instance)
            .Validate("pacs", settings.GetSection("Feeds:pacs"));

        Assert.Equal(
            ["Feeds:pacs:AETitle", "Feeds:pacs:Charsets:CT1", "Feeds:pacs:Colour", "Feeds:pacs:Listen", "Feeds:pacs:MaxPduBytes"], problems.Select(p => p.Place).Order(StringComparer.Ordinal));
    }

    private IPEndPoint Endpoint => _adapter.LocalEndpoint!;

    /// <param name="quietTime">Null: no study becomes a message until the feed stops, however slow the machine is.</param>
    private async Task StartAsync(TimeSpan? quietTime = null, int perSecond = 0)
    {
        var options = new DicomStoreOptions
        {
            Listen = new(IPAddress.Loopback, 0),
            AETitle = "ANY",
            CallingAETitles = ["CT1", "CT2"],
            MaxAssociations = 3,
            MaxPerSecond = perSecond,
            StudyQuietTime = quietTime ?? TimeSpan.FromMinutes(10),
            StudyLongestWait = TimeSpan.FromHours(1),
            AssigningAuthority = "PACS",
            Authorities = new Dictionary<string, string> { ["CT2"] = "HOSPITAL-B" },
        };
        _adapter = new(
            "pacs", options, _engine.Services.GetRequiredService<StudyLedger>(), _engine.Intake, _engine.Services.GetRequiredService<EngineMetrics>(), TimeProvider.System,
            NullLogger.Instance);
        await _adapter.StartAsync(CancellationToken.None);
    }

    private Task SendAsync(params byte[][] slices) => SendAsync("CT1", slices);

    private async Task SendAsync(string calling, params byte[][] slices)
    {
        await using var caller = await DicomCaller.AssociateAsync(Endpoint, calling: calling);
        foreach (var slice in slices)
        {
            var set = (await DicomReaderTests.ReadAsync(slice)).DataSet!;
            Assert.Equal(0, await caller.StoreAsync(slice, set.Text(0x00080018)));
        }
    }

    /// <summary>The study in the record, once its messages have run.</summary>
    private async Task<JsonObject> StudyAsync()
    {
        await RunAsync();
        return (await StudyDocumentAsync()).Resource;
    }

    private async Task<ResourceDocument> StudyDocumentAsync() => Assert.Single(await _engine.AllOfAsync("ImagingStudy"));

    private async Task RunAsync()
    {
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await StartAsync();
        await _engine.RunAsync();
    }

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        var limit = DateTime.UtcNow.AddSeconds(30);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < limit, "The study was not handed on.");
            await Task.Delay(20);
        }
    }
}
