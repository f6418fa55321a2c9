using System.Diagnostics;
using System.Globalization;
using Integration.SystemTests.Peers;
using Npgsql;

namespace Integration.SystemTests.Sql;

/// <summary>Debian's PostgreSQL on a free port of 127.0.0.1 with a cluster of its own, so that a test may kill it. It never runs as root: that is its own rule.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder;
    private readonly int _port;
    private Process _process;

    private PostgresServer(DirectoryInfo folder, int port, Process process) => (_folder, _port, _process) = (folder, port, process);

    /// <summary>As the owner of everything.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Database=postgres;Username={User};Pooling=false";

    private static string Programs =>
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(path => Path.Combine(path, "bin")).Order(StringComparer.Ordinal).LastOrDefault() ?? "" : "";

    /// <summary>Starts one; skips the test where there is none to start.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        Peer.Require(Programs.Length == 0 ? "/usr/lib/postgresql/15/bin" : Programs, "apt-get install postgresql");
        var folder = Directory.CreateTempSubdirectory("integration-postgres-");
        if (Environment.UserName == "root")
        {
            await RunAsync(Process.Start("/bin/chown", [User, folder.FullName]));
        }

        await RunAsync(Start("initdb", "-D", Data(folder), "-U", User, "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"));
        var port = FreePort.Next();
        var server = new PostgresServer(folder, port, StartServer(folder, port));
        await server.WaitAsync();
        return server;
    }

    /// <summary>Kills its main process, as a power cut does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(StartLimit);
    }

    /// <summary>Starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _process = StartServer(_folder, _port);
        await WaitAsync();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await RunAsync(Process.Start("/bin/kill", ["-QUIT", _process.Id.ToString(CultureInfo.InvariantCulture)]));
            await _process.WaitForExitAsync().WaitAsync(StartLimit);
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Data(DirectoryInfo folder) => Path.Combine(folder.FullName, "data");

    // The program takes the place of setpriv: the process that was started is the server.
    private static Process StartServer(DirectoryInfo folder, int port) => Start(
        "postgres", "-D", Data(folder), "-p", port.ToString(CultureInfo.InvariantCulture), "-k", folder.FullName, "-c", "listen_addresses=127.0.0.1", "-c", "log_min_messages=panic", "-c", "fsync=off", "-c", "wal_level=logical");

    private static Process Start(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        var start = Environment.UserName == "root"
            ? new ProcessStartInfo("/usr/bin/setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = "/";
        start.Environment["LC_ALL"] = "C.UTF-8";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task RunAsync(Process started)
    {
        using var process = started;
        await process.WaitForExitAsync().WaitAsync(StartLimit);
        Assert.Equal(0, process.ExitCode);
    }

    private async Task WaitAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            try
            {
                await using var connection = await OpenAsync();
                return;
            }
            catch (NpgsqlException) when (!_process.HasExited && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
        }
    }
}
