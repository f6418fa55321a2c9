namespace Integration.SystemTests.Peers;

/// <summary>FEATURES row 18: curl posts to an <c>Hl7v2.Http</c> feed of the real program.</summary>
public sealed class HttpPeerTests
{
    private const string Curl = "/usr/bin/curl";
    private const string Key = "key-of-a-laboratory";

    [Fact]
    public async Task Curl_PostsASample_GetsTheApplicationAcknowledgement()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(Curl, "curl");
        using var data = new TemporaryFolder();
        var port = FreePort.Next();
        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken, "--Feeds:post:Adapter=Hl7v2.Http", $"--Feeds:post:Listen=127.0.0.1:{port}", "--Feeds:post:Path=/hl7",
            $"--Feeds:post:ApiKey={Key}", "--Feeds:post:AssigningAuthority=HIS");
        var sample = Path.Combine(RepositoryRoot.Path, "samples", "messages", "01-adt-a01-utf8.hl7");

        var (exitCode, answer) = await PostAsync(sample, "-H", $"X-Api-Key: {Key}");
        var (_, refused) = await PostAsync(sample);
        var (_, unreadable) = await PostAsync(Path.Combine(RepositoryRoot.Path, "samples", "messages", "06-bad-no-header.hl7"), "-H", $"X-Api-Key: {Key}");

        Assert.Equal(0, exitCode);
        Assert.Contains("\rMSA|AA|", answer, StringComparison.Ordinal);
        Assert.EndsWith("200", answer, StringComparison.Ordinal);
        Assert.EndsWith("401", refused, StringComparison.Ordinal);
        Assert.EndsWith("400", unreadable, StringComparison.Ordinal);
        await engine.DrainAsync(TimeSpan.FromSeconds(30), cancellationToken);
        var states = (await engine.GetAllAsync("/api/v1/messages?feed=post&limit=10", cancellationToken)).Select(m => (string)m["state"]!);
        Assert.Equal(["done", "failed"], states.Order(StringComparer.Ordinal));

        Task<(int ExitCode, string Output)> PostAsync(string file, params string[] more) => PeerProgram.RunAsync(
            Curl, cancellationToken,
            ["-s", "--max-time", "20", "-w", "%{http_code}", "-H", "Content-Type: application/hl7-v2", "--data-binary", $"@{file}", .. more, $"http://127.0.0.1:{port}/hl7"]);
    }
}
