using System.Diagnostics;
using System.Globalization;

namespace Integration.SystemTests.Peers;

/// <summary>A MongoDB of a test's own, which it may kill and bring back: same port, same data. Always our server, whatever <c>MONGODB_URI</c> says.</summary>
internal sealed class MongoServer : IAsyncDisposable
{
    private readonly string _folder = $"test-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly int _port = EngineProcess.FreePort();
    private Process? _gateway;
    private int _postgres;

    private MongoServer()
    {
    }

    /// <summary>Connection string with a database.</summary>
    public string Uri { get; private set; } = "";

    /// <summary>Skips the test where the server is not built.</summary>
    public static async Task<MongoServer> StartAsync()
    {
        var server = new MongoServer();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it with the data that it had.</summary>
    public async Task StartAgainAsync()
    {
        (_gateway, var uri, _postgres) = await MongoPeer.StartAsync("--folder", _folder, "--port", _port.ToString(CultureInfo.InvariantCulture));
        Uri = MongoPeer.WithDatabase(uri, "faults");
    }

    /// <summary>SIGKILL to the database with all of its processes.</summary>
    public void KillDatabase()
    {
        using var postgres = Process.GetProcessById(_postgres);
        postgres.Kill(entireProcessTree: true);
        postgres.WaitForExit();
    }

    /// <summary>SIGKILL to the gateway, the part that drivers speak to. The database lives until it is killed too.</summary>
    public void KillGateway()
    {
        _gateway!.Kill();
        _gateway.WaitForExit();
        _gateway.Dispose();
        _gateway = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await MongoPeer.StopAsync(_gateway);
        }

        var data = Path.Combine(MongoPeer.Root, "ddb", _folder);
        if (Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
