using System.Text;
using Integration.Adapters.Fhir;
using Integration.Adapters.Fhir.Files;
using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.FhirAdapter;

/// <summary>Bulk: NDJSON and Bundle files come in by the pick-up that HL7 files have.</summary>
public sealed class FhirFolderTests : IDisposable
{
    private readonly string _inbox = Directory.CreateTempSubdirectory("fhir-folder-").FullName;

    public void Dispose() => Directory.Delete(_inbox, recursive: true);

    [Fact]
    public async Task Ndjson_TakesEachLine_AndSetsTheBadOneAside()
    {
        await using var engine = await FhirEngine.StartAsync();
        var lines = new[] { FhirEngine.Observation("o1", "Patient/p1"), "", FhirEngine.Patient("p1", "M1"), "{not json", FhirEngine.Observation("o2", "Patient/p1") };

        var entry = await PollAsync(engine, "resources.ndjson", string.Join("\r\n", lines.Select(OneLine)) + "\n");

        Assert.Equal((4, 3, 1), (entry.Messages, entry.Accepted, entry.Quarantined));
        Assert.Equal(3, (await engine.AllAsync()).Count);
        Assert.Single((await engine.AllAsync()).Select(r => r.PatientId).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bundle_IsOneMessage_HoweverItIsWritten(bool indented)
    {
        await using var engine = await FhirEngine.StartAsync();
        var bundle = $$$"""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{{{FhirEngine.Patient("p1", "M1")}}}},{"resource":{{{FhirEngine.Observation("o1", "Patient/p1")}}}}]}""";

        var entry = await PollAsync(engine, "bundle.json", indented ? System.Text.Json.Nodes.JsonNode.Parse(bundle)!.ToJsonString(new() { WriteIndented = true }) : OneLine(bundle));

        Assert.Equal((FileState.Done, 1, 1), (entry.State, entry.Messages, entry.Accepted));
        Assert.Equal(2, (await engine.AllAsync()).Count);
    }

    [Fact]
    public async Task SameFileAgain_IsACopy()
    {
        await using var engine = await FhirEngine.StartAsync();
        await PollAsync(engine, "a.ndjson", OneLine(FhirEngine.Patient("p1", "M1")));

        var entry = await PollAsync(engine, "b.ndjson", OneLine(FhirEngine.Patient("p1", "M1")));

        Assert.Equal(1, entry.Copies);
    }

    [Fact]
    public async Task Parts_AtAnyChunking_AreTheSame()
    {
        var random = new Random(20260301);
        var text = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 50).Select(i => i % 7 == 0 ? "" : $$"""{"resourceType":"Patient","id":"{{i}}","x":"{{new string('y', i * 3)}}"}""")));
        var expected = Encoding.UTF8.GetString(text).Split('\n').Where(line => line.Length > 0).ToList();
        for (var round = 0; round < 30; round++)
        {
            using var parts = new FhirFileParts(new Dripping(text, random), 64 * 1024);
            var read = new List<FilePart>();
            while (await parts.ReadAsync(CancellationToken.None) is { } part)
            {
                read.Add(part);
            }

            Assert.Equal(expected, read.Select(part => Encoding.UTF8.GetString(part.Bytes!)));
            Assert.All(read, part => Assert.Equal((byte)'{', text[part.Offset]));
            Assert.Equal((expected.Count, text.Length), (parts.Findings().Messages, (int)parts.Length));
        }
    }

    [Fact]
    public async Task TooLong_IsToldAndLeftOut()
    {
        using var parts = new FhirFileParts(new MemoryStream(Encoding.UTF8.GetBytes("{\"a\":1}\n{\"b\":\"" + new string('x', 3000) + "\"}\n{\"c\":1}")), 1024);
        var read = new List<FilePart>();
        while (await parts.ReadAsync(CancellationToken.None) is { } part)
        {
            read.Add(part);
        }

        Assert.Equal([true, false, true], read.Select(part => part.Bytes is not null));
        Assert.Contains("byte 8", Assert.Single(parts.Findings().Issues).Text);
    }

    private static string OneLine(string json) => json.ReplaceLineEndings(" ");

    private async Task<FileDocument> PollAsync(TestEngine engine, string name, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(_inbox, name), content);
        var ledger = engine.Services.GetRequiredService<FileLedger>();
        await using var feed = new FilePickupAdapter(
            "emr", new PickupOptions { Path = _inbox, MinAge = TimeSpan.Zero }, new LocalFolder(_inbox, "*"),
            new FhirFileFormat("emr", new FhirFeedOptions { AssigningAuthority = FhirEngine.Authority }, engine.Intake), ledger, TimeProvider.System, NullLogger.Instance);
        for (var look = 0; look < 3; look++)
        {
            await feed.PollAsync(CancellationToken.None);
        }

        await engine.RunAsync();
        Assert.Empty(Directory.GetFiles(_inbox));
        return (await ledger.SearchAsync("emr", null, 10, null, CancellationToken.None)).Files[0];
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Dripping(byte[] content, Random random) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span[..Math.Min(buffer.Length, random.Next(1, 200))]));
    }
}
