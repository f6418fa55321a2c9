using System.Security.Cryptography;
using System.Text.Json;
using Integration.Core.Attachments;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Integration.Fhir;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.FhirAdapter;

/// <summary>Documents and pictures inside resources are kept beside the record when they are long.</summary>
public sealed class FhirAttachmentTests
{
    [Fact]
    public async Task Attachment_OfAMegabyte_IsKeptBesideTheRecordByteForByte()
    {
        await using var engine = await FhirEngine.StartAsync();
        var content = Content(1_000_000);

        var message = await engine.SendFhirAsync(Document("d1", Convert.ToBase64String(content)));

        Assert.Equal(MessageState.Done, message.State);
        var resource = (await engine.FindFhirAsync("DocumentReference", "d1"))!.Resource;
        var attachment = resource["content"]![0]!["attachment"]!;
        Assert.Null(attachment["data"]);
        Assert.Equal("application/pdf", (string?)attachment["contentType"]);
        Assert.Equal("检验报告", (string?)attachment["title"]);
        Assert.Equal(1_000_000, (int)attachment["size"]!);
        Assert.Equal(Convert.ToBase64String(SHA1.HashData(content)), (string?)attachment["hash"]);
        Assert.Equal(content, await ReadAsync(engine, (string)attachment["url"]!));
        Assert.DoesNotContain(FhirValidator.Validate(JsonSerializer.SerializeToElement(resource)), issue => issue.Severity == FhirIssueSeverity.Error);
    }

    /// <summary>Whatever way JSON and base64 allow to write it; the same content twice is kept once.</summary>
    [Fact]
    public async Task Attachment_WrittenOtherwise_IsTheSame()
    {
        await using var engine = await FhirEngine.StartAsync();
        var text = Convert.ToBase64String(Content(400_000));

        await engine.SendFhirAsync(Document("d1", text));
        await engine.SendFhirAsync(Document("d2", text.Insert(400, "\\n").Replace("/", "\\/", StringComparison.Ordinal)));

        Assert.Equal(Url(await engine.FindFhirAsync("DocumentReference", "d1")), Url(await engine.FindFhirAsync("DocumentReference", "d2")));
        Assert.Single((await engine.Store.QueryAsync(new DocumentQuery(Collections.Attachments) { Limit = 10 }, CancellationToken.None)).Documents);

        static string? Url(Core.Records.ResourceDocument? document) => (string?)document!.Resource["content"]![0]!["attachment"]!["url"];
    }

    [Fact]
    public async Task Attachment_ThatIsShort_StaysWhereItIs()
    {
        await using var engine = await FhirEngine.StartAsync();

        await engine.SendFhirAsync(Document("d1", Convert.ToBase64String(Content(1_000))));

        Assert.NotNull((await engine.FindFhirAsync("DocumentReference", "d1"))!.Resource["content"]![0]!["attachment"]!["data"]);
    }

    /// <summary>Several in one Bundle, in arrays and beside one another; what only looks like an attachment stays.</summary>
    [Fact]
    public async Task Attachments_OfABundle_AreAllKept_AndWaveformsStay()
    {
        await using var engine = await FhirEngine.StartAsync();
        var wave = string.Join(' ', Enumerable.Repeat("1024", 100_000));
        var photos = string.Join(',', Enumerable.Range(0, 3).Select(i => $$"""{"contentType":"image/jpeg","data":"{{Convert.ToBase64String(Content(300_000 + i))}}"}"""));
        var bundle = $$$"""
            {"resourceType":"Bundle","type":"collection","entry":[
              {"resource":{"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:test:mrn","value":"M1"}],"photo":[{{{photos}}}]}},
              {"resource":{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"ECG"},"subject":{"reference":"Patient/p1"},
                "valueSampledData":{"origin":{"value":0},"period":2,"dimensions":1,"data":"{{{wave}}}" } } }
            ]}
            """;

        var message = await engine.SendFhirAsync(bundle);

        Assert.Equal(MessageState.Done, message.State);
        var urls = (await engine.FindFhirAsync("Patient", "p1"))!.Resource["photo"]!.AsArray().Select(photo => (string?)photo!["url"]).ToList();
        Assert.Equal(3, urls.Distinct().Count());
        foreach (var (url, i) in urls.Select((url, i) => (url!, i)))
        {
            Assert.Equal(300_000 + i, (await ReadAsync(engine, url)).Length);
        }

        Assert.Equal(wave, (string?)(await engine.FindFhirAsync("Observation", "o1"))!.Resource["valueSampledData"]!["data"]);
    }

    [Fact]
    public async Task Replay_OfAMessageWithAnAttachment_ChangesNothing()
    {
        await using var engine = await FhirEngine.StartAsync();
        var text = Convert.ToBase64String(Content(400_000));
        await engine.SendFhirAsync(Document("d1", text));
        var before = (await engine.FindFhirAsync("DocumentReference", "d1"))!;

        await engine.SendFhirAsync(Document("d1", text));

        Assert.Equal(before.Version, (await engine.FindFhirAsync("DocumentReference", "d1"))!.Version);
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static string Document(string id, string data) => $$$"""
        {"resourceType":"DocumentReference","id":"{{{id}}}","status":"current","subject":{"type":"Patient","identifier":{"system":"urn:test:mrn","value":"M1"}},
         "content":[{"attachment":{"contentType":"application/pdf","title":"检验报告","data":"{{{data}}}"}}]}
        """;

    private static async Task<byte[]> ReadAsync(TestEngine engine, string url)
    {
        var store = engine.Services.GetRequiredService<AttachmentStore>();
        var attachment = (await store.FindAsync(url["Binary/".Length..], CancellationToken.None))!;
        using var content = new MemoryStream();
        await foreach (var piece in store.ReadAsync(attachment, CancellationToken.None))
        {
            content.Write(piece.Span);
        }

        return content.ToArray();
    }
}
