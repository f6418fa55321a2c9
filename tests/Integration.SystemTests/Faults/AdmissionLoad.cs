using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Faults;

/// <summary>
/// Senders of admissions, each with a visit of its own. What was not answered AA is sent again, as real senders do; in the end every acknowledged
/// control id must have taken effect once.
/// </summary>
/// <param name="senders">Connections at once.</param>
internal sealed class AdmissionLoad(int senders)
{
    private const int Patients = 25;
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, int> _acknowledged = new();   // control id → patient
    private readonly ConcurrentQueue<(string ControlId, int Patient)> _unanswered = new();
    private int _next;
    private int _refused;

    /// <summary>Different messages made so far.</summary>
    public int Made => _next;

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Answers that were not AA: the sender was told to come again.</summary>
    public int Refused => _refused;

    /// <summary>Sends until every connection is gone.</summary>
    /// <param name="mostMillisecondsBetween">A sender waits up to this long after each answer; 0: not at all.</param>
    public Task SendUntilBrokenAsync(int port, int mostMillisecondsBetween) =>
        Task.WhenAll(Enumerable.Range(0, senders).Select(_ => SendAsync(port, mostMillisecondsBetween, CancellationToken.None)));

    /// <summary>Sends until told to stop; who loses its connection makes another.</summary>
    public Task SendUntilStoppedAsync(int port, int mostMillisecondsBetween, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, senders).Select(async _ =>
    {
        while (!stop.IsCancellationRequested)
        {
            await SendAsync(port, mostMillisecondsBetween, stop);
            await Task.Delay(ReconnectPause, CancellationToken.None);
        }
    }));

    /// <summary>Sends what had no answer, once each, to an engine that nobody disturbs.</summary>
    public async Task SendRestAsync(int port, CancellationToken cancellationToken)
    {
        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", port, AckTimeout, cancellationToken);
        while (_unanswered.TryDequeue(out var message))
        {
            Assert.Equal(AcknowledgmentCode.AA, (await sender.SendAsync(Admission(message.ControlId, message.Patient), cancellationToken)).Code);
            _acknowledged[message.ControlId] = message.Patient;
        }
    }

    /// <summary>Waits until the pipeline is done, prints the figures, and checks journal and record against what was acknowledged.</summary>
    /// <param name="what">What was done to the engine, for the line of figures: <c>kills 12</c>.</param>
    public async Task CheckAsync(EngineProcess engine, string what, TimeSpan drainLimit, ITestOutputHelper output, CancellationToken cancellationToken)
    {
        await engine.DrainAsync(drainLimit, cancellationToken);
        var messages = await engine.GetAllAsync("/api/v1/messages?limit=500", cancellationToken);
        var effective = messages.Where(m => (string)m["state"]! != "duplicate").ToLookup(m => (string)m["controlId"]!);
        var encounters = await CountEncountersAsync(engine, cancellationToken);
        var balance = await engine.GetJsonAsync("/api/v1/conservation", cancellationToken);

        var lost = _acknowledged.Keys.Where(id => !effective[id].Any()).ToList();
        var doubled = effective.Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        var unfinished = messages.Where(m => (string)m["state"]! is not ("done" or "duplicate")).ToList();
        output.WriteLine(
            $"{what}, messages {Made}, acknowledged {Acknowledged}, refused {Refused}, journaled {messages.Count}, lost {lost.Count}, doubled {doubled.Count}");
        Assert.Empty(lost);
        Assert.Empty(doubled);
        Assert.Empty(unfinished);
        Assert.True((bool)balance["balanced"]!, balance.ToJsonString());
        Assert.Equal(messages.Count, (long)balance["total"]!["in"]!);

        // Messages that were committed and killed before their answer count too: all journaled, all in the record once.
        Assert.Equal(effective.Count, encounters);
    }

    private async Task SendAsync(int port, int mostMillisecondsBetween, CancellationToken stop)
    {
        MllpSender sender;
        try
        {
            sender = await MllpSender.ConnectAsync("127.0.0.1", port, AckTimeout, CancellationToken.None);
        }
        catch (SocketException)
        {
            return;   // killed before this sender came
        }

        await using (sender)
        {
            while (!stop.IsCancellationRequested)
            {
                var message = _unanswered.TryDequeue(out var again) ? again : NewMessage();
                try
                {
                    var ack = await sender.SendAsync(Admission(message.ControlId, message.Patient), CancellationToken.None);
                    if (ack.Code == AcknowledgmentCode.AA)
                    {
                        _acknowledged[message.ControlId] = message.Patient;
                    }
                    else
                    {
                        Interlocked.Increment(ref _refused);
                        _unanswered.Enqueue(message);
                    }

                    if (mostMillisecondsBetween > 0)
                    {
                        await Task.Delay(Random.Shared.Next(mostMillisecondsBetween + 1), CancellationToken.None);
                    }
                }
                catch (Exception e) when (e is IOException or TimeoutException or SocketException)
                {
                    _unanswered.Enqueue(message);
                    return;
                }
            }
        }
    }

    private (string ControlId, int Patient) NewMessage()
    {
        var number = Interlocked.Increment(ref _next);
        return ($"C{number:D8}", number % Patients);
    }

    private async Task<int> CountEncountersAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var patient in _acknowledged.Values.Distinct())
        {
            var found = (await engine.GetJsonAsync($"/api/v1/patients?identifier=K{patient:D4}", cancellationToken))["items"]!.AsArray();
            var id = (string)Assert.Single(found)!["id"]!;
            count += (await engine.GetAllAsync($"/api/v1/patients/{id}/resources?type=Encounter&limit=500", cancellationToken)).Count;
        }

        return count;
    }

    private static byte[] Admission(string controlId, int patient) => Encoding.UTF8.GetBytes(string.Join('\r',
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A01^ADT_A01|{controlId}|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800",
        $"PID|1||K{patient:D4}^^^HIS^MR||赵{patient}^^^^^^L||19800203|M",
        $"PV1|1|I|WARD^101^1||||||||||||||||V{controlId}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800", ""));
}
