using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Integration.SystemTests;

/// <summary>The real program in a process of its own, with its own data folder and free ports on 127.0.0.1. Stopped by its own process id.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    public const string ApiKey = "key-of-the-system-tests-000000000000";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output;

    private EngineProcess(Process process, StringBuilder output, int mllpPort, Uri url, string? consoleLink)
    {
        _process = process;
        _output = output;
        MllpPort = mllpPort;
        ConsoleLink = consoleLink;
        Api = new HttpClient { BaseAddress = url };
        Api.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
    }

    public int ProcessId => _process.Id;

    /// <summary>Port of the feed <c>his</c>.</summary>
    public int MllpPort { get; }

    /// <summary>One-time link that opens the console.</summary>
    public string? ConsoleLink { get; }

    /// <summary>Speaks to the API with the key.</summary>
    public HttpClient Api { get; }

    /// <summary>Everything the process has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Where the built program lies.</summary>
    public static string HostAssembly
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
            return Path.Combine(RepositoryRoot.Path, "src", "Integration.Host", "bin", configuration, "net10.0", "Integration.Host.dll");
        }
    }

    /// <summary>Starts it and waits until it says that it takes messages.</summary>
    /// <param name="dataFolder">Kept between starts, so that a test can kill and start again.</param>
    public static Task<EngineProcess> StartAsync(string dataFolder, CancellationToken cancellationToken, params string[] arguments) =>
        StartAsync(EngineStorage.Sqlite, dataFolder, crashAt: null, cancellationToken, arguments);

    /// <inheritdoc cref="StartAsync(string, CancellationToken, string[])"/>
    /// <param name="crashAt">Where the process dies by itself, see <see cref="Core.Diagnostics.CrashPoints"/>; null: nowhere.</param>
    public static Task<EngineProcess> StartAsync(string dataFolder, string? crashAt, CancellationToken cancellationToken, params string[] arguments) =>
        StartAsync(EngineStorage.Sqlite, dataFolder, crashAt, cancellationToken, arguments);

    /// <summary>The same on another storage engine.</summary>
    public static Task<EngineProcess> StartAsync(EngineStorage storage, string dataFolder, CancellationToken cancellationToken, params string[] arguments) =>
        StartAsync(storage, dataFolder, crashAt: null, cancellationToken, arguments);

    private static async Task<EngineProcess> StartAsync(
        EngineStorage storage, string dataFolder, string? crashAt, CancellationToken cancellationToken, string[] arguments)
    {
        var (mllp, web) = (FreePort(), FreePort());
        var url = new Uri($"http://127.0.0.1:{web}");
        var (process, output) = Launch(
        [
            $"--Engine:DataFolder={dataFolder}", "--Log:Folder=", $"--urls={url.ToString().TrimEnd('/')}", "--Feeds:lis:Enabled=false",
            $"--Feeds:his:Listen=127.0.0.1:{mllp}", .. arguments,
        ], storage, crashAt);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var text = Read(output);
            if (text.Contains("Stop with Ctrl+C.", StringComparison.Ordinal))
            {
                var link = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("Console", StringComparison.Ordinal))?
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
                return new EngineProcess(process, output, mllp, url, link);
            }

            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                await StopAsync(process);
                throw new InvalidOperationException($"The engine did not start:\n{Read(output)}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Runs it to its end with these arguments, for starts that must fail and for verbs.</summary>
    public static Task<(int ExitCode, string Output)> RunToEndAsync(CancellationToken cancellationToken, params string[] arguments) =>
        RunToEndAsync(EngineStorage.Sqlite, cancellationToken, arguments);

    /// <summary>The same on another storage engine.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(EngineStorage storage, CancellationToken cancellationToken, params string[] arguments)
    {
        var (process, output) = Launch(arguments, storage);
        using (process)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartLimit);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await StopAsync(process);
                throw new TimeoutException($"Still running after {StartLimit}:\n{Read(output)}");
            }

            process.WaitForExit();   // drains the redirected output
            return (process.ExitCode, Read(output));
        }
    }

    public async Task<JsonNode> GetJsonAsync(string path, CancellationToken cancellationToken) =>
        (await Api.GetFromJsonAsync<JsonNode>(path, cancellationToken))!;

    /// <summary>Every item of a paged list.</summary>
    public async Task<List<JsonNode>> GetAllAsync(string path, CancellationToken cancellationToken)
    {
        var items = new List<JsonNode>();
        for (string? after = ""; after is not null;)
        {
            var page = await GetJsonAsync(after.Length == 0 ? path : $"{path}&after={after}", cancellationToken);
            items.AddRange(page["items"]!.AsArray().Select(i => i!));
            after = (string?)page["next"];
        }

        return items;
    }

    /// <summary>Returns when nothing waits for the pipeline any more.</summary>
    public async Task DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < limit; await Task.Delay(50, cancellationToken))
        {
            var waiting = await GetJsonAsync("/api/v1/messages?state=waiting&limit=1", cancellationToken);
            if (waiting["items"]!.AsArray().Count == 0)
            {
                return;
            }
        }

        throw new TimeoutException($"Messages still wait after {limit}.\n{Output}");
    }

    /// <summary>The most memory that it has had so far.</summary>
    public long PeakMemoryKb
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line["VmHWM:".Length..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits until the process has died by itself.</summary>
    /// <exception cref="TimeoutException">It still runs after <paramref name="limit"/>.</exception>
    public async Task DiedAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It has not died within {limit}.\n{Output}");
        }
    }

    /// <summary>SIGTERM, as a service manager stops a process.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs after <paramref name="limit"/>.</exception>
    public async Task<int> TerminateAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Still running {limit} after SIGTERM.\n{Output}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await StopAsync(_process);
        _process.Dispose();
    }

    public static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static (Process Process, StringBuilder Output) Launch(IEnumerable<string> arguments, EngineStorage storage, string? crashAt = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryRoot.Path };
        foreach (var argument in new[] { HostAssembly }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["Security__ApiKeys__tests"] = ApiKey;
        start.Environment[Core.Diagnostics.CrashPoints.Variable] = crashAt;
        foreach (var (key, value) in storage.Environment)
        {
            start.Environment[key] = value;
        }

        var output = new StringBuilder();
        var process = new Process { StartInfo = start };
        DataReceivedEventHandler keep = (_, e) =>
        {
            lock (output)
            {
                output.AppendLine(e.Data);
            }
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, output);
    }

    private static string Read(StringBuilder output)
    {
        lock (output)
        {
            return output.ToString();
        }
    }

    private static async Task StopAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
