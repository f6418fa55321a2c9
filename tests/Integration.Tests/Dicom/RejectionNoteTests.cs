using System.Net;
using System.Text.Json.Nodes;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Store;
using Integration.Adapters.Dicom.Studies;
using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Dicom;

/// <summary>Imaging Object Change Management: what an archive takes back leaves the study, whatever comes first and however often. IHE RAD TF-2 §4.66.</summary>
public sealed class RejectionNoteTests : IAsyncLifetime
{
    private const string Quality = "113001";
    private const string Safety = "113037";
    private const string WrongEntry = "113038";
    private const string Expired = "113039";

    private TestEngine _engine = null!;
    private DicomStoreAdapter _adapter = null!;

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

    [Theory]
    [InlineData(Quality)]
    [InlineData(Safety)]
    [InlineData(WrongEntry)]
    [InlineData(Expired)]
    public async Task Instance_TakenBack_LeavesTheStudyWithHistory(string title)
    {
        await SendAsync(DicomBytes.Slice(1), DicomBytes.Slice(2), DicomBytes.Slice(1, series: "1.2.3.4.2"));
        var before = await StudyAsync();
        await SendAsync(Note(title, "1.2.3.4.9", ("1.2.3.4.1", "1.2.3.4.1.2")));
        var after = await StudyAsync();

        Assert.Equal((2, 3), ((int)before["numberOfSeries"]!, (int)before["numberOfInstances"]!));
        Assert.Equal((2, 2), ((int)after["numberOfSeries"]!, (int)after["numberOfInstances"]!));
        Assert.Equal([1, 1], after["series"]!.AsArray().Select(series => (int)series!["numberOfInstances"]!));
        Assert.Equal("available", (string?)after["status"]);
        var earlier = Assert.Single(await _engine.Records.HistoryAsync((await StudyDocumentAsync()).Id, CancellationToken.None));
        Assert.Equal(3, (int)earlier.Resource["numberOfInstances"]!);
    }

    [Fact]
    public async Task Series_TakenBack_IsGone()
    {
        await SendAsync(DicomBytes.Slice(1), DicomBytes.Slice(1, series: "1.2.3.4.2"));
        await StudyAsync();
        await SendAsync(Note(Quality, "1.2.3.4.9", ("1.2.3.4.2", "1.2.3.4.2.1")));

        var study = await StudyAsync();

        Assert.Equal("1.2.3.4.1", (string?)Assert.Single(study["series"]!.AsArray())!["uid"]);
        Assert.Equal((1, 1), ((int)study["numberOfSeries"]!, (int)study["numberOfInstances"]!));
    }

    [Fact]
    public async Task Study_TakenBackWhole_IsEnteredInErrorAlsoWhenItsImagesComeAgain()
    {
        await SendAsync(DicomBytes.Slice(1), DicomBytes.Slice(2));
        await StudyAsync();
        var note = Note(WrongEntry, "1.2.3.4.9", ("1.2.3.4.1", "1.2.3.4.1.1"), ("1.2.3.4.1", "1.2.3.4.1.2"));
        await SendAsync(note);
        var rejected = await StudyAsync();
        var messages = (await _engine.MessagesAsync()).Count;
        await SendAsync(note, DicomBytes.Slice(1));
        var again = await StudyAsync();

        Assert.Equal(("entered-in-error", 0), ((string?)rejected["status"], (int)rejected["numberOfInstances"]!));
        Assert.Equal(0, (int)Assert.Single(rejected["series"]!.AsArray())!["numberOfInstances"]!);
        Assert.Equal("entered-in-error", (string?)again["status"]);
        Assert.Equal(messages, (await _engine.MessagesAsync()).Count);   // nothing new was said
    }

    [Fact]
    public async Task Study_WithNewImagesBehindTheNote_IsThereAgain()
    {
        await SendAsync(DicomBytes.Slice(1));
        await SendAsync(Note(WrongEntry, "1.2.3.4.9", ("1.2.3.4.1", "1.2.3.4.1.1")));
        await StudyAsync();
        await SendAsync(DicomBytes.Slice(7, series: "1.2.3.4.5"));

        var study = await StudyAsync();

        Assert.Equal(("available", 1), ((string?)study["status"], (int)study["numberOfInstances"]!));
        Assert.Equal("1.2.3.4.5", (string?)Assert.Single(study["series"]!.AsArray())!["uid"]);
    }

    [Fact]
    public async Task Note_BeforeItsImages_HoldsForThem()
    {
        await SendAsync(Note(Quality, "1.2.3.4.9", ("1.2.3.4.1", "1.2.3.4.1.2")));
        await RunAsync();
        Assert.Empty(await _engine.AllOfAsync("ImagingStudy"));   // a note alone makes no study

        await SendAsync(DicomBytes.Slice(1), DicomBytes.Slice(2));

        Assert.Equal(1, (int)(await StudyAsync())["numberOfInstances"]!);
    }

    [Fact]
    public async Task Expired_ImagesThatComeAgain_CountAgain()
    {
        await SendAsync(DicomBytes.Slice(1), DicomBytes.Slice(2));
        var note = Note(Expired, "1.2.3.4.9", ("1.2.3.4.1", "1.2.3.4.1.1"), ("1.2.3.4.1", "1.2.3.4.1.2"));
        await SendAsync(note);   // before any message told of them
        var expired = await StudyAsync();
        await SendAsync(DicomBytes.Slice(1), note);

        var restored = await StudyAsync();

        Assert.Equal(("entered-in-error", 0), ((string?)expired["status"], (int)expired["numberOfInstances"]!));
        Assert.Equal(("available", 1), ((string?)restored["status"], (int)restored["numberOfInstances"]!));
    }

    [Theory]
    [InlineData("113000", "DCM")]
    [InlineData(Quality, "99HIS")]
    public async Task OtherSelection_TakesNothingBack(string title, string scheme)
    {
        await SendAsync(DicomBytes.Slice(1), DicomBytes.Slice(2), Note(title, "1.2.3.4.9", scheme, ("1.2.3.4.1", "1.2.3.4.1.1")));

        Assert.Equal((2, 3), ((int)(await StudyAsync())["numberOfSeries"]!, (int)(await StudyAsync())["numberOfInstances"]!));   // it is an object of its study like others
    }

    internal static byte[] Note(string title, string series, params (string Series, string Instance)[] named) => Note(title, series, "DCM", named);

    /// <summary>A key object selection. DICOM PS3.3 §A.35.4.</summary>
    private static byte[] Note(string title, string series, string scheme, params (string Series, string Instance)[] named) => new DicomBytes()
        .Text(DicomTag.SpecificCharacterSet, "CS", "ISO_IR 192").Text(DicomTag.SopClassUid, "UI", RejectionNote.SopClassUid).Text(DicomTag.SopInstanceUid, "UI", $"{series}.{title}")
        .Text(0x00080020, "DA", "20260301").Text(0x00080050, "SH", "ACC1").Text(DicomTag.Modality, "CS", "KO")
        .Text(0x00100010, "PN", "Wang^Xiaoming").Text(DicomTag.PatientId, "LO", "P1")
        .Text(DicomTag.StudyInstanceUid, "UI", "1.2.3.4").Text(DicomTag.SeriesInstanceUid, "UI", series).Text(DicomTag.ValueType, "CS", "CONTAINER")
        .Sequence(DicomTag.ConceptNameCodeSequence, isUndefined: false, item => item.Text(DicomTag.CodeValue, "SH", title).Text(DicomTag.CodingSchemeDesignator, "SH", scheme))
        .Sequence(DicomTag.CurrentRequestedProcedureEvidenceSequence, isUndefined: true, study => study
            .Sequence(
                DicomTag.ReferencedSeriesSequence, isUndefined: true,
                [.. named.Select(one => (Action<DicomBytes>)(item => item
                    .Sequence(DicomTag.ReferencedSopSequence, isUndefined: false, sop => sop
                        .Text(DicomTag.ReferencedSopClassUid, "UI", DicomBytes.CtImageStorage).Text(DicomTag.ReferencedSopInstanceUid, "UI", one.Instance))
                    .Text(DicomTag.SeriesInstanceUid, "UI", one.Series)))])
            .Text(DicomTag.StudyInstanceUid, "UI", "1.2.3.4"))
        .ToArray();

    private async Task StartAsync()
    {
        var options = new DicomStoreOptions
        {
            Listen = new(IPAddress.Loopback, 0),
            StudyQuietTime = TimeSpan.FromMinutes(10),
            StudyLongestWait = TimeSpan.FromHours(1),
            AssigningAuthority = "PACS",
        };
        _adapter = new(
            "pacs", options, _engine.Services.GetRequiredService<StudyLedger>(), _engine.Intake, _engine.Services.GetRequiredService<EngineMetrics>(), TimeProvider.System,
            NullLogger.Instance);
        await _adapter.StartAsync(CancellationToken.None);
    }

    private async Task SendAsync(params byte[][] instances)
    {
        await using var caller = await DicomCaller.AssociateAsync(_adapter.LocalEndpoint!);
        foreach (var bytes in instances)
        {
            var set = (await DicomReaderTests.ReadAsync(bytes)).DataSet!;
            Assert.Equal(0, await caller.StoreAsync(bytes, set.Text(DicomTag.SopInstanceUid)));
        }
    }

    /// <summary>The study as the record has it once everything was handed on, by a process that knows nothing but the store.</summary>
    private async Task<JsonObject> StudyAsync()
    {
        await RunAsync();
        return (await StudyDocumentAsync()).Resource;
    }

    private async Task<Core.Records.ResourceDocument> StudyDocumentAsync() => Assert.Single(await _engine.AllOfAsync("ImagingStudy"));

    private async Task RunAsync()
    {
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await StartAsync();
        await _engine.RunAsync();
    }
}
