using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.FollowUps;

/// <summary>
/// A fixed number of critical results, each of which is one piece of due work. What was not acknowledged is sent again, as real senders do, and each patient's
/// are sent one behind the other.
/// </summary>
/// <param name="patients">Patients that they are spread over.</param>
/// <param name="results">How many there are of each patient.</param>
internal sealed class CriticalResults(int patients, int results)
{
    private const int Senders = 4;
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(20);

    private readonly int[] _next = new int[Senders];   // by sender: number of its next message
    private int _acknowledged;

    public int Count => patients * results;

    public int Acknowledged => _acknowledged;

    public bool IsSent => _acknowledged == Count;

    /// <summary>Sends until all are acknowledged or every connection is gone.</summary>
    /// <param name="mostMillisecondsBetween">A sender waits up to this long before each message; 0: not at all.</param>
    public Task SendAsync(int port, int mostMillisecondsBetween) => Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAsync(port, sender, mostMillisecondsBetween)));

    private async Task SendAsync(int port, int number, int mostMillisecondsBetween)
    {
        var mine = Enumerable.Range(0, patients).Where(patient => patient % Senders == number).ToList();
        try
        {
            await using var sender = await MllpSender.ConnectAsync("127.0.0.1", port, AckTimeout, CancellationToken.None);
            for (; _next[number] < mine.Count * results; _next[number]++)
            {
                if (mostMillisecondsBetween > 0)
                {
                    await Task.Delay(Random.Shared.Next(mostMillisecondsBetween + 1));
                }

                var ack = await sender.SendAsync(Message(mine[_next[number] % mine.Count], _next[number] / mine.Count), CancellationToken.None);
                Assert.True(ack.IsAccepted);
                Interlocked.Increment(ref _acknowledged);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException)
        {
            // The process was killed.
        }
    }

    private static byte[] Message(int patient, int result)
    {
        var now = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "+0800";
        return Encoding.UTF8.GetBytes(
            $"MSH|^~\\&|LIS|EAST|||{now}||ORU^R01|C{patient}-{result}|P|2.5.1||||||UNICODE UTF-8\rPID|1||K{patient}^^^HIS||王^芳{patient}||19800203|F\r"
            + $"OBR|1||R{patient}-{result}|K^血钾|||{now}|||||||||||||||{now}|||F\rOBX|1|NM|K^血钾||6.9|mmol/L|3.5-5.3|HH|||F|||{now}\r");
    }
}
