using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Stow;
using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Dicom;

/// <summary><c>Dicom.Stow</c>: instances in over HTTP, one study in the record.</summary>
public sealed class StowTests : IAsyncLifetime
{
    private const string Key = "a-key-of-the-feed";

    private readonly HttpClient _client = new();
    private TestEngine _engine = null!;
    private DicomStowAdapter _adapter = null!;

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
        _client.Dispose();
    }

    [Fact]
    public async Task Instances_SentTwice_AreThereOnce()
    {
        var first = await PostAsync("/studies", File(1), File(2), File(3));
        await RunAsync();
        var second = await PostAsync("/studies/1.2.3.4", File(2), File(3));
        await RunAsync();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Code, second.Code));
        Assert.Equal(["1.2.3.4.1.1", "1.2.3.4.1.2", "1.2.3.4.1.3"], Uids(first.Body, "00081199"));
        var study = Assert.Single(await _engine.AllOfAsync("ImagingStudy")).Resource;
        Assert.Equal(3, (int)study["numberOfInstances"]!);
        Assert.Single(await _engine.MessagesAsync());
    }

    [Fact]
    public async Task Pixels_OfMegabytes_AreReadPast()
    {
        var file = DicomBytes.SliceWithoutPixels(1).Raw(DicomTag.PixelData, "OW", new byte[20_000_000]).ToFile(DicomTransferSyntax.ExplicitLittleEndianUid);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/studies", file, File(2))).Code);
        await RunAsync();
        Assert.Equal(2, (int)Assert.Single(await _engine.AllOfAsync("ImagingStudy")).Resource["numberOfInstances"]!);
    }

    [Fact]
    public async Task Instances_OfWhichSomeAreWrong_AreAnsweredOneByOne()
    {
        var mixed = await PostAsync("/studies/1.2.3.4", File(1), DicomBytes.SliceWithoutPixels(2, study: "9.9").ToFile(DicomTransferSyntax.ExplicitLittleEndianUid), "no DICOM at all"u8.ToArray());
        var wrong = await PostAsync("/studies", new DicomBytes().Text(DicomTag.SopInstanceUid, "UI", "1.2.9").ToFile(DicomTransferSyntax.ExplicitLittleEndianUid));
        var nothing = await PostAsync("/studies");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Conflict, HttpStatusCode.BadRequest), (mixed.Code, wrong.Code, nothing.Code));
        Assert.Equal(["1.2.3.4.1.1"], Uids(mixed.Body, "00081199"));
        Assert.Equal([0xA900, 0xC000], mixed.Body["00081198"]!["Value"]!.AsArray().Select(item => (int)item!["00081197"]!["Value"]![0]!));
        Assert.Equal(["1.2.9"], Uids(wrong.Body, "00081198"));
    }

    [Fact]
    public async Task Metadata_InJsonWithBulkBehind_IsTaken()
    {
        using var content = Multipart();
        var set = (await DicomReaderTests.ReadAsync(DicomBytes.Slice(1, name: "王^小东"))).DataSet!;
        Add(content, Encoding.UTF8.GetBytes($"[{Encoding.UTF8.GetString(DicomJsonWriter.Write(set))}]"), "application/dicom+json");
        Add(content, new byte[100_000], "application/octet-stream");

        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/studies", content)).Code);
        await RunAsync();
        Assert.Equal("王小东", (string?)Assert.Single(await _engine.AllOfAsync("Patient")).Resource["name"]![0]!["text"]);
        using var broken = Multipart();
        Add(broken, "[{"u8.ToArray(), "application/dicom+json");
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("/studies", broken)).Code);
    }

    [Fact]
    public async Task Body_ThatBreaksOff_IsRefusedAndTakenWhenSentAgain()
    {
        using var whole = Content(File(1), File(2));
        var bytes = await whole.ReadAsByteArrayAsync();
        using var half = new ByteArrayContent(bytes[..(bytes.Length - 300)]);
        half.Headers.ContentType = whole.Headers.ContentType;

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/studies", half)).Code);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/studies", File(1), File(2))).Code);
        await RunAsync();
        Assert.Equal(2, (int)Assert.Single(await _engine.AllOfAsync("ImagingStudy")).Resource["numberOfInstances"]!);
    }

    [Fact]
    public async Task Request_OfAnotherKind_SaysWhatToDo()
    {
        using var plain = new StringContent("x");
        using var request = new HttpRequestMessage(HttpMethod.Post, Address("/studies")) { Content = Content(File(1)) };

        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync("/studies", plain)).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("/series", File(1))).Code);
        using var get = new HttpRequestMessage(HttpMethod.Get, Address("/studies")) { Headers = { { "X-Api-Key", Key } } };
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.SendAsync(get)).StatusCode);
    }

    [Fact]
    public void Settings_Wrong_AreAllToldAtOnce()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:web:Adapter"] = "Dicom.Stow",
            ["Feeds:web:Path"] = "dicom-web",
            ["Feeds:web:Charset"] = "KLINGON",
            ["Feeds:web:ApiKey"] = "short",
            ["Feeds:web:AETitle"] = "X",
        }).Build();

        var problems = new DicomStowAdapterFactory(() => throw new InvalidOperationException(), new EngineMetrics(), TimeProvider.System, NullLoggerFactory.Instance)
            .Validate("web", settings.GetSection("Feeds:web"));

        Assert.Equal(["Feeds:web:AETitle", "Feeds:web:ApiKey", "Feeds:web:Charset", "Feeds:web:Path"], problems.Select(p => p.Place).Order(StringComparer.Ordinal));
    }

    private static byte[] File(int number) => DicomBytes.SliceWithoutPixels(number).Raw(DicomTag.PixelData, "OW", new byte[2000]).ToFile(DicomTransferSyntax.ExplicitLittleEndianUid);

    private static IEnumerable<string?> Uids(JsonNode answer, string sequence) => answer[sequence]!["Value"]!.AsArray().Select(item => (string?)item!["00081155"]!["Value"]![0]);

    private static MultipartContent Multipart()
    {
        var content = new MultipartContent("related", "frontier");
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
        return content;
    }

    private static void Add(MultipartContent content, byte[] part, string type) => content.Add(new ByteArrayContent(part) { Headers = { ContentType = new MediaTypeHeaderValue(type) } });

    private static MultipartContent Content(params byte[][] files)
    {
        var content = Multipart();
        foreach (var file in files)
        {
            Add(content, file, "application/dicom");
        }

        return content;
    }

    private async Task<(HttpStatusCode Code, JsonNode Body)> PostAsync(string path, params byte[][] files)
    {
        using var content = Content(files);
        return await PostAsync(path, content);
    }

    private async Task<(HttpStatusCode Code, JsonNode Body)> PostAsync(string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = content, Headers = { { "X-Api-Key", Key } } };
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)! : JsonValue.Create(text)!);
    }

    private Uri Address(string path) => new($"http://{_adapter.LocalEndpoint}/dicom-web{path}");

    private async Task RunAsync()
    {
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await StartAsync();
        await _engine.RunAsync();
    }

    private async Task StartAsync()
    {
        var options = new DicomStowOptions
        {
            Listen = new(IPAddress.Loopback, 0),
            StudyQuietTime = TimeSpan.FromMinutes(10),
            StudyLongestWait = TimeSpan.FromHours(1),
            AssigningAuthority = "web",
            Credentials = new(Key, null, null),
        };
        _adapter = new(
            "web", options, _engine.Services.GetRequiredService<StudyLedger>(), _engine.Intake, _engine.Services.GetRequiredService<EngineMetrics>(), TimeProvider.System,
            NullLoggerFactory.Instance);
        await _adapter.StartAsync(CancellationToken.None);
    }
}
