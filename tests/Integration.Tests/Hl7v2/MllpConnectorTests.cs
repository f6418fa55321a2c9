using System.Net;
using System.Net.Sockets;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Tests.Api;

namespace Integration.Tests.Hl7v2;

/// <summary>MLLP client mode: we connect out to a sender that listens.</summary>
public sealed class MllpConnectorTests
{
    [Fact]
    public async Task When_the_peer_comes_late_and_goes_and_comes_again_Should_connect_unaided_and_log_each_outage_once()
    {
        using var logs = new CapturedLogs();
        using var reserved = new Socket(SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = (IPEndPoint)reserved.LocalEndPoint!;   // bound and not listening: connecting is refused, and nobody else gets the port
        await using var feed = Feed(endpoint, logs);
        await feed.Adapter.StartAsync(CancellationToken.None);
        await Until(() => logs.Lines.Any(l => l.Text.Contains("cannot connect", StringComparison.Ordinal)));
        await Until(() => feed.Adapter.Transport.Link!.Problem is not null);
        Assert.Equal((LinkStatus.Connecting, 0), (feed.Adapter.Transport.Link!.State, feed.Adapter.Connections));
        await Task.Delay(300, TestContext.Current.CancellationToken);   // several more tries, none of them logged
        Assert.Single(logs.Lines, l => l.Text.Contains("cannot connect", StringComparison.Ordinal));

        reserved.Listen();
        Assert.Equal("AA C1", await ServeOneAsync(reserved, "C1"));
        Assert.Equal("AA C2", await ServeOneAsync(reserved, "C2"));

        Assert.Single(logs.Lines, l => l.Text.Contains("again after", StringComparison.Ordinal));
        Assert.Equal(["C1", "C2"], feed.Intake.Messages.Select(m => m.ControlId));
        Assert.Equal($"MLLP client of 127.0.0.1:{endpoint.Port}", feed.Adapter.Description);
    }

    [Fact]
    public async Task When_connected_Should_say_since_when_and_stop_with_the_answer_sent()
    {
        using var logs = new CapturedLogs();
        using var listening = Listen();
        await using var feed = Feed((IPEndPoint)listening.LocalEndPoint!, logs);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        feed.Intake.Gate = gate.Task;
        await feed.Adapter.StartAsync(CancellationToken.None);
        using var peer = new NetworkStream(await AcceptAsync(listening), ownsSocket: true);
        await peer.WriteAsync(MllpFraming.Wrap(AdapterHost.Message("C1")), TestContext.Current.CancellationToken);
        await Until(() => feed.Intake.Messages.Count == 1);
        Assert.Equal((LinkStatus.Connected, 1), (feed.Adapter.Transport.Link!.State, feed.Adapter.Connections));
        Assert.Equal(DateTimeOffset.UtcNow, feed.Adapter.Transport.Link.Since, TimeSpan.FromSeconds(20));

        var stopping = feed.Adapter.StopAsync(CancellationToken.None);
        gate.SetResult();

        Assert.Equal("C1", Assert.Single(await AdapterHost.ReadAnswersAsync(peer))["MSA-2"]);
        await stopping.WaitAsync(AdapterHost.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task When_the_peer_throws_us_out_at_once_Should_pause_and_say_so_once()
    {
        using var logs = new CapturedLogs();
        using var listening = Listen();
        await using var feed = Feed((IPEndPoint)listening.LocalEndPoint!, logs);
        await feed.Adapter.StartAsync(CancellationToken.None);

        for (var i = 0; i < 5; i++)
        {
            (await AcceptAsync(listening)).Dispose();
        }

        await Until(() => logs.Lines.Any(l => l.Text.Contains("closed the connection at once", StringComparison.Ordinal)));
        Assert.Single(logs.Lines, l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("another-host", false)]
    public async Task When_the_peer_speaks_TLS_Should_check_its_name(string expectedName, bool isTaken)
    {
        using var certificates = new TestCertificates();
        using var logs = new CapturedLogs();
        using var listening = Listen();
        using var server = certificates.Issue("lis", TimeSpan.FromDays(100));
        await using var feed = Feed((IPEndPoint)listening.LocalEndPoint!, logs, new TlsOptions { TrustedAuthoritiesFile = certificates.AuthorityFile, ServerName = expectedName });
        await feed.Adapter.StartAsync(CancellationToken.None);

        await using var secured = new System.Net.Security.SslStream(new NetworkStream(await AcceptAsync(listening), ownsSocket: true));
        try
        {
            await secured.AuthenticateAsServerAsync(server);
            await secured.WriteAsync(MllpFraming.Wrap(AdapterHost.Message("C1")), TestContext.Current.CancellationToken);
            await secured.FlushAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException) when (!isTaken)
        {
            // The feed has hung up already.
        }

        await Until(() => isTaken ? feed.Intake.Messages.Count == 1 : feed.Adapter.Transport.Link!.Problem?.Contains("another host", StringComparison.Ordinal) == true);
        Assert.Equal(isTaken ? 1 : 0, feed.Intake.Messages.Count);
    }

    private static Socket Listen()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private static ConnectingFeed Feed(IPEndPoint peer, CapturedLogs logs, TlsOptions? tls = null) => new(
        new() { Connect = new("127.0.0.1", peer.Port), MaxReconnectDelay = TimeSpan.FromMilliseconds(40), IdleTimeout = Timeout.InfiniteTimeSpan, Tls = tls },
        logs);

    private static async Task<Socket> AcceptAsync(Socket listening) =>
        await listening.AcceptAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(AdapterHost.Patience);

    /// <summary>Takes one connection, sends one message, closes after its answer.</summary>
    private static async Task<string> ServeOneAsync(Socket listening, string controlId)
    {
        using var peer = new NetworkStream(await AcceptAsync(listening), ownsSocket: true);
        await peer.WriteAsync(MllpFraming.Wrap(AdapterHost.Message(controlId)), TestContext.Current.CancellationToken);
        peer.Socket.Shutdown(SocketShutdown.Send);
        var answer = Assert.Single(await AdapterHost.ReadAnswersAsync(peer));
        return $"{answer["MSA-1"]} {answer["MSA-2"]}";
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(AdapterHost.Patience);
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private sealed class ConnectingFeed(Hl7v2MllpOptions options, CapturedLogs logs) : IAsyncDisposable
    {
        public FakeIntake Intake { get; } = new();

        public Hl7v2MllpAdapter Adapter => field ??= new("lis", options, Intake, new IntakeBudget(long.MaxValue), TimeProvider.System, logs.CreateLogger("lis"));

        public ValueTask DisposeAsync() => Adapter.DisposeAsync();
    }
}
