using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Integration.SystemTests;

/// <summary>The real program in a process of its own, with its own data folder and free ports on 127.0.0.1. Stopped by its own process id.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    public const string ApiKey = "key-of-the-system-tests-000000000000";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly CapturedProcess _captured;

    private EngineProcess(CapturedProcess captured, int mllpPort, Uri url, string? consoleLink)
    {
        _captured = captured;
        MllpPort = mllpPort;
        ConsoleLink = consoleLink;
        Api = new HttpClient { BaseAddress = url };
        Api.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
    }

    public int ProcessId => Running.Id;

    /// <summary>Port of the feed <c>his</c>.</summary>
    public int MllpPort { get; }

    /// <summary>One-time link that opens the console.</summary>
    public string? ConsoleLink { get; }

    /// <summary>Speaks to the API with the key.</summary>
    public HttpClient Api { get; }

    /// <summary>Everything the process has printed.</summary>
    public string Output => _captured.Output;

    private Process Running => _captured.Process;

    /// <summary>The build that the tests are part of: <c>Debug</c> or <c>Release</c>.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>Where the built program lies.</summary>
    public static string HostAssembly => Path.Combine(RepositoryRoot.Path, "src", "Integration.Host", "bin", Configuration, "net10.0", "Integration.Host.dll");

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

    /// <inheritdoc cref="StartAsync(string, string, CancellationToken, string[])"/>
    public static async Task<EngineProcess> StartAsync(
        EngineStorage storage, string dataFolder, string? crashAt, CancellationToken cancellationToken, params string[] arguments)
    {
        var (mllp, web) = (FreePort.Next(), FreePort.Next());
        var url = new Uri($"http://127.0.0.1:{web}");
        var captured = Launch(
        [
            $"--Engine:DataFolder={dataFolder}", "--Log:Folder=", $"--urls={url.ToString().TrimEnd('/')}", "--Feeds:lis:Enabled=false",
            $"--Feeds:his:Listen=127.0.0.1:{mllp}", .. arguments,
        ], storage, crashAt);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var text = captured.Output;
            if (text.Contains("Stop with Ctrl+C.", StringComparison.Ordinal))
            {
                var link = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("Console", StringComparison.Ordinal))?
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
                return new EngineProcess(captured, mllp, url, link);
            }

            if (captured.Process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                await captured.DisposeAsync();
                throw new InvalidOperationException($"The engine did not start:\n{captured.Output}");
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
        await using var captured = Launch(arguments, storage);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            await captured.Process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Still running after {StartLimit}:\n{captured.Output}");
        }

        captured.Process.WaitForExit();   // drains the redirected output
        return (captured.Process.ExitCode, captured.Output);
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
            var line = File.ReadLines($"/proc/{Running.Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line["VmHWM:".Length..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        Running.Kill();
        Running.WaitForExit();
    }

    /// <summary>Waits until the process has died by itself.</summary>
    /// <exception cref="TimeoutException">It still runs after <paramref name="limit"/>.</exception>
    public async Task DiedAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await Running.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
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
        using (var kill = Process.Start("kill", ["-TERM", Running.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        try
        {
            await Running.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Still running {limit} after SIGTERM.\n{Output}");
        }

        return Running.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _captured.DisposeAsync();
    }

    private static CapturedProcess Launch(IEnumerable<string> arguments, EngineStorage storage, string? crashAt = null)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = RepositoryRoot.Path };
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

        return CapturedProcess.Start(start);
    }
}
