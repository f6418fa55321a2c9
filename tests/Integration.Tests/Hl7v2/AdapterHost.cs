using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Hl7v2;

/// <summary>A running <c>Hl7v2.Mllp</c> feed on a free loopback port with a <see cref="FakeIntake"/> behind it.</summary>
internal sealed class AdapterHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private AdapterHost(Hl7v2MllpOptions options, IntakeBudget? budget)
    {
        Budget = budget ?? new(long.MaxValue);
        Adapter = new("his", options with { Listen = new(System.Net.IPAddress.Loopback, 0) }, Intake, Budget, TimeProvider.System, NullLogger.Instance);
    }

    public IntakeBudget Budget { get; }

    public FakeIntake Intake { get; } = new();

    public Hl7v2MllpAdapter Adapter { get; }

    public int Port => Adapter.LocalEndpoint!.Port;

    public static async Task<AdapterHost> StartAsync(Hl7v2MllpOptions? options = null, IntakeBudget? budget = null)
    {
        var host = new AdapterHost(options ?? new(), budget);
        await host.Adapter.StartAsync(CancellationToken.None);
        return host;
    }

    /// <summary>A client of its own socket, for what a well-behaved sender does not do.</summary>
    public async Task<NetworkStream> ConnectRawAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", Port);
        return new(socket, ownsSocket: true);
    }

    public Task<MllpSender> ConnectAsync() => MllpSender.ConnectAsync("127.0.0.1", Port, Patience, CancellationToken.None);

    public static byte[] Message(string controlId) => Encoding.UTF8.GetBytes(
        $"MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||ADT^A01^ADT_A01|{controlId}|P|2.5.1||||||UNICODE UTF-8\rPID|1||P1^^^EAST||欧阳^娜娜\r");

    /// <summary>Reads until the peer closes; the answers between.</summary>
    public static async Task<IReadOnlyList<Hl7Message>> ReadAnswersAsync(NetworkStream client)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var all = new MemoryStream();
        await client.CopyToAsync(all, patience.Token);
        var parser = new Hl7Parser();
        return
        [
            .. Encoding.UTF8.GetString(all.ToArray()).Split("\x1c\r", StringSplitOptions.RemoveEmptyEntries)
                .Select(frame => (Hl7Message)parser.Parse(Encoding.UTF8.GetBytes(frame.TrimStart('\x0b')), "his").Document!),
        ];
    }

    public ValueTask DisposeAsync() => Adapter.DisposeAsync();
}
