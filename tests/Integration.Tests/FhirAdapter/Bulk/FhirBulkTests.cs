using Integration.Adapters.Fhir.Bulk;
using Integration.Adapters.Fhir.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.FhirAdapter.Bulk;

/// <summary>Bulk: the export of any server is handed over line by line, whatever it does on the way, and nothing is lost or doubled.</summary>
public sealed class FhirBulkTests : IAsyncLifetime
{
    private readonly BulkFhirServer _server = new();
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync();
        _engine = await FhirEngine.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Pull_WaitsForTheExport_HandsOverPatientsFirst_AndTakesItsLeave()
    {
        await using var feed = Feed(("Types", "Patient,Observation"), ("Since", "2026-01-01T00:00:00Z"));
        _server.LooksBeforeDone = 2;
        _server.Put("Observation", [FhirEngine.Observation("o1", "Patient/p1")]);
        _server.Put("Patient", Patients(0, 30));

        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(feed.Notices);
        Assert.Equal(31, (await _engine.AllAsync()).Count);
        Assert.Equal(
            [
                "GET /fhir/$export?_outputFormat=application%2Ffhir%2Bndjson&_type=Patient,Observation&_since=2026-01-01T00%3A00%3A00.000Z",
                "GET /fhir/jobs/1", "GET /fhir/jobs/1", "GET /fhir/jobs/1", "GET /fhir/files/Patient", "GET /fhir/files/Observation", "DELETE /fhir/jobs/1",
            ],
            _server.Requests);
    }

    [Theory]
    [InlineData("Patient", "", "/fhir/Patient/$export")]
    [InlineData("Group", "g 1", "/fhir/Group/g%201/$export")]
    public async Task Level_IsAskedForByItsAddress(string level, string group, string address)
    {
        await using var feed = Feed(("Level", level), ("Group", group));

        await feed.PullAsync(CancellationToken.None);

        Assert.Empty(feed.Notices);
        Assert.StartsWith($"GET {Uri.UnescapeDataString(address)}?", _server.Requests.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NextPull_AsksForChangesSinceTheOneBefore_AndDeletesWhatWasDeleted()
    {
        await using var feed = Feed();
        _server.Put("Patient", Patients(0, 3));
        _server.Put("Observation", [FhirEngine.Observation("o1", "Patient/p1"), FhirEngine.Observation("o2", "Patient/p1")]);
        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();
        _server.Clear();
        _server.TransactionTime = "2026-03-03T00:00:00.000Z";
        _server.Put("deleted", ["""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/o1"}}]}"""]);

        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();
        await feed.PullAsync(CancellationToken.None);

        Assert.Null(await _engine.FindFhirAsync("Observation", "o1"));
        Assert.NotNull(await _engine.FindFhirAsync("Observation", "o2"));
        Assert.Contains("_since=2026-03-02T00%3A00%3A00.000Z", _server.Asked("GET /fhir/$export").ElementAt(1), StringComparison.Ordinal);
        Assert.Contains("_since=2026-03-03T00%3A00%3A00.000Z", _server.Asked("GET /fhir/$export").ElementAt(2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FileThatIsCut_GoesOnBehindTheLastLineHandedOver(bool wholeFilesOnly)
    {
        await using var feed = Feed();
        _server.GivesWholeFilesOnly = wholeFilesOnly;
        _server.Put("Patient", Patients(0, 40));
        _server.Cuts.Enqueue(4_000);
        _server.Cuts.Enqueue(wholeFilesOnly ? 7_000 : 3_000);

        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(feed.Notices);
        Assert.Equal(40, (await _engine.AllAsync()).Count);
        Assert.Equal(40, (await _engine.FhirMessagesAsync()).Count);   // none was handed over twice
        Assert.Equal(3, _server.Asked("GET /fhir/files").Count());
        Assert.Matches("bytes=[1-9][0-9]+-$", _server.Asked("GET /fhir/files").Last());
    }

    [Fact]
    public async Task Restart_InMidFile_GoesOnWithTheSameExportAtTheSamePlace()
    {
        _server.Put("Patient", Patients(0, 40));
        for (var tries = 0; tries < 30; tries++)
        {
            _server.Breaks.Enqueue(tries == 0 ? 4_000 : 10);   // five in a row end the round; some the HTTP client itself tries again
        }

        await using (var first = Feed())
        {
            await first.PullAsync(CancellationToken.None);
            Assert.Contains("broke off", Assert.Single(first.Notices).Text, StringComparison.Ordinal);
        }

        _server.Breaks.Clear();
        await using var second = Feed();
        await second.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(second.Notices);
        Assert.Equal(40, (await _engine.FhirMessagesAsync()).Count);
        Assert.Single(_server.Asked("GET /fhir/$export"));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    public async Task ExportThatTheServerLost_IsAskedForAgain(int status)
    {
        await using var feed = Feed();
        _server.Put("Patient", Patients(0, 5));
        _server.StatusWhims.Enqueue(status);

        await feed.PullAsync(CancellationToken.None);
        var notice = Assert.Single(feed.Notices);
        _server.StatusWhims.Enqueue(status);   // of the same one, at the next start
        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Contains("Another one is asked for", notice.Text, StringComparison.Ordinal);
        Assert.Empty(feed.Notices);
        Assert.Equal(5, (await _engine.AllAsync()).Count);
        Assert.Equal(2, _server.Asked("GET /fhir/$export").Count());
    }

    [Fact]
    public async Task ServerThatIsBusy_IsLookedAtAgain()
    {
        await using var feed = Feed();
        _server.Put("Patient", Patients(0, 5));
        _server.StatusWhims.Enqueue(429);
        _server.StatusWhims.Enqueue(503);

        await feed.PullAsync(CancellationToken.None);

        Assert.Empty(feed.Notices);
        Assert.Equal(5, (await _engine.FhirMessagesAsync()).Count);
    }

    [Fact]
    public async Task IntakeThatRefuses_LosesNothing_AndTheNextExportDoesNotBeginLater()
    {
        var intake = new RefusingOnce(_engine.Intake, refuseAt: 20);
        _server.Put("Patient", Patients(0, 40));
        await using (var first = Feed(intake))
        {
            await first.PullAsync(CancellationToken.None);
            Assert.Contains("The disk is full.", Assert.Single(first.Notices).Text, StringComparison.Ordinal);
        }

        await using var second = Feed(intake);
        await second.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(second.Notices);
        Assert.Equal(40, (await _engine.AllAsync()).Count);
        Assert.Single(_server.Asked("GET /fhir/$export"));
    }

    [Theory]
    [InlineData(true, "another server")]
    [InlineData(false, "cannot be reached")]
    public async Task FilesOfAnotherServer_AreNotShownOurToken(bool requiresToken, string text)
    {
        await using var feed = Feed(("Authentication:Kind", "Bearer"), ("Authentication:Token", "ours"));
        _server.Token = "ours";
        _server.RequiresAccessToken = requiresToken;
        _server.FilesAt = "http://127.0.0.1:1/fhir";
        _server.Put("Patient", Patients(0, 5));

        await feed.PullAsync(CancellationToken.None);

        Assert.Contains(text, Assert.Single(feed.Notices).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Bearer ours")]
    [InlineData(false, "")]
    public async Task Token_IsShownWithFilesThatWantIt(bool requiresToken, string authorization)
    {
        await using var feed = Feed(("Authentication:Kind", "Bearer"), ("Authentication:Token", "ours"));
        _server.Token = "ours";
        _server.RequiresAccessToken = requiresToken;
        _server.Put("Patient", Patients(0, 5));

        await feed.PullAsync(CancellationToken.None);

        Assert.Empty(feed.Notices);
        Assert.Equal(authorization, _server.LastFileAuthorization);
    }

    [Fact]
    public async Task ResourceThatIsTooLong_IsToldAndNotPassedOver()
    {
        _server.Put("Patient", [.. Patients(0, 3), FhirEngine.Patient("p9", "M9", new string('长', 2_000))]);
        await using (var small = Feed(("MaxMessageBytes", "1024")))
        {
            await small.PullAsync(CancellationToken.None);
            Assert.Contains("MaxMessageBytes", Assert.Single(small.Notices).Text, StringComparison.Ordinal);
        }

        await using var large = Feed();
        await large.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Equal(4, (await _engine.AllAsync()).Count);
    }

    [Fact]
    public void Settings_EverythingWrong_IsReportedAtOnce()
    {
        var reader = FhirEngine.Settings(("BaseUrl", "ftp://x"), ("Types", "Hospital"), ("Level", "Ward"), ("Group", "g"), ("Every", "7"), ("Colour", "red"));
        FhirBulkOptions.Read(reader);

        Assert.Equal(
            ["Feeds:emr:BaseUrl", "Feeds:emr:Colour", "Feeds:emr:Every", "Feeds:emr:Group", "Feeds:emr:Level", "Feeds:emr:Types"],
            reader.Problems.Select(problem => problem.Place).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Patients(int from, int count) => Enumerable.Range(from, count).Select(i => FhirEngine.Patient(
        $"p{i}", $"M{i}", meta: """ "meta":{"versionId":"1","lastUpdated":"2026-03-01T08:00:00Z"}, """));

    private FhirPullAdapter Feed(params (string Key, string Value)[] settings) => Feed(_engine.Intake, settings);

    private FhirPullAdapter Feed(IMessageIntake intake, params (string Key, string Value)[] settings)
    {
        var reader = FhirEngine.Settings([("BaseUrl", _server.BaseUrl), ("AssigningAuthority", FhirEngine.Authority), .. settings]);
        var options = FhirBulkOptions.Read(reader);
        Assert.Empty(reader.Problems);
        return FhirBulkAdapterFactory.Create("emr", options, _engine.Services.GetRequiredService<FeedWatermarks>(), intake, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private sealed class RefusingOnce(IMessageIntake inner, int refuseAt) : IMessageIntake
    {
        private int _count;

        public ValueTask<IntakeResult> AcceptAsync(InboundMessage message, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _count) == refuseAt ? new(new IntakeResult.Refused("The disk is full.")) : inner.AcceptAsync(message, cancellationToken);
    }
}
