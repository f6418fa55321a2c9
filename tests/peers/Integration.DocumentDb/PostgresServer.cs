using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Integration.Peers;

namespace Integration.DocumentDb;

/// <summary>PostgreSQL with DocumentDB in the root folder that <c>documentdb-root</c> built, on a free port of 127.0.0.1, with a data folder of its own.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Template = "template";
    private const int MostWords = 40;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentQueue<string> LastWords = new();

    private readonly string _root;
    private readonly string _folder;
    private readonly bool _isKept;
    private readonly Process _process;

    private PostgresServer(string root, string folder, bool isKept, int port, Process process)
    {
        (_root, _folder, _isKept, _process) = (root, folder, isKept, process);
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Maximum Pool Size=80;Command Timeout=600;No Reset On Close=true";
    }

    public string ConnectionString { get; }

    /// <summary>The server's main process, so that a test can kill it.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts it and waits until it takes connections.</summary>
    /// <param name="folder">Name of a data folder that stays; null for one that goes with the server.</param>
    public static async Task<PostgresServer> StartAsync(string root, string? folder, CancellationToken cancellationToken)
    {
        await MakeTemplateAsync(root, cancellationToken);
        var name = folder ?? $"run-{Environment.ProcessId}-{Guid.NewGuid():N}";
        if (!Directory.Exists(Path.Combine(root, "ddb", name)))
        {
            await EndAsync(
                Process.Start("/bin/cp", ["-a", "--reflink=auto", Path.Combine(root, "ddb", Template), Path.Combine(root, "ddb", name)]), "cp", cancellationToken);
        }

        // Of a server that was killed. Were its number somebody else's by now, the start would be refused.
        File.Delete(Path.Combine(root, "ddb", name, "postmaster.pid"));
        var port = FreePort.Next();
        var process = Start(root, "postgres", "-D", $"/ddb/{name}", "-p", $"{port}", "-k", $"/ddb/{name}", "-c", $"documentdb.localhost_connection_string=host=/ddb/{name} port={port}",
            "-c", "cron.launch_active_jobs=off", "-c", "log_min_messages=panic");   // indexes are made at once, so jobs only make noise; what tests kill complains
        var server = new PostgresServer(root, name, folder is not null, port, process);
        await WaitUntilReadyAsync(root, name, port, process, cancellationToken);
        return server;
    }

    /// <summary>Stops it at once (sessions are cut off, what is committed is on disk) and removes its data unless the folder was named.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var interrupt = Process.Start("/bin/kill", ["-INT", $"{_process.Id}"]);
            using var limit = new CancellationTokenSource(StopLimit);
            await _process.WaitForExitAsync(limit.Token);
        }

        _process.Dispose();
        if (!_isKept)
        {
            Directory.Delete(Path.Combine(_root, "ddb", _folder), recursive: true);
        }
    }

    /// <summary>A data folder with the extensions made, which every server copies: seconds instead of half a minute.</summary>
    private static async Task MakeTemplateAsync(string root, CancellationToken cancellationToken)
    {
        var template = Path.Combine(root, "ddb", Template);
        if (File.Exists(Path.Combine(template, "complete")))
        {
            return;
        }

        // Made under another name, so that two at a time do not meet and a half-made one is never taken.
        var name = $"making-{Environment.ProcessId}";
        await RunAsync(
            root, cancellationToken, "initdb", "-D", $"/ddb/{name}", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--auth-local=trust", "--auth-host=trust");
        var folder = Path.Combine(root, "ddb", name);
        await File.AppendAllLinesAsync(Path.Combine(folder, "postgresql.conf"), Settings, cancellationToken);
        var port = FreePort.Next();
        using (var process = Start(root, "postgres", "-D", $"/ddb/{name}", "-p", $"{port}", "-k", $"/ddb/{name}"))
        {
            await WaitUntilReadyAsync(root, name, port, process, cancellationToken);
            await RunAsync(
                root, cancellationToken, "psql", "-h", $"/ddb/{name}", "-p", $"{port}", "-U", "postgres", "-v", "ON_ERROR_STOP=1",
                "-c", "CREATE EXTENSION documentdb CASCADE", "-c", "CREATE EXTENSION documentdb_extended_rum");
            using var stop = Process.Start("/bin/kill", ["-INT", $"{process.Id}"]);
            await process.WaitForExitAsync(cancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "complete"), "", cancellationToken);
        if (!Directory.Exists(template))
        {
            Directory.Move(folder, template);
        }
    }

    /// <summary>Without the other index handler no sort would use a secondary index; file cursors outlive the connection that opened them.</summary>
    private static string[] Settings =>
    [
        "listen_addresses='127.0.0.1'", "shared_buffers=512MB", "max_connections=120", "max_wal_size=4GB",
        "shared_preload_libraries='pg_cron,pg_documentdb_core,pg_documentdb_extended_rum,pg_documentdb'", "cron.database_name='postgres'",
        "documentdb.alternate_index_handler_name='extended_rum'", "documentdb.useFileBasedPersistedCursors=on", "documentdb_core.enableCollation=on",
        "log_min_messages=fatal", "log_min_error_statement=panic",
    ];

    private static async Task WaitUntilReadyAsync(string root, string name, int port, Process process, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var look = Start(root, "pg_isready", "-q", "-h", $"/ddb/{name}", "-p", $"{port}", "-t", "1");
            await look.WaitForExitAsync(cancellationToken);
            if (look.ExitCode == 0)
            {
                return;
            }

            if (process.HasExited)
            {
                throw Ended("PostgreSQL", process.ExitCode);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private static Task RunAsync(string root, CancellationToken cancellationToken, params string[] command) =>
        EndAsync(Start(root, command), command[0], cancellationToken);

    private static async Task EndAsync(Process started, string name, CancellationToken cancellationToken)
    {
        using var process = started;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw Ended(name, process.ExitCode);
        }
    }

    /// <summary>Starts a program of the root folder as its database user.</summary>
    private static Process Start(string root, params string[] command)
    {
        var start = new ProcessStartInfo("/usr/sbin/chroot", ["--userspec=101:101", "--groups=", root, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = "/ddb";
        start.Environment["PATH"] = "/usr/lib/postgresql/18/bin:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Complain(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // PostgreSQL speaks of its starts and kills at length, and tests do both all the time: what it says matters when something did not go.
    private static void Complain(string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            LastWords.Enqueue(line);
            if (LastWords.Count > MostWords)
            {
                LastWords.TryDequeue(out _);
            }
        }
    }

    private static InvalidOperationException Ended(string program, int code) => new(
        string.Create(CultureInfo.InvariantCulture, $"{program} ended with code {code}.") + string.Concat(LastWords.Select(line => $"{Environment.NewLine}  {line}")));
}
