using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Keeps the messages that it gets over MLLP and answers AA.</summary>
internal sealed class MllpReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _hangsUpEvery;
    private int _count;

    /// <param name="hangsUpEvery">Hangs up unanswered on each so many-th message; 0: never.</param>
    public MllpReceiver(int hangsUpEvery = 0)
    {
        _hangsUpEvery = hangsUpEvery;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Without framing, in order of arrival.</summary>
    public ConcurrentQueue<byte[]> Received { get; } = new();

    /// <summary>A field of the first segment of a name, by Latin-1; MSH-1 counts, as in HL7.</summary>
    public static string FieldOf(byte[] message, string segment, int field)
    {
        var line = Encoding.Latin1.GetString(message).Split('\r').First(s => s.StartsWith(segment + "|", StringComparison.Ordinal));
        return line.Split('|')[segment == "MSH" ? field - 1 : field];
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                while (true)
                {
                    var message = Assert.Single(await SampleMessages.ReadFramesAsync(client.GetStream(), 1, CancellationToken.None));
                    Received.Enqueue(message);
                    if (_hangsUpEvery > 0 && Interlocked.Increment(ref _count) % _hangsUpEvery == 0)
                    {
                        return;
                    }

                    var controlId = FieldOf(message, "MSH", 10);
                    await client.GetStream().WriteAsync(
                        SampleMessages.Frame(Encoding.ASCII.GetBytes($"MSH|^~\\&|CRM||HUB||20260301||ACK|A{controlId}|P|2.5.1\rMSA|AA|{controlId}\r")));
                }
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // The engine has closed or was killed, or sends nothing more.
            }
        }
    }
}
