using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Faults;

/// <summary>Senders as hospitals have them: what is not answered is sent again, some send twice, and some of what they send cannot be used.</summary>
internal sealed class ChaosLoad
{
    private readonly ConcurrentQueue<string> _unanswered = new();
    private readonly ConcurrentDictionary<string, int> _timesSent = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Control id of every message answered AA, as often as it was.</summary>
    public ConcurrentBag<string> Acknowledged { get; } = [];

    public int Sent => _timesSent.Values.Sum();

    public int TimesSent(string controlId) => _timesSent.GetValueOrDefault(controlId);

    /// <summary>Sends until every connection is gone.</summary>
    public Task SendUntilBrokenAsync(int port, int senders) => Task.WhenAll(Enumerable.Range(0, senders).Select(_ => SendAsync(port)));

    private async Task SendAsync(int port)
    {
        try
        {
            await using var sender = await MllpSender.ConnectAsync("127.0.0.1", port, TimeSpan.FromSeconds(10), CancellationToken.None);
            while (true)
            {
                var controlId = _unanswered.TryDequeue(out var again) ? again : $"C{Interlocked.Increment(ref _next):D7}";
                await SendOneAsync(sender, controlId);
                if (controlId.EndsWith('5'))
                {
                    await SendOneAsync(sender, controlId);   // a sender that did not trust the first answer
                }
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException or SocketException)
        {
            // The engine was killed or stopped; what had no answer waits in the queue.
        }
    }

    private async Task SendOneAsync(MllpSender sender, string controlId)
    {
        _timesSent.AddOrUpdate(controlId, 1, (_, times) => times + 1);
        try
        {
            var ack = await sender.SendAsync(Message(controlId), CancellationToken.None);
            if (ack.Code == AcknowledgmentCode.AA)
            {
                Acknowledged.Add(controlId);
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException or SocketException)
        {
            _unanswered.Enqueue(controlId);
            throw;
        }
    }

    // Every ninth has a type that no mapping knows: it fails, and fails again when it is replayed.
    private static byte[] Message(string controlId)
    {
        var number = int.Parse(controlId[1..], System.Globalization.CultureInfo.InvariantCulture);
        var type = number % 9 == 0 ? "ZZZ^Z01" : "ADT^A08^ADT_A01";
        return Encoding.UTF8.GetBytes(string.Join('\r',
            $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||{type}|{controlId}|P|2.5.1||||||UNICODE UTF-8",
            "EVN|A08|20260316080000+0800",
            $"PID|1||K{number % 40:D4}^^^HIS^MR||赵{number % 40}^^^^^^L||19800203|M", ""));
    }
}
