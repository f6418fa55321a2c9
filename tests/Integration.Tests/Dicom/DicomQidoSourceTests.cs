using System.Net;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Polling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Dicom;

public sealed class DicomQidoSourceTests
{
    private readonly DicomWeb _server = new();

    [Theory]
    [InlineData(200, 200)]
    [InlineData(200, 3)]     // gives fewer than it is asked for: a short page is not the end
    [InlineData(4, 100)]
    public async Task Studies_HoweverTheArchivePages_AreAllThereOnce(int pageSize, int most)
    {
        (_server.Most, _server.Studies) = (most, 11);

        var found = await StudiesAsync(pageSize);

        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"1.2.{i}"), found);
    }

    [Fact]
    public async Task Studies_OfAnArchiveThatKnowsNoOffset_AreThereOnce()
    {
        (_server.Most, _server.Studies, _server.IgnoresOffset) = (100, 7, true);

        Assert.Equal(7, (await StudiesAsync(200)).Count);
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task Answer429Or503Or500_IsWaitedForAndAskedAgain()
    {
        _server.Studies = 2;
        _server.Whims.Enqueue(() => new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromMilliseconds(1)) } });
        _server.Whims.Enqueue(() => throw new HttpRequestException("broken"));

        Assert.Equal(2, (await StudiesAsync(200)).Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "User and Password")]
    [InlineData(HttpStatusCode.Forbidden, "right to search")]
    [InlineData(HttpStatusCode.NotFound, "BaseUrl")]
    [InlineData(HttpStatusCode.BadRequest, "QIDO-RS")]
    public async Task Refusal_SaysWhatToDo(HttpStatusCode status, string expected)
    {
        _server.Whims.Enqueue(() => new HttpResponseMessage(status));

        var refused = await Assert.ThrowsAsync<DicomPeerException>(() => StudiesAsync(200));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>Login</html>")]
    [InlineData("""{"resourceType":"Bundle"}""")]
    [InlineData("""[{"0020000D":{"vr":"UI","Value":["1.2"}]""")]
    [InlineData("""[17]""")]
    public async Task Answer_ThatIsNoDicomJson_IsSaidAndNotTakenForTheEnd(string body)
    {
        _server.Whims.Enqueue(() => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) });

        var strange = await Assert.ThrowsAsync<DicomPeerException>(() => StudiesAsync(200));

        Assert.Contains("DICOM JSON", strange.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_AsksForWhatTheRecordKeepsAndSaysWhoWeAre()
    {
        _server.Studies = 1;

        await StudiesAsync(50, options => options with { User = "reader", Password = "secret" });

        var first = _server.Requests[0];
        Assert.StartsWith("/dicom-web/studies?StudyDate=20260301&", first.PathAndQuery, StringComparison.Ordinal);
        Assert.Contains("&includefield=00100010&", first.PathAndQuery, StringComparison.Ordinal);
        Assert.EndsWith("&limit=50&offset=0", first.PathAndQuery, StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("reader:secret"u8), first.Authorization);
    }

    [Fact]
    public void Settings_Wrong_AreAllToldAtOnce()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:web:Adapter"] = "Dicom.Qido",
            ["Feeds:web:BaseUrl"] = "pacs.local",
            ["Feeds:web:PageSize"] = "0",
            ["Feeds:web:Since"] = "last year",
            ["Feeds:web:Charset"] = "KLINGON",
            ["Feeds:web:User"] = "a",
            ["Feeds:web:Token"] = "b",
            ["Feeds:find:Adapter"] = "Dicom.Find",
            ["Feeds:find:CalledAETitle"] = "THIS TITLE IS TOO LONG",
            ["Feeds:find:Colour"] = "red",
        }).Build();

        var web = new DicomQidoAdapterFactory(() => throw new InvalidOperationException(), () => throw new InvalidOperationException(), TimeProvider.System, NullLoggerFactory.Instance)
            .Validate("web", settings.GetSection("Feeds:web"));
        var find = new DicomFindAdapterFactory(() => throw new InvalidOperationException(), () => throw new InvalidOperationException(), TimeProvider.System, NullLoggerFactory.Instance)
            .Validate("find", settings.GetSection("Feeds:find"));

        Assert.Equal(["Feeds:web:BaseUrl", "Feeds:web:Charset", "Feeds:web:PageSize", "Feeds:web:Since", "Feeds:web:Token"], web.Select(p => p.Place).Order(StringComparer.Ordinal));
        Assert.Equal(["Feeds:find:CalledAETitle", "Feeds:find:Colour", "Feeds:find:Connect"], find.Select(p => p.Place).Order(StringComparer.Ordinal));
    }

    private async Task<List<string>> StudiesAsync(int pageSize, Func<DicomQidoOptions, DicomQidoOptions>? change = null)
    {
        var options = Options(pageSize);
        using var client = new HttpClient(_server, disposeHandler: false);
        var source = new DicomQidoSource(change?.Invoke(options) ?? options, client, TimeProvider.System);
        var uids = new List<string>();
        await foreach (var study in source.StudiesAsync(new DateOnly(2026, 3, 1), CancellationToken.None))
        {
            uids.Add(study.Text(DicomTag.StudyInstanceUid));
        }

        return uids;
    }

    private static DicomQidoOptions Options(int pageSize)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Feeds:web:BaseUrl"] = "http://127.0.0.1:1/dicom-web", ["Feeds:web:PageSize"] = $"{pageSize}" }).Build();
        return DicomQidoOptions.Read(new Core.Settings.SettingsReader(section.GetSection("Feeds:web")));
    }

    /// <summary>An archive's web server.</summary>
    private sealed class DicomWeb : HttpMessageHandler
    {
        public int Studies { get; set; }

        public int Most { get; set; } = 1000;

        public bool IgnoresOffset { get; set; }

        /// <summary>What it does instead of answering, one request each.</summary>
        public Queue<Func<HttpResponseMessage>> Whims { get; } = [];

        public List<(string PathAndQuery, string Authorization)> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((request.RequestUri!.PathAndQuery, request.Headers.Authorization?.ToString() ?? ""));
            if (Whims.TryDequeue(out var whim))
            {
                return Task.FromResult(whim());
            }

            var query = request.RequestUri.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).Where(pair => pair[0] is "limit" or "offset")
                .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));
            var page = Enumerable.Range(0, Studies).Skip(IgnoresOffset ? 0 : query["offset"]).Take(Math.Min(Most, query["limit"])).ToList();
            var body = string.Join(",", page.Select(i => $$$"""{"0020000D":{"vr":"UI","Value":["1.2.{{{i}}}"]}}"""));
            return Task.FromResult(page.Count == 0
                ? new HttpResponseMessage(HttpStatusCode.NoContent)
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($"[{body}]", Encoding.UTF8, "application/dicom+json") });
        }
    }
}
