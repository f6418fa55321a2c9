using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Integration.SystemTests.Storage;

namespace Integration.SystemTests.Peers;

/// <summary>The MongoDB that tests run on: the server that <c>MONGODB_URI</c> names, or DocumentDB behind our gateway, started for this test run.</summary>
public sealed class MongoPeer : IAsyncLifetime
{
    private const string Variable = "MONGODB_URI";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private Process? _gateway;
    private string? _uri = Environment.GetEnvironmentVariable(Variable);
    private readonly ConcurrentBag<string> _databases = [];
    private int _lastDatabase;

    /// <summary>Root folder that <c>./test</c> has built.</summary>
    public static string Root => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Peer.NodeModules))!, "documentdb");

    /// <summary>Whether it is our own server, which tests may kill and make fail.</summary>
    public bool IsOurs => _gateway is not null;

    public async ValueTask InitializeAsync()
    {
        if (_uri is null && File.Exists(Path.Combine(Root, "complete")))
        {
            (_gateway, _uri, _) = await StartAsync([]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await StopAsync(_gateway);
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
        var number = Interlocked.Increment(ref _lastDatabase);
        var uri = WithDatabase(Require(), string.Create(CultureInfo.InvariantCulture, $"test{Environment.ProcessId}x{number}"));
        _databases.Add(uri);
        return uri;
    }

    /// <summary>Starts a gateway with a server of its own, for tests that kill it or want it otherwise.</summary>
    /// <returns>The gateway, its connection string without a database, and the database server's process.</returns>
    internal static async Task<(Process Gateway, string Uri, int Postgres)> StartAsync(params string[] arguments)
    {
        Peer.Require(Path.Combine(Root, "complete"), "Build it: tests/peers/documentdb-root " + Root);
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        var program = Path.Combine(RepositoryRoot.Path, "tests", "peers", "Integration.DocumentDb", "bin", configuration, "net10.0", "Integration.DocumentDb.dll");
        var start = new ProcessStartInfo("dotnet", [program, Root, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var gateway = Process.Start(start)!;
        using var limit = new CancellationTokenSource(StartLimit);
        var postgres = 0;
        while (await gateway.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            switch (line.Split(' '))
            {
                case ["postgres", var number]:
                    postgres = int.Parse(number, CultureInfo.InvariantCulture);
                    break;
                case ["uri", var uri]:
                    return (gateway, uri, postgres);
            }
        }

        throw new InvalidOperationException("The gateway ended before it took connections.");
    }

    internal static async Task StopAsync(Process gateway)
    {
        using (gateway)
        {
            gateway.StandardInput.Close();
            using var limit = new CancellationTokenSource(StartLimit);
            await gateway.WaitForExitAsync(limit.Token);
        }
    }

    /// <summary>Puts a database's name into a connection string that has none.</summary>
    internal static string WithDatabase(string uri, string database)
    {
        var query = uri.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? uri[at..] : "";
        return uri[..(uri.Length - query.Length)].TrimEnd('/') + "/" + database + query;
    }

    private string Require()
    {
        if (_uri is null)
        {
            Peer.Require(Path.Combine(Root, "complete"), $"Set {Variable}, or build it: tests/peers/documentdb-root {Root}");
        }

        return _uri!;
    }
}
