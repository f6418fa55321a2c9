using System.Net;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2.Outbound;
using Integration.Core.Delivery;
using Integration.Tests.Delivery;

namespace Integration.Tests.Hl7v2.Outbound;

/// <summary>One destination against a receiver on a loopback socket that answers as the test says.</summary>
public sealed class Hl7v2MllpDestinationTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>FEATURES row 56, asks 1: the answer to the first message comes while the second waits; it must not complete it.</summary>
    [Fact]
    public async Task LateAck_OfAnEarlierMessage_NeverCompletesTheNextOne()
    {
        using var receiver = new Receiver();
        var log = new RecordingLogger();
        await using var destination = NewDestination(receiver.Port, log: log);

        var first = destination.SendAsync(Message("M1"), "M1", Short, CancellationToken.None).AsTask();
        await using var early = await receiver.AcceptAsync();
        Assert.Equal("M1", await early.ReadControlIdAsync());
        Assert.IsType<SendResult.TimedOut>(await first);

        // The connection is closed; the late answer finds nobody there, nor on the new one.
        Assert.True(await early.IsClosedByPeerAsync());
        await early.AnswerAsync("AA", "M1");
        var second = destination.SendAsync(Message("M2"), "M2", Short, CancellationToken.None).AsTask();
        await using var late = await receiver.AcceptAsync();
        Assert.Equal("M2", await late.ReadControlIdAsync());
        await late.AnswerAsync("AA", "M1");
        await late.AnswerAsync("AA", "");
        Assert.IsType<SendResult.TimedOut>(await second);

        var repeat = destination.SendAsync(Message("M2"), "M2", Patience, CancellationToken.None).AsTask();
        await using var again = await receiver.AcceptAsync();
        await again.AnswerAsync("AA", await again.ReadControlIdAsync());
        Assert.IsType<SendResult.Accepted>(await repeat);

        // Answers are read in the background, also those on a connection that is closed for sending.
        using var patience = new CancellationTokenSource(Patience);
        while (log.Entries.Count(e => e.Event.Id == 1201) < 3)
        {
            await Task.Delay(10, patience.Token);
        }
    }

    [Theory]
    [InlineData("Original", "AA", typeof(SendResult.Accepted))]
    [InlineData("Original", "CA", typeof(SendResult.Accepted))]
    [InlineData("Original", "AE", typeof(SendResult.Refused))]
    [InlineData("Original", "AR", typeof(SendResult.Rejected))]
    [InlineData("Original", "XX", typeof(SendResult.Refused))]
    [InlineData("Commit", "CA", typeof(SendResult.Accepted))]
    [InlineData("Commit", "CE", typeof(SendResult.Refused))]
    [InlineData("Commit", "CR", typeof(SendResult.Rejected))]
    [InlineData("Application", "CA AA", typeof(SendResult.Accepted))]
    [InlineData("Application", "CA AE", typeof(SendResult.Refused))]
    [InlineData("Application", "CA AR", typeof(SendResult.Rejected))]
    [InlineData("Application", "CE", typeof(SendResult.Refused))]
    public async Task Answer_ByMode_IsUnderstood(string mode, string codes, Type expected)
    {
        using var receiver = new Receiver();
        await using var destination = NewDestination(receiver.Port, Enum.Parse<Hl7AcknowledgementMode>(mode));

        var sending = destination.SendAsync(Message("M1"), "M1", Patience, CancellationToken.None).AsTask();
        await using var connection = await receiver.AcceptAsync();
        var controlId = await connection.ReadControlIdAsync();
        foreach (var code in codes.Split(' '))
        {
            await connection.AnswerAsync(code, controlId);
        }

        Assert.IsType(expected, await sending);
    }

    [Fact]
    public async Task TwoMessages_AnsweredInTime_ShareTheConnection()
    {
        using var receiver = new Receiver();
        await using var destination = NewDestination(receiver.Port);
        var first = destination.SendAsync(Message("M1"), "M1", Patience, CancellationToken.None).AsTask();
        await using var connection = await receiver.AcceptAsync();
        await connection.AnswerAsync("AA", await connection.ReadControlIdAsync());
        await first;

        var second = destination.SendAsync(Message("M2"), "M2", Patience, CancellationToken.None).AsTask();
        await connection.AnswerAsync("AA", await connection.ReadControlIdAsync());

        Assert.IsType<SendResult.Accepted>(await second);
    }

    [Fact]
    public async Task NobodyListens_OrTheConnectionBreaks_IsUnreachable()
    {
        int port;
        using (var receiver = new Receiver())
        {
            port = receiver.Port;
            await using var destination = NewDestination(port);
            var sending = destination.SendAsync(Message("M1"), "M1", Patience, CancellationToken.None).AsTask();
            var connection = await receiver.AcceptAsync();
            await connection.ReadControlIdAsync();
            await connection.DisposeAsync();
            Assert.IsType<SendResult.Unreachable>(await sending);
        }

        await using var nobody = NewDestination(port);
        Assert.IsType<SendResult.Unreachable>(await nobody.SendAsync(Message("M1"), "M1", Patience, CancellationToken.None));
    }

    private static Hl7v2MllpDestination NewDestination(
        int port, Hl7AcknowledgementMode mode = Hl7AcknowledgementMode.Original, RecordingLogger? log = null) =>
        new("crm", new Hl7DestinationOptions { Port = port, Acknowledgement = mode, TimeZone = TimeZoneInfo.Utc }, Mapping.Outbound.OutboundSamples.Mappings, TimeProvider.System, log ?? new RecordingLogger());

    private static byte[] Message(string controlId) => Hl7.Bytes($"MSH|^~\\&|HUB||CRM||20260301||ADT^A08^ADT_A01|{controlId}|P|2.5.1\rPID|1||1\r");

    private sealed class Receiver : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Receiver() => _listener.Start();

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async Task<Connection> AcceptAsync() => new(await _listener.AcceptTcpClientAsync().WaitAsync(Patience));

        public void Dispose() => _listener.Dispose();
    }

    private sealed class Connection(TcpClient client) : IAsyncDisposable
    {
        private readonly NetworkStream _stream = client.GetStream();

        public async Task<string> ReadControlIdAsync()
        {
            var bytes = new List<byte>();
            var one = new byte[1];
            while (bytes is not [.., 0x1C, 0x0D])
            {
                Assert.Equal(1, await _stream.ReadAsync(one).AsTask().WaitAsync(Patience));
                bytes.Add(one[0]);
            }

            return Encoding.UTF8.GetString([.. bytes]).Split('\r')[0].Split('|')[9];
        }

        public async Task<bool> IsClosedByPeerAsync() => await _stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience) == 0;

        public Task AnswerAsync(string code, string controlId) => _stream.WriteAsync(
            (byte[])[0x0B, .. Encoding.UTF8.GetBytes($"MSH|^~\\&|CRM||HUB||20260301||ACK|A|P|2.5.1\rMSA|{code}|{controlId}\r"), 0x1C, 0x0D]).AsTask();

        public ValueTask DisposeAsync()
        {
            client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
