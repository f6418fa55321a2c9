using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Faults;

/// <summary>
/// The first guarantee: nothing acknowledged is ever lost, and nothing takes effect twice, whenever the process is killed.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Senders = 8;
    private const int Seed = 20261121;

    /// <summary>
    /// Eight senders send admissions, each with a visit of its own, while the process is killed twelve times at random moments. A sender that got
    /// no answer sends the same message again after the restart, as real senders do. In the end every acknowledged control id is in the
    /// journal, finished exactly once, and each has exactly one Encounter in the record.
    /// </summary>
    [Fact]
    public Task Kill_AtRandomMomentsUnderLoad_LosesAndDoublesNothing() => KillAsync(kills: 12, leastMessages: 0, mostMillisecondsBetween: 0);

    /// <summary>
    /// The same with 500 kills over at least 100,000 messages; about half an hour. Run it by hand with <c>-explicit only</c>.
    /// The senders pause between messages, so that the pipeline keeps up and every kill finds messages in each of its stages, new ones too.
    /// </summary>
    [Fact(Explicit = true)]
    public Task Kill_500TimesOver100000Messages_LosesAndDoublesNothing() => KillAsync(kills: 500, leastMessages: 100_000, mostMillisecondsBetween: 20);

    /// <param name="mostMillisecondsBetween">A sender waits up to this long after each answer; 0: not at all.</param>
    private async Task KillAsync(int kills, int leastMessages, int mostMillisecondsBetween)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var random = new Random(Seed);
        var acknowledged = new ConcurrentDictionary<string, int>();   // control id → patient
        var unanswered = new ConcurrentQueue<(string ControlId, int Patient)>();
        var next = 0;

        for (var round = 0; round < kills || next < leastMessages; round++)
        {
            await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
            var senders = Enumerable.Range(0, Senders).Select(_ => SendUntilBrokenAsync(
                engine.MllpPort, () => unanswered.TryDequeue(out var again) ? again : NewMessage(ref next),
                acknowledged, unanswered, mostMillisecondsBetween)).ToArray();
            await Task.Delay(random.Next(200, 1500), cancellationToken);
            engine.Kill();
            await Task.WhenAll(senders);
        }

        await using var last = await EngineProcess.StartAsync(data.Path, cancellationToken);
        await last.DrainAsync(TimeSpan.FromMinutes(kills > 100 ? 30 : 2), cancellationToken);   // a life may take in far more than it can process
        var messages = await last.GetAllAsync("/api/v1/messages?limit=500", cancellationToken);
        var effective = messages.Where(m => (string)m["state"]! != "duplicate").ToLookup(m => (string)m["controlId"]!);
        var encounters = await CountEncountersAsync(last, acknowledged.Values.Distinct(), cancellationToken);

        var lost = acknowledged.Keys.Where(id => !effective[id].Any()).ToList();
        var doubled = effective.Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        var unfinished = messages.Where(m => (string)m["state"]! is not ("done" or "duplicate")).ToList();
        output.WriteLine($"kills {kills}, acknowledged {acknowledged.Count}, journaled {messages.Count}, lost {lost.Count}, doubled {doubled.Count}");
        Assert.True(acknowledged.Count > kills, "The load was too small to prove anything.");
        Assert.Empty(lost);
        Assert.Empty(doubled);
        Assert.Empty(unfinished);

        // Messages that were committed and killed before their answer count too: all journaled, all in the record once.
        Assert.Equal(effective.Count, encounters);
    }

    private static (string ControlId, int Patient) NewMessage(ref int next)
    {
        var number = Interlocked.Increment(ref next);
        return ($"C{number:D8}", number % 25);
    }

    private static async Task SendUntilBrokenAsync(
        int port, Func<(string ControlId, int Patient)> take, ConcurrentDictionary<string, int> acknowledged, ConcurrentQueue<(string, int)> unanswered,
        int mostMillisecondsBetween)
    {
        MllpSender sender;
        try
        {
            sender = await MllpSender.ConnectAsync("127.0.0.1", port, TimeSpan.FromSeconds(10), CancellationToken.None);
        }
        catch (SocketException)
        {
            return;   // killed before this sender came
        }

        await using (sender)
        {
            while (true)
            {
                var (controlId, patient) = take();
                try
                {
                    var ack = await sender.SendAsync(Admission(controlId, patient), CancellationToken.None);
                    if (ack.Code == AcknowledgmentCode.AA)
                    {
                        acknowledged[controlId] = patient;
                    }
                    else
                    {
                        unanswered.Enqueue((controlId, patient));
                    }

                    if (mostMillisecondsBetween > 0)
                    {
                        await Task.Delay(Random.Shared.Next(mostMillisecondsBetween + 1));
                    }
                }
                catch (Exception e) when (e is IOException or TimeoutException or SocketException)
                {
                    unanswered.Enqueue((controlId, patient));
                    return;
                }
            }
        }
    }

    private static byte[] Admission(string controlId, int patient) => Encoding.UTF8.GetBytes(string.Join('\r',
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A01^ADT_A01|{controlId}|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800",
        $"PID|1||K{patient:D4}^^^HIS^MR||赵{patient}^^^^^^L||19800203|M",
        $"PV1|1|I|WARD^101^1||||||||||||||||V{controlId}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800", ""));

    private static async Task<int> CountEncountersAsync(EngineProcess engine, IEnumerable<int> patients, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var patient in patients)
        {
            var found = (await engine.GetJsonAsync($"/api/v1/patients?identifier=K{patient:D4}", cancellationToken))["items"]!.AsArray();
            var id = (string)Assert.Single(found)!["id"]!;
            count += (await engine.GetAllAsync($"/api/v1/patients/{id}/resources?type=Encounter&limit=500", cancellationToken)).Count;
        }

        return count;
    }
}
