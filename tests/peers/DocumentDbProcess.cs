using System.Diagnostics;
using System.Globalization;

namespace Integration.Peers;

/// <summary>The test server Integration.DocumentDb in a process of its own: what tests and benchmarks take for MongoDB. Both compile this file.</summary>
internal sealed class DocumentDbProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process _gateway;

    private DocumentDbProcess(Process gateway, string uri, int postgresProcessId)
    {
        _gateway = gateway;
        Uri = uri;
        PostgresProcessId = postgresProcessId;
    }

    /// <summary>Root folder of the database, which <c>./test</c> has built.</summary>
    public static string Root => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "integration-engine", "documentdb");

    /// <summary>There when the root folder was built to its end.</summary>
    public static string BuiltMark => Path.Combine(Root, "complete");

    /// <summary>Connection string without a database.</summary>
    public string Uri { get; }

    /// <summary>The database server's main process.</summary>
    public int PostgresProcessId { get; }

    /// <summary>Starts it and waits until it takes connections.</summary>
    /// <param name="repository">Root folder of the repository.</param>
    /// <param name="configuration"><c>Debug</c> or <c>Release</c>: which build of it.</param>
    /// <param name="arguments">Of the program, behind its root folder.</param>
    public static async Task<DocumentDbProcess> StartAsync(string repository, string configuration, params string[] arguments)
    {
        var program = Path.Combine(repository, "tests", "peers", "Integration.DocumentDb", "bin", configuration, "net10.0", "Integration.DocumentDb.dll");
        var start = new ProcessStartInfo("dotnet", [program, Root, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var gateway = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var postgres = 0;
        while (await gateway.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            switch (line.Split(' '))
            {
                case ["postgres", var number]:
                    postgres = int.Parse(number, CultureInfo.InvariantCulture);
                    break;
                case ["uri", var uri]:
                    return new DocumentDbProcess(gateway, uri, postgres);
            }
        }

        throw new InvalidOperationException("The gateway ended before it took connections.");
    }

    /// <summary>Puts a database's name into a connection string that has none.</summary>
    public static string WithDatabase(string uri, string database)
    {
        var query = uri.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? uri[at..] : "";
        return uri[..(uri.Length - query.Length)].TrimEnd('/') + "/" + database + query;
    }

    /// <summary>SIGKILL to the part that drivers speak to. The database lives on.</summary>
    public void KillGateway()
    {
        _gateway.Kill();
        _gateway.WaitForExit();
    }

    /// <summary>SIGKILL to the database with all of its processes.</summary>
    public void KillDatabase()
    {
        using var postgres = Process.GetProcessById(PostgresProcessId);
        postgres.Kill(entireProcessTree: true);
        postgres.WaitForExit();
    }

    /// <summary>Stops it in order unless it was killed.</summary>
    public async ValueTask DisposeAsync()
    {
        using (_gateway)
        {
            if (_gateway.HasExited)
            {
                return;
            }

            _gateway.StandardInput.Close();
            using var limit = new CancellationTokenSource(Limit);
            await _gateway.WaitForExitAsync(limit.Token);
        }
    }
}
