using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Security;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Samples;

/// <summary>The sample receivers, asked what a receiver must do: believe nobody, keep each event once, outlive a kill in mid-line.</summary>
public sealed class ReceiverTests
{
    private const string Secret = "a-secret-of-the-system-tests-0001";

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public async Task Receiver_BelievesSignaturesOnly_AndKeepsEachEventOnce(string language)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "events.ndjson");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        HttpStatusCode[] answers;
        await using (var receiver = await Receiver.StartAsync(language, file, cancellationToken))
        {
            answers =
            [
                await receiver.PostAsync("e1", now, [Secret]), await receiver.PostAsync("e1", now, [Secret]), await receiver.PostAsync("e2", now, ["another-secret", Secret]),
                await receiver.PostAsync("e3", now, ["another-secret"]), await receiver.PostAsync("e4", now - 3600, [Secret]),
            ];
        }

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.NoContent, HttpStatusCode.NoContent, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], answers);
        Assert.Equal(["e1", "e2"], await IdsOfAsync(file, cancellationToken));
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public async Task Receiver_KilledInMidLine_GoesOnBehindTheLastWholeOne(string language)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "events.ndjson");
        await File.WriteAllTextAsync(file, """{"id":"e1"}""" + "\n" + """{"id":"e2","da""", cancellationToken);
        await using (var receiver = await Receiver.StartAsync(language, file, cancellationToken))
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            await receiver.PostAsync("e1", now, [Secret]);
            await receiver.PostAsync("e2", now, [Secret]);
        }

        Assert.Equal(["e1", "e2"], await IdsOfAsync(file, cancellationToken));
    }

    private static async Task<IEnumerable<string>> IdsOfAsync(string file, CancellationToken cancellationToken) =>
        (await File.ReadAllLinesAsync(file, cancellationToken)).Select(line => (string)JsonNode.Parse(line)!["id"]!);

    private sealed class Receiver(PeerProgram program, int port) : IAsyncDisposable
    {
        private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

        public static async Task<Receiver> StartAsync(string language, string file, CancellationToken cancellationToken)
        {
            var port = FreePort.Next();
            string[] command = language == "python"
                ? ["python3", Path.Combine(RepositoryRoot.Path, "samples", "receivers", "python", "receiver.py")]
                : ["dotnet", Path.Combine(RepositoryRoot.Path, "samples", "receivers", "csharp", "bin", EngineProcess.Configuration, "net10.0", "Receiver.dll")];
            return new Receiver(
                await PeerProgram.StartAsync("env", port, cancellationToken, [$"WEBHOOK_SECRET={Secret}", .. command, port.ToString(CultureInfo.InvariantCulture), file]), port);
        }

        public async Task<HttpStatusCode> PostAsync(string id, long timestamp, IReadOnlyList<string> secrets)
        {
            var body = Encoding.UTF8.GetBytes($$$"""{"id":"{{{id}}}","data":{"name":"王小东"}}""");
            using var request = new HttpRequestMessage(HttpMethod.Post, "events") { Content = new ByteArrayContent(body) };
            request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(timestamp, body, secrets));
            using var answer = await _client.SendAsync(request);
            return answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await program.DisposeAsync();
        }
    }
}
