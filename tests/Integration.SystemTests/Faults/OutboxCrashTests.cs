using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.SystemTests.Hl7v2;

namespace Integration.SystemTests.Faults;

/// <summary>What a change tells other systems is neither lost nor invented, whenever the process is killed between commit and sending.</summary>
public sealed class OutboxCrashTests(ITestOutputHelper output)
{
    private const int Seed = 20260301;
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// New patients come in while the process is killed at random moments, and the receiver hangs up on every fourth message unanswered. In the end
    /// each patient that was acknowledged has reached the receiver, every repeat under the control id of its first, and no patient under two.
    /// </summary>
    [Fact]
    public Task Kill_BetweenCommitAndSending_LosesNothingAndRepeatsUnderTheSameControlId() => KillAsync(kills: 8, mostMillisecondsBetween: 0);

    /// <summary>
    /// The same with 200 kills; about a quarter of an hour. Run it by hand with <c>-explicit only</c>.
    /// The sender pauses between messages, so that sending keeps up and every kill meets new changes, not an old backlog.
    /// </summary>
    [Fact(Explicit = true)]
    public Task Kill_200TimesBetweenCommitAndSending_LosesNothingAndRepeatsUnderTheSameControlId() => KillAsync(kills: 200, mostMillisecondsBetween: 20);

    /// <param name="mostMillisecondsBetween">The sender waits up to this long after each answer; 0: not at all.</param>
    private async Task KillAsync(int kills, int mostMillisecondsBetween)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        using var receiver = new MllpReceiver(hangsUpEvery: 4);
        var random = new Random(Seed);
        var acknowledged = new List<string>();
        string[] settings =
        [
            "--Destinations:crm:Adapter=Hl7v2.Mllp", $"--Destinations:crm:Connect=127.0.0.1:{receiver.Port}", "--Destinations:crm:Messages=ADT_A08",
            "--Destinations:crm:Retry:First=00:00:00.010", "--Destinations:crm:CircuitBreaker:Pause=00:00:00.050", "--Destinations:crm:Retry:Max=00:00:00.100",
        ];

        var next = 0;
        for (var round = 0; round < kills; round++)
        {
            await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, settings);
            var sending = SendAsync(engine.MllpPort, () => $"P{Interlocked.Increment(ref next)}", acknowledged, mostMillisecondsBetween);
            await Task.Delay(random.Next(150, 900), cancellationToken);
            engine.Kill();
            await sending;
        }

        await using var last = await EngineProcess.StartAsync(data.Path, cancellationToken, settings);
        await last.DrainAsync(TimeSpan.FromMinutes(1), cancellationToken);
        await WaitForDeliveryAsync(last, TimeSpan.FromMinutes(kills > 100 ? 15 : 2), cancellationToken);

        var byPatient = receiver.Received.GroupBy(m => MllpReceiver.FieldOf(m, "PID", 3).Split('^')[0])
            .ToDictionary(g => g.Key, g => g.Select(m => MllpReceiver.FieldOf(m, "MSH", 10)).Distinct().Count());
        output.WriteLine($"kills {kills}, acknowledged {acknowledged.Count}, received {receiver.Received.Count}, patients {byPatient.Count}");
        Assert.True(acknowledged.Count > kills, "The load was too small to prove anything.");
        Assert.Equal([], acknowledged.Except(byPatient.Keys));
        Assert.All(byPatient, p => Assert.Equal(1, p.Value));
        Assert.True(receiver.Received.Count > byPatient.Count, "Nothing was repeated, so repeats were not tested.");
    }

    private static async Task SendAsync(int port, Func<string> newPatient, List<string> acknowledged, int mostMillisecondsBetween)
    {
        try
        {
            await using var sender = await MllpSender.ConnectAsync("127.0.0.1", port, AckTimeout, CancellationToken.None);
            while (true)
            {
                var patient = newPatient();
                var message = $"MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A28|C{patient}|P|2.5.1\rEVN|A28|20260301080000\rPID|1||{patient}^^^HIS||Name{patient}\r";
                var ack = await sender.SendAsync(Encoding.UTF8.GetBytes(message), CancellationToken.None);
                Assert.True(ack.IsAccepted);
                acknowledged.Add(patient);
                if (mostMillisecondsBetween > 0)
                {
                    await Task.Delay(Random.Shared.Next(mostMillisecondsBetween + 1));
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException)
        {
            // The process was killed: what has no answer is not counted as acknowledged.
        }
    }

    private static async Task WaitForDeliveryAsync(EngineProcess engine, TimeSpan most, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(most);
        while ((await engine.GetJsonAsync("/api/v1/destinations", limit.Token))["items"]![0]!["counts"]!["waiting"]!.GetValue<long>() > 0)
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
