using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Integration.Peers;

namespace Integration.Benchmarks.Load;

/// <summary>The real host in a process of its own, with a fresh data folder, on free ports.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly BenchStorage _storage;

    private EngineProcess(Process process, HttpClient http, BenchStorage storage, int mllpPort)
    {
        _process = process;
        _http = http;
        _storage = storage;
        MllpPort = mllpPort;
    }

    public int MllpPort { get; }

    /// <summary>Processor time since start, user and system.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Most physical memory since start (VmHWM).</summary>
    public long PeakMemoryBytes
    {
        get
        {
            _process.Refresh();
            return OperatingSystem.IsLinux() ? ReadHighWaterMark() : _process.PeakWorkingSet64;
        }
    }

    /// <summary>Bytes of the database with its log or indexes.</summary>
    public long DiskBytes => _storage.Bytes;

    /// <param name="storage">Removed with the process.</param>
    /// <param name="settings">Further arguments, e.g. <c>--Feeds:pacs:Enabled=true</c>.</param>
    public static async Task<EngineProcess> StartAsync(BenchStorage storage, CancellationToken cancellationToken, params IReadOnlyList<string> settings)
    {
        var root = RepositoryFolder.Path;
        Directory.CreateDirectory(storage.DataFolder);
        var (mllp, web) = (FreePort.Next(), FreePort.Next());
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = root, RedirectStandardOutput = true };
        string[] arguments =
        [
            FindHost(root), $"--Engine:DataFolder={storage.DataFolder}", $"--Log:Folder={Path.Combine(storage.DataFolder, "logs")}", "--Log:Level=Warning", $"--urls=http://127.0.0.1:{web}",
            $"--Feeds:his:Listen=127.0.0.1:{mllp}", "--Feeds:lis:Enabled=false", $"--Security:ApiKeys:bench={key}", .. settings,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in storage.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The engine could not be started.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{web}") };
        http.DefaultRequestHeaders.Add("X-Api-Key", key);
        var engine = new EngineProcess(process, http, storage, mllp);
        try
        {
            await engine.WaitUntilReadyAsync(cancellationToken);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Messages whose way through the pipeline ended, and those that wait for it.</summary>
    public async Task<(long Finished, long Waiting)> ReadCountsAsync(CancellationToken cancellationToken)
    {
        var text = await _http.GetStringAsync("/metrics", cancellationToken);
        return (Sum(text, "integration_messages_finished_total"), Sum(text, "integration_messages_waiting"));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _storage.Remove();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < StartTimeout;)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The engine stopped at start with exit code {_process.ExitCode}; it says above why.");
            }

            try
            {
                using var answer = await _http.GetAsync("/health/ready", cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet: asked again below.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException($"The engine was not ready within {StartTimeout.TotalSeconds:0} s.");
    }

    private long ReadHighWaterMark()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("VmHWM:".Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
    }

    // Prometheus text: NAME{labels} VALUE.
    private static long Sum(string text, string name) => text.Split('\n')
        .Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && l[name.Length] is '{' or ' ')
        .Sum(l => (long)double.Parse(l.AsSpan(l.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    // The host's own build, beside which its static files lie; of the configuration that this program was built in.
    private static string FindHost(string root)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var host = Path.Combine(root, "src", "Integration.Host", "bin", configuration, "net10.0", "Integration.Host.dll");
        return File.Exists(host) ? host : throw new FileNotFoundException("Build the solution first: dotnet build -c Release.", host);
    }
}
