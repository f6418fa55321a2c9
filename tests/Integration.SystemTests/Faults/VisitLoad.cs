using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Faults;

/// <summary>Senders of admissions, each with a visit of its own, so that its effect on the record can be counted. What got no AA is sent again.</summary>
/// <param name="noteBytes">Length that each message has besides.</param>
internal sealed partial class VisitLoad(int noteBytes = 0)
{
    private const int Patients = 20;

    private readonly ConcurrentQueue<int> _unanswered = new();
    private readonly ConcurrentDictionary<int, bool> _acknowledged = new();
    private int _next;
    private int _refused;

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Answers other than AA.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Sends until every connection is gone or it is enough.</summary>
    public Task SendAsync(int port, int senders, Func<bool> isEnough) => Task.WhenAll(Enumerable.Range(0, senders).Select(_ => SendAsync(port, () => Interlocked.Increment(ref _next), isEnough)));

    /// <summary>Sends what has no AA yet, until all has.</summary>
    public Task SendAgainAsync(int port) => SendAsync(port, () => 0, () => _unanswered.IsEmpty);

    /// <summary>Every acknowledged visit is in the record once, and none twice.</summary>
    /// <returns>Visits in the record.</returns>
    public async Task<int> AssertEffectsAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        var visits = new List<int>();
        for (var patient = 0; patient < Patients; patient++)
        {
            var found = (await engine.GetJsonAsync($"/api/v1/patients?identifier=K{patient:D4}", cancellationToken))["items"]!.AsArray();
            if (found is [{ } one])
            {
                var encounters = await engine.GetAllAsync($"/api/v1/patients/{(string)one["id"]!}/resources?type=Encounter&limit=500", cancellationToken);
                visits.AddRange(encounters.Select(NumberOf));
            }
        }

        Assert.Empty(_acknowledged.Keys.Except(visits));
        Assert.Equal(visits.Distinct().Count(), visits.Count);
        return visits.Count;
    }

    private async Task SendAsync(int port, Func<int> another, Func<bool> isEnough)
    {
        try
        {
            await using var sender = await MllpSender.ConnectAsync("127.0.0.1", port, TimeSpan.FromSeconds(20), CancellationToken.None);
            while (!isEnough())
            {
                var number = _unanswered.TryDequeue(out var again) ? again : another();
                if (number > 0)
                {
                    await SendOneAsync(sender, number);
                }
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException or SocketException)
        {
            // The engine died; what had no answer waits in the queue.
        }
    }

    private async Task SendOneAsync(MllpSender sender, int number)
    {
        try
        {
            if ((await sender.SendAsync(Message(number), CancellationToken.None)).Code == AcknowledgmentCode.AA)
            {
                _acknowledged[number] = true;
                return;
            }

            Interlocked.Increment(ref _refused);
            _unanswered.Enqueue(number);
        }
        catch (Exception e) when (e is IOException or TimeoutException or SocketException)
        {
            _unanswered.Enqueue(number);
            throw;
        }
    }

    private byte[] Message(int number) => Encoding.UTF8.GetBytes(string.Join('\r',
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A01^ADT_A01|C{number:D8}|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800",
        $"PID|1||K{number % Patients:D4}^^^HIS^MR||赵{number % Patients}^^^^^^L||19800203|M",
        $"PV1|1|I|WARD^101^1||||||||||||||||VC{number:D8}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800",
        $"ZNT|{new string('n', noteBytes)}", ""));

    private static int NumberOf(JsonNode encounter) =>
        int.Parse(Visit().Match(encounter.ToJsonString()).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"VC(\d{8})")]
    private static partial Regex Visit();
}
