using System.Globalization;

namespace Integration.SystemTests.Peers;

/// <summary>A MongoDB of a test's own, which it may kill and bring back: same port, same data. Always our server, whatever <c>MONGODB_URI</c> says.</summary>
internal sealed class MongoServer : IAsyncDisposable
{
    private readonly string _folder = $"test-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly int _port = FreePort.Next();
    private DocumentDbProcess? _process;

    private MongoServer()
    {
    }

    /// <summary>Connection string with a database.</summary>
    public string Uri => DocumentDbProcess.WithDatabase(_process!.Uri, "faults");

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
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _process = await MongoPeer.StartAsync("--folder", _folder, "--port", _port.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc cref="DocumentDbProcess.KillDatabase"/>
    public void KillDatabase() => _process!.KillDatabase();

    /// <inheritdoc cref="DocumentDbProcess.KillGateway"/>
    public void KillGateway() => _process!.KillGateway();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        var data = Path.Combine(DocumentDbProcess.Root, "ddb", _folder);
        if (Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
