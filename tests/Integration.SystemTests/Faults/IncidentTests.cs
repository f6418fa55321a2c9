using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Integration.SystemTests.Hl7v2;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.SystemTests.Faults;

/// <summary>The real engine tells once that something is wrong and once that it is over, killed in between or not.</summary>
public sealed class IncidentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] Quick =
        ["--Incidents:Every=00:00:00.1", "--Incidents:RecoverAfter=00:00:02", "--Incidents:DiskFreeMb=0", "--Incidents:DiskLow=Off", "--Incidents:MemoryHigh=Off"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_a_feed_falls_silent_and_the_process_is_killed_Should_tell_it_once_and_its_end_once()
    {
        using var data = new TemporaryFolder();
        string[] settings = [.. Quick, "--Feeds:his:Incidents:FeedSilent=00:00:01", "--Feeds:his:Incidents:ExpectedEvery=00:00:02"];
        await using (var engine = await EngineProcess.StartAsync(data.Path, Stop, settings))
        {
            await SendAsync(engine, "BEFORE");
            await UntilAsync(engine, "open", count: 1);
            engine.Kill();
        }

        await using (var engine = await EngineProcess.StartAsync(data.Path, Stop, settings))
        {
            var still = Assert.Single(await UntilAsync(engine, "open", count: 1));
            Assert.Equal(("feedSilent", "feeds/his", 1), ((string)still["kind"]!, (string)still["subject"]!, (int)still["notices"]!));
            Assert.Contains("integration_incidents_open{kind=\"FeedSilent\"} 1", await engine.Api.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
            for (var i = 0; (await IncidentsAsync(engine, "open")).Count > 0; i++)
            {
                Assert.True(i < 300, engine.Output);
                await SendAsync(engine, $"AGAIN{i}");
                await Task.Delay(200, Stop);
            }

            Assert.Single(await IncidentsAsync(engine, "recovered"));
            await engine.TerminateAsync(Limit, Stop);
        }

        // Silent again since the last message: that would be another one, and may have been opened while the process stopped.
        var told = (await EventsAsync(data.Path)).GroupBy(e => e.Cause).First().Select(e => e.Type);
        Assert.Equal(["feed.recovered", "feed.silent", "incident.opened", "incident.recovered"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task When_a_connection_flaps_fifty_times_and_the_process_is_killed_Should_be_one_incident()
    {
        using var data = new TemporaryFolder();
        using var source = new FlappingSource();
        string[] settings =
        [
            .. Quick, "--Feeds:link:Adapter=Hl7v2.Mllp", $"--Feeds:link:Connect=127.0.0.1:{source.Port}", "--Feeds:link:Incidents:FeedDisconnected=00:00:01",
            "--Feeds:link:Incidents:RecoverAfter=00:00:05",
        ];
        await using (var engine = await EngineProcess.StartAsync(data.Path, Stop, settings))
        {
            await source.FlappedAsync(times: 25);
            Assert.Single(await UntilAsync(engine, "open", count: 1));
            engine.Kill();
        }

        await using (var engine = await EngineProcess.StartAsync(data.Path, Stop, settings))
        {
            await source.FlappedAsync(times: 50);
            var open = Assert.Single(await IncidentsAsync(engine, "open"));
            Assert.Equal(("feedDisconnected", "feeds/link", 1), ((string)open["kind"]!, (string)open["subject"]!, (int)open["notices"]!));
            source.Hold();
            Assert.Single(await UntilAsync(engine, "recovered", count: 1));
            Assert.Empty(await IncidentsAsync(engine, "open"));
            await engine.TerminateAsync(Limit, Stop);
        }

        Assert.Equal(["incident.opened", "incident.recovered"], (await EventsAsync(data.Path)).Select(e => e.Type).Order(StringComparer.Ordinal));
    }

    private static async Task SendAsync(EngineProcess engine, string controlId)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, engine.MllpPort, Stop);
        await client.GetStream().WriteAsync(SampleMessages.Frame(SampleMessages.Admission(controlId)), Stop);
        Assert.StartsWith("AA", SampleMessages.Acknowledgement((await SampleMessages.ReadFramesAsync(client.GetStream(), 1, Stop))[0]), StringComparison.Ordinal);
    }

    private static async Task<List<JsonNode>> IncidentsAsync(EngineProcess engine, string state) =>
        await engine.GetAllAsync($"/api/v1/incidents?state={state}&limit=500", Stop);

    private static async Task<List<JsonNode>> UntilAsync(EngineProcess engine, string state, int count)
    {
        for (var began = DateTime.UtcNow; DateTime.UtcNow - began < Limit; await Task.Delay(50, Stop))
        {
            if (await IncidentsAsync(engine, state) is var found && found.Count >= count)
            {
                return found;
            }
        }

        throw new TimeoutException($"Not {count} {state} incidents within {Limit}.\n{engine.Output}");
    }

    /// <summary>Of the stopped engine, in the order of their commits.</summary>
    private static async Task<IReadOnlyList<EventDocument>> EventsAsync(string dataFolder)
    {
        await using var store = new SqliteDocumentStore(
            Options.Create(new SqliteStorageOptions { Path = Path.Combine(dataFolder, "integration.db") }), NullLogger<SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, Stop);
        var page = await store.QueryAsync(new DocumentQuery(Collections.Events) { OrderBy = [new DocumentSort(DocumentField.Sequence)], Limit = 1000 }, Stop);
        return [.. page.Documents.Select(Collections.Events.Read).Where(e => e.Cause.Length > 0 && (e.Type.StartsWith("incident.", StringComparison.Ordinal) || e.Type.StartsWith("feed.", StringComparison.Ordinal)))];
    }

    /// <summary>A source that listens, says one message on each connection and hangs up, until it is told to hold one.</summary>
    private sealed class FlappingSource : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _over = new();
        private volatile bool _holds;
        private int _flaps;

        public FlappingSource()
        {
            _listener.Start();
            _ = FlapAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>Returns when it has hung up so many times since it was made.</summary>
        public async Task FlappedAsync(int times)
        {
            for (var began = DateTime.UtcNow; Volatile.Read(ref _flaps) < times; await Task.Delay(20, Stop))
            {
                Assert.True(DateTime.UtcNow - began < Limit, $"Only {_flaps} of {times} connections within {Limit}.");
            }
        }

        public void Hold() => _holds = true;

        public void Dispose()
        {
            _over.Cancel();
            _listener.Dispose();
            _over.Dispose();
        }

        private async Task FlapAsync()
        {
            try
            {
                for (var sent = 0; ; sent++)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                    await SayAsync(client, $"FLAP{sent}");
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task SayAsync(TcpClient client, string controlId)
        {
            try
            {
                await client.GetStream().WriteAsync(SampleMessages.Frame(SampleMessages.Admission(controlId)), _over.Token);
                await SampleMessages.ReadFramesAsync(client.GetStream(), 1, _over.Token);
                await Task.Delay(_holds ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(100), _over.Token);
                Interlocked.Increment(ref _flaps);
            }
            catch (IOException)
            {
                // The process was killed meanwhile, or had left the connection in the queue when it was.
            }
        }
    }
}
