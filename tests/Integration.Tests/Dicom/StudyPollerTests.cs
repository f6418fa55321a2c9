using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Polling;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Integration.Tests.FhirAdapter;
using Integration.Tests.Hl7v2;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Dicom;

/// <summary>What a round over an archive hands over, and where the next one goes on.</summary>
public sealed class StudyPollerTests : IAsyncLifetime
{
    private readonly StepClock _clock = new(new DateTimeOffset(2026, 3, 10, 8, 0, 0, TimeSpan.Zero));
    private readonly FakeIntake _intake = new();
    private readonly FakeArchive _archive = new();
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync(_ => { });

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Round_AskedAgain_HandsOverOnlyWhatIsNewOrOther()
    {
        _archive.Put("1.2", "20260309", instances: 3);
        _archive.Put("1.3", "20260310", instances: 5);
        var poller = Poller(new() { AssigningAuthority = "HIS" });

        await poller.PollAsync(CancellationToken.None);
        await poller.PollAsync(CancellationToken.None);
        _archive.Put("1.3", "20260310", instances: 6);
        _archive.Put("1.2", "20260309", instances: 3, patient: "P2");
        await poller.PollAsync(CancellationToken.None);

        Assert.Equal(["1.2", "1.3", "1.2", "1.3"], _intake.Messages.Select(m => m.ControlId.Split('/')[0]));
        Assert.Equal("urn:authority:HIS|P2", _intake.Messages.ElementAt(2).PatientKey);
        Assert.Equal(6, CountOf(_intake.Messages.Last()));
    }

    [Fact]
    public async Task Patient_OfTheArchive_CompletesTheStudyAndIsNoticedWhenCorrected()
    {
        _archive.Put("1.2", "20260309", instances: 3);
        _archive.Patient = FakeArchive.Attributes(("00100020", "LO", "P1"), ("00100030", "DA", "19800101"), ("00080020", "DA", "19990101"));
        var poller = Poller(new() { AssigningAuthority = "HIS" });

        await poller.PollAsync(CancellationToken.None);
        await poller.PollAsync(CancellationToken.None);
        _archive.Patient = FakeArchive.Attributes(("00100020", "LO", "P1"), ("00100030", "DA", "19800102"));
        await poller.PollAsync(CancellationToken.None);

        Assert.Equal(["19800101", "19800102"], _intake.Messages.Select(message => Value(message, "00100030")));
        Assert.Equal("20260309", Value(_intake.Messages.First(), "00080020"));   // what the study says itself stays
    }

    [Fact]
    public async Task Range_WithAnEnd_IsReadToThatDayAndNoFurther()
    {
        _archive.Put("1.2", "20260303", instances: 1);
        _archive.Put("1.3", "20260304", instances: 1);
        var poller = Poller(new() { Since = new DateOnly(2026, 3, 1), Until = new DateOnly(2026, 3, 3), OverlapDays = 1 });

        await poller.PollAsync(CancellationToken.None);
        await poller.PollAsync(CancellationToken.None);

        Assert.Equal(["1.2"], _intake.Messages.Select(m => m.ControlId.Split('/')[0]));
        Assert.Equal([1, 2, 3, 2, 3], _archive.Asked.Select(day => day.Day));
        Assert.Equal("2026-03-03", await WatermarkAsync());
    }

    [Fact]
    public async Task Round_BrokenInTheMiddle_GoesOnAtTheDayThatWasNotRead()
    {
        _archive.Put("1.1", "20260301", instances: 1);
        _archive.Put("1.5", "20260305", instances: 1);
        _archive.BreaksAt = new DateOnly(2026, 3, 4);
        var poller = Poller(new() { Since = new DateOnly(2026, 3, 1), OverlapDays = 0 });

        await Assert.ThrowsAsync<DicomPeerException>(() => poller.PollAsync(CancellationToken.None));
        var broken = await WatermarkAsync();
        _archive.Asked.Clear();
        _archive.BreaksAt = null;
        await Poller(new() { Since = new DateOnly(2026, 3, 1), OverlapDays = 0 }).PollAsync(CancellationToken.None);

        Assert.Equal("2026-03-03", broken);
        Assert.Equal(new DateOnly(2026, 3, 3), _archive.Asked[0]);
        Assert.Equal(["1.1", "1.5"], _intake.Messages.Select(m => m.ControlId.Split('/')[0]));
        Assert.Equal("2026-03-10", await WatermarkAsync());
    }

    [Fact]
    public async Task Round_WithoutStart_ReachesBackByTheOverlapAndAheadOverTheZones()
    {
        await Poller(new() { OverlapDays = 3 }).PollAsync(CancellationToken.None);

        Assert.Equal([7, 8, 9, 10], _archive.Asked.Select(day => day.Day));
        _archive.Asked.Clear();
        _clock.Advance(TimeSpan.FromHours(3));
        await Poller(new() { OverlapDays = 0 }).PollAsync(CancellationToken.None);
        Assert.Equal([10, 11], _archive.Asked.Select(day => day.Day));
    }

    [Fact]
    public async Task Wish_OfAPerson_IsWhereTheNextRoundBegins()
    {
        var poller = Poller(new() { OverlapDays = 0 });
        await poller.PollAsync(CancellationToken.None);
        _archive.Asked.Clear();
        var batch = new WriteBatch();
        batch.Add(FeedWatermarks.Write("pacs", StudyPoller.Part + "/wish", StudyPoller.ReadWatermark("20260101")!));
        await _engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        await poller.PollAsync(CancellationToken.None);

        Assert.Equal(new DateOnly(2026, 1, 1), _archive.Asked[0]);
        Assert.Equal("2026-03-10", poller.Place!.Watermark);
        Assert.Null(StudyPoller.ReadWatermark("yesterday"));
    }

    [Fact]
    public async Task Series_WithoutACount_IsCountedInstanceByInstance()
    {
        _archive.Put("1.2", "20260310", instances: 4, saysCount: false);

        await Poller(new()).PollAsync(CancellationToken.None);

        Assert.Equal(4, CountOf(Assert.Single(_intake.Messages)));
    }

    [Fact]
    public async Task Intake_ThatRefuses_EndsTheRoundAndGetsTheStudyAgain()
    {
        _archive.Put("1.2", "20260310", instances: 4);
        var takes = _intake.Answer;
        _intake.Answer = _ => new IntakeResult.Refused("The disk is full.");
        var poller = Poller(new());

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => poller.PollAsync(CancellationToken.None));
        _intake.Answer = takes;
        await poller.PollAsync(CancellationToken.None);

        Assert.Equal("The disk is full.", refused.Message);
        Assert.Equal(2, _intake.Messages.Count);
    }

    [Fact]
    public async Task Study_MovedToAnotherPatient_MovesInTheRecordWithItsHistory()
    {
        _archive.Put("1.2", "20260310", instances: 4);
        var poller = Poller(new() { AssigningAuthority = "HIS" }, _engine.Intake);
        await poller.PollAsync(CancellationToken.None);
        await _engine.RunAsync();
        var before = Assert.Single(await _engine.AllAsync(), r => r.Type == "ImagingStudy");

        _archive.Put("1.2", "20260310", instances: 4, patient: "P2");
        await poller.PollAsync(CancellationToken.None);
        await _engine.RunAsync();

        var after = Assert.Single(await _engine.AllAsync(), r => r.Type == "ImagingStudy");
        Assert.Equal(4, (int)after.Resource["numberOfInstances"]!);
        Assert.NotEqual(before.PatientId, after.PatientId);
        Assert.True(after.Version > before.Version);
    }

    private StudyPoller Poller(StudyPollOptions options, IMessageIntake? intake = null) => new(
        "pacs", options, _ => Task.FromResult<IStudySource>(_archive), _engine.Services.GetRequiredService<StudyLedger>(), new FeedWatermarks(_engine.Store), intake ?? _intake, _clock);

    private async Task<string?> WatermarkAsync() => await new FeedWatermarks(_engine.Store).GetAsync("pacs", StudyPoller.Part, CancellationToken.None);

    [Fact]
    public async Task Metadata_OfAnInstance_CompletesWhatTheSearchLeavesOut()
    {
        _archive.Put("1.2.1", "20260310", instances: 5);
        _archive.Metadata = JsonNode.Parse("""
            {
              "00081030": { "vr": "LO", "Value": ["胸部平扫"] }, "00100020": { "vr": "LO", "Value": ["OTHER"] }, "0008103E": { "vr": "LO", "Value": ["Axial"] },
              "00081032": { "vr": "SQ", "Value": [{ "00080100": { "vr": "SH", "Value": ["CT01"] } }] }, "00280010": { "vr": "US", "Value": [512] }
            }
            """)!.AsObject();

        await Poller(new() { AssigningAuthority = "HIS" }).PollAsync(CancellationToken.None);

        var set = DicomJsonReader.Read(Assert.Single(_intake.Messages).Raw, out _)!;
        Assert.Equal("胸部平扫", set.Text(0x00081030));
        Assert.Equal("P1", set.Text(DicomTag.PatientId));   // what the search says counts
        Assert.Equal("CT01", set.Find(0x00081032)!.Items![0].Text(0x00080100));
        Assert.Equal("Axial", set.Find(DicomTag.ReferencedSeriesSequence)!.Items![0].Text(0x0008103E));
        Assert.Null(set.Find(0x00280010));
    }

    private static int CountOf(InboundMessage message) => int.Parse(Value(message, "00201208"), System.Globalization.CultureInfo.InvariantCulture);

    private static string Value(InboundMessage message, string tag) => DicomJsonReader.Read(message.Raw, out _)!.Text(Convert.ToUInt32(tag, 16));

    /// <summary>Answers out of memory.</summary>
    private sealed class FakeArchive : IStudySource
    {
        private readonly SortedDictionary<string, (JsonObject Study, JsonObject Series, int Instances)> _studies = new(StringComparer.Ordinal);

        public List<DateOnly> Asked { get; } = [];

        public DateOnly? BreaksAt { get; set; }

        public void Put(string uid, string date, int instances, string patient = "P1", bool saysCount = true)
        {
            var study = Attributes(("0020000D", "UI", uid), ("00080020", "DA", date), ("00100020", "LO", patient), ("00201208", "IS", $"{instances}"));
            var series = Attributes(("0020000E", "UI", uid + ".1"), ("00080060", "CS", "CT"), ("00200011", "IS", "1"));
            if (saysCount)
            {
                series["00201209"] = Attributes(("00201209", "IS", $"{instances}"))["00201209"]!.DeepClone();
            }

            _studies[uid] = (study, series, instances);
        }

        public async IAsyncEnumerable<DicomDataSet> StudiesAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Asked.Add(day);
            if (day == BreaksAt)
            {
                throw new DicomPeerException("The archive cannot be reached.");
            }

            foreach (var (study, _, _) in _studies.Values.ToList())
            {
                var set = Read(study);
                if (set.Text(0x00080020) == day.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture))
                {
                    yield return set;
                }
            }

            await Task.CompletedTask;
        }

        public async IAsyncEnumerable<DicomDataSet> SeriesAsync(string studyUid, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return Read(_studies[studyUid].Series);
            await Task.CompletedTask;
        }

        public Task<int> CountAsync(string studyUid, string seriesUid, CancellationToken cancellationToken) => Task.FromResult(_studies[studyUid].Instances);

        /// <summary>What it says of every patient; null: it is not asked.</summary>
        public JsonObject? Patient { get; set; }

        public Task<DicomDataSet?> PatientAsync(DicomDataSet study, CancellationToken cancellationToken) => Task.FromResult(Patient is null ? null : Read(Patient));

        /// <summary>Attributes that only the metadata of an instance has.</summary>
        public JsonObject? Metadata { get; set; }

        public Task<DicomDataSet?> SampleAsync(string studyUid, string seriesUid, CancellationToken cancellationToken) =>
            Task.FromResult(Metadata is null ? null : Read(Metadata));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static DicomDataSet Read(JsonObject json) => DicomJsonReader.Read(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), out _)!;

        public static JsonObject Attributes(params (string Tag, string Vr, string Value)[] all) => new(all.Select(a => KeyValuePair.Create<string, JsonNode?>(
            a.Tag, new JsonObject { ["vr"] = a.Vr, ["Value"] = new JsonArray(a.Vr == "IS" ? JsonValue.Create(int.Parse(a.Value, System.Globalization.CultureInfo.InvariantCulture)) : JsonValue.Create(a.Value)) })));
    }
}
