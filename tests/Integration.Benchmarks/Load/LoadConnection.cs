using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Integration.Benchmarks.Load;

/// <summary>One sender: a message, its acknowledgement, the next message. Lean, since it shares the processor with what it measures.</summary>
/// <param name="number">Part of every control id, so that no two connections ever send the same.</param>
/// <param name="patients">The frames of the patients that this connection alone sends for, so that they stay in order.</param>
internal sealed class LoadConnection(int number, ArraySegment<LoadFrame[]> patients) : IDisposable
{
    private const int ControlIdLength = 12;
    private const int MaxAckBytes = 16 * 1024;

    private static readonly DateTime FirstEvent = new(2026, 3, 16, 0, 0, 0, DateTimeKind.Unspecified);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _frame = new byte[patients.Max(frames => frames.Max(f => f.Bytes.Length))];
    private readonly byte[] _ack = new byte[MaxAckBytes];
    private readonly byte[] _controlId = new byte[ControlIdLength];
    private readonly byte[] _time = new byte[14];
    private int _sent;

    /// <summary>Time to acknowledgement of every message since <see cref="Reset"/>, in <see cref="Stopwatch"/> ticks.</summary>
    public List<long> Latencies { get; } = new(100_000);

    /// <summary>Answers that were not AA.</summary>
    public int Refused { get; private set; }

    public long BytesSent { get; private set; }

    public Task ConnectAsync(int port, CancellationToken cancellationToken) =>
        _socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken).AsTask();

    public void Reset()
    {
        Latencies.Clear();
        BytesSent = 0;
    }

    /// <summary>Sends until the time is up; the message under way is still answered.</summary>
    /// <param name="until"><see cref="Stopwatch"/> time stamp.</param>
    public async Task RunAsync(long until, CancellationToken cancellationToken)
    {
        for (var now = Stopwatch.GetTimestamp(); now < until;)
        {
            var length = Next();
            await SendAsync(_frame.AsMemory(0, length), cancellationToken);
            var answer = await ReceiveAsync(cancellationToken);
            Refused += IsAccepted(_ack.AsSpan(0, answer)) ? 0 : 1;
            BytesSent += length - 3;
            var answered = Stopwatch.GetTimestamp();
            Latencies.Add(answered - now);
            now = answered;
        }
    }

    public void Dispose() => _socket.Dispose();

    // Round after round over the patients, each with its next kind of message; each message is a second later than the one before.
    private int Next()
    {
        var frames = patients[_sent % patients.Count];
        var frame = frames[_sent / patients.Count % frames.Length];
        _controlId[0] = (byte)('A' + (number / 26 % 26));
        _controlId[1] = (byte)('A' + (number % 26));
        for (int i = ControlIdLength - 1, rest = _sent; i > 1; i--, rest /= 10)
        {
            _controlId[i] = (byte)('0' + (rest % 10));
        }

        FirstEvent.AddSeconds(_sent).TryFormat(_time, out _, "yyyyMMddHHmmss", System.Globalization.CultureInfo.InvariantCulture);
        _sent++;
        return frame.CopyTo(_frame, _controlId, _time);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
    }

    private async ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        do
        {
            var count = await _socket.ReceiveAsync(_ack.AsMemory(length), SocketFlags.None, cancellationToken);
            length += count > 0 ? count : throw new IOException("The engine closed the connection before it had acknowledged a message.");
        }
        while (length < 2 || _ack[length - 1] != 0x0D || _ack[length - 2] != 0x1C);

        return length;
    }

    private bool IsAccepted(ReadOnlySpan<byte> ack)
    {
        var at = ack.IndexOf("\rMSA|AA|"u8);
        return at >= 0 && ack[(at + 8)..].StartsWith(_controlId);
    }
}
