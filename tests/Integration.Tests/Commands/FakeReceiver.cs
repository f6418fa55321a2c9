using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Integration.Tests.Commands;

/// <summary>An MLLP server on a free loopback port that answers as it is told. Written from the protocol, not with the product's framing.</summary>
internal sealed class FakeReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string?> _answer;
    private readonly Task _serving;

    /// <param name="answer">Acknowledgement without framing for a message; null closes the connection instead.</param>
    public FakeReceiver(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = _listener.LocalEndpoint.ToString()!;
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>What came, framing taken off.</summary>
    public List<byte[]> Received { get; } = [];

    /// <summary>Accepts everything.</summary>
    public static string Accept(string message) => Ack("AA", message);

    public static string Ack(string code, string message, string text = "") =>
        $"MSH|^~\\&|INTEGRATION|EAST|HIS|EAST|20260316||ACK|1|P|2.5.1\rMSA|{code}|{ControlIdOf(message)}|{text}\r";

    public static string ControlIdOf(string message) => message.StartsWith("MSH", StringComparison.Ordinal) ? message.Split('\r')[0].Split('|')[9] : "";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            while (await ReadFrameAsync(stream) is { } frame)
            {
                Received.Add(frame);
                if (_answer(Encoding.Latin1.GetString(frame)) is not { } ack)
                {
                    return;
                }

                await stream.WriteAsync((byte[])[0x0B, .. Encoding.UTF8.GetBytes(ack), 0x1C, 0x0D]);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The listener was stopped, or the sender is gone: both end the test's connection.
        }
    }

    private static async Task<byte[]?> ReadFrameAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            bytes.Add(one[0]);
            if (bytes is [0x0B, .., 0x1C, 0x0D])
            {
                return [.. bytes[1..^2]];
            }
        }

        return null;
    }
}
