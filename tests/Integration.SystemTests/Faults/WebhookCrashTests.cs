using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.SystemTests.Peers;
using Integration.Tests.Webhook;

namespace Integration.SystemTests.Faults;

/// <summary>Every event reaches every receiver, none is invented, and a patient's come in order, whenever the process is killed.</summary>
public sealed class WebhookCrashTests(ITestOutputHelper output)
{
    private const int Seed = 20260305;
    private const int Senders = 4;
    private const string Secret = "a-secret-of-the-system-tests-0001";

    /// <summary>
    /// Patients are admitted, moved and discharged while the process is killed at random moments. One receiver is ours, and fails on some requests; the other
    /// is the sample in Python, which checks signatures by itself.
    /// </summary>
    [Fact]
    public Task Kill_WhileEventsAreSent_LosesAndInventsNoneAndKeepsOrder() => KillAsync(kills: 8, mostMillisecondsBetween: 0);

    /// <summary>The same with 200 kills; about a quarter of an hour. Run it by hand with <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public Task Kill_200TimesWhileEventsAreSent_LosesAndInventsNoneAndKeepsOrder() => KillAsync(kills: 200, mostMillisecondsBetween: 20);

    private async Task KillAsync(int kills, int mostMillisecondsBetween)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var own = await WebhookReceiver.StartAsync();
        own.Answer = EventProof.MoodyAnswer();
        var pythonPort = FreePort.Next();
        var file = Path.Combine(data.Path, "events.ndjson");
        await using var python = await PeerProgram.StartAsync(
            "env", pythonPort, cancellationToken, $"WEBHOOK_SECRET={Secret}", "python3",
            Path.Combine(RepositoryRoot.Path, "samples", "receivers", "python", "receiver.py"), pythonPort.ToString(CultureInfo.InvariantCulture), file);
        string[] settings =
        [
            .. EventProof.Webhook("own", own.Address.ToString(), Secret), .. EventProof.Webhook("python", $"http://127.0.0.1:{pythonPort}/events", Secret),
        ];
        var random = new Random(Seed);
        var (next, acknowledged) = (0, 0);
        for (var round = 0; round < kills; round++)
        {
            await using var engine = await EngineProcess.StartAsync(Path.Combine(data.Path, "engine"), cancellationToken, settings);
            var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ =>
                SendStaysAsync(engine.MllpPort, () => Interlocked.Increment(ref next), () => Interlocked.Increment(ref acknowledged), mostMillisecondsBetween)));
            await Task.Delay(random.Next(200, 1200), cancellationToken);
            engine.Kill();
            await sending;
        }

        await using var last = await EngineProcess.StartAsync(Path.Combine(data.Path, "engine"), cancellationToken, settings);
        await last.DrainAsync(TimeSpan.FromMinutes(kills > 100 ? 15 : 2), cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await EventProof.WaitForDeliveryAsync(last, TimeSpan.FromMinutes(kills > 100 ? 15 : 2), cancellationToken);
        var stored = await EventProof.EventsOfAsync(last, cancellationToken);

        Assert.All(own.Requests, r => Assert.Equal(SignatureOf(r.Headers["Webhook-Timestamp"], r.Body), r.Headers["Webhook-Signature"]));
        var atOwn = own.Requests.Select(r => JsonNode.Parse(r.Body)!).ToList();
        var atPython = (await File.ReadAllLinesAsync(file, cancellationToken)).Select(line => JsonNode.Parse(line)!).ToList();
        output.WriteLine(
            $"kills {kills}, acknowledged {acknowledged}, events {stored.Count}, posted to our receiver {atOwn.Count} ({atOwn.Count - atOwn.DistinctBy(EventProof.IdOf).Count()} repeats), "
            + $"kept by the Python receiver {atPython.Count}, last backlog drained in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.True(acknowledged > kills * 5, "The load was too small to prove anything.");
        Assert.True(atOwn.Count > atOwn.DistinctBy(EventProof.IdOf).Count(), "Nothing was repeated, so repeats were not tested.");
        foreach (var received in new[] { atOwn, atPython })
        {
            EventProof.AssertAllAndNothingElse(stored, received);
            EventProof.AssertInOrder(received);
        }

        await AssertOneStartAVisitAsync(last, stored, cancellationToken);
    }

    /// <summary>None twice: each visit of the record began in exactly one event.</summary>
    private static async Task AssertOneStartAVisitAsync(EngineProcess engine, List<JsonNode> stored, CancellationToken cancellationToken)
    {
        var started = stored.Where(e => (string)e["type"]! == "encounter.started").Select(e => (string)e["subject"]!).ToList();
        var visits = new HashSet<string>();
        JsonNode page;
        var cursor = "";
        do
        {
            page = await engine.GetJsonAsync($"/api/v1/changes?limit=1000&content=none{cursor}", cancellationToken);
            visits.UnionWith(page["items"]!.AsArray().Select(i => (string)i!["reference"]!).Where(r => r.StartsWith("Encounter/", StringComparison.Ordinal)));
            cursor = $"&since={(string)page["cursor"]!}";
        }
        while (!(bool)page["caughtUp"]!);

        Assert.Equal(visits.Order(StringComparer.Ordinal), started.Order(StringComparer.Ordinal));
    }

    private static async Task SendStaysAsync(int port, Func<int> nextPatient, Action acknowledged, int mostMillisecondsBetween)
    {
        try
        {
            await using var sender = await MllpSender.ConnectAsync("127.0.0.1", port, TimeSpan.FromSeconds(20), CancellationToken.None);
            while (true)
            {
                var patient = nextPatient();
                foreach (var (trigger, place, hour) in new[] { ("A01", "心内科^302^01", 8), ("A02", "骨科^101^02", 9), ("A03", "骨科^101^02", 10) })
                {
                    var message = $"MSH|^~\\&|HIS|EAST|||20260301{hour:00}0000||ADT^{trigger}|{trigger}{patient}|P|2.5.1||||||UNICODE UTF-8\rEVN|{trigger}|20260301{hour:00}0000\r"
                        + $"PID|1||W{patient}^^^HIS||Name{patient}\rPV1|1|I|{place}||||||||||||||||VW{patient}\r";
                    var ack = await sender.SendAsync(Encoding.UTF8.GetBytes(message), CancellationToken.None);
                    Assert.True(ack.IsAccepted);
                    acknowledged();
                    if (mostMillisecondsBetween > 0)
                    {
                        await Task.Delay(Random.Shared.Next(mostMillisecondsBetween + 1));
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException)
        {
            // The process was killed.
        }
    }

    private static string SignatureOf(string timestamp, byte[] body) => "v1=" + Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.ASCII.GetBytes(timestamp + "."), .. body]));
}
