using System.Collections.Concurrent;
using System.Globalization;
using Integration.SystemTests.Storage;

namespace Integration.SystemTests.Peers;

/// <summary>The MongoDB that tests run on: the server that <c>MONGODB_URI</c> names, or DocumentDB behind our gateway, started for this test run.</summary>
public sealed class MongoPeer : IAsyncLifetime
{
    private const string Variable = "MONGODB_URI";
    private static readonly string Install = $"Build it: tests/peers/documentdb-root {DocumentDbProcess.Root}";

    private readonly ConcurrentBag<string> _databases = [];
    private DocumentDbProcess? _ours;
    private string? _uri = Environment.GetEnvironmentVariable(Variable);
    private int _lastDatabase;

    /// <summary>Whether it is our own server, which tests may make fail.</summary>
    public bool IsOurs => _ours is not null;

    public async ValueTask InitializeAsync()
    {
        if (_uri is null && File.Exists(DocumentDbProcess.BuiltMark))
        {
            _ours = await StartAsync();
            _uri = _ours.Uri;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ours is not null)
        {
            await _ours.DisposeAsync();
            return;
        }

        // A server that goes on living gets back what was made on it.
        foreach (var uri in _databases)
        {
            MongoStores.Drop(uri);
        }
    }

    /// <summary>A connection string with a database of its own. Skips the test where there is no server, and fails it where one must be (CI=true).</summary>
    public string NewDatabase()
    {
        if (_uri is null)
        {
            Peer.Require(DocumentDbProcess.BuiltMark, $"Set {Variable}. {Install}");
        }

        var number = Interlocked.Increment(ref _lastDatabase);
        var uri = DocumentDbProcess.WithDatabase(_uri!, string.Create(CultureInfo.InvariantCulture, $"test{Environment.ProcessId}x{number}"));
        _databases.Add(uri);
        return uri;
    }

    /// <summary>Starts a server of a test's own, for tests that kill it or want it otherwise.</summary>
    internal static Task<DocumentDbProcess> StartAsync(params string[] arguments)
    {
        Peer.Require(DocumentDbProcess.BuiltMark, Install);
        return DocumentDbProcess.StartAsync(RepositoryRoot.Path, EngineProcess.Configuration, arguments);
    }
}
