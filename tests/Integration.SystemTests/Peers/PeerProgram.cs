using System.Diagnostics;

namespace Integration.SystemTests.Peers;

/// <summary>A program of somebody else that a test speaks to, in a process of its own. Stopped by its own process id.</summary>
internal sealed class PeerProgram : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(2);

    private readonly CapturedProcess _captured;

    private PeerProgram(CapturedProcess captured) => _captured = captured;

    /// <summary>What it has written so far.</summary>
    public string Output => _captured.Output;

    /// <summary>Skips the test where the program is missing; in CI that is a failure.</summary>
    public static void Need(string path, string package)
    {
        if (File.Exists(path))
        {
            return;
        }

        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", $"{path} is missing. ./test installs {package}.");
        Assert.Skip($"{path} is missing; as root: apt-get install {package}");
    }

    /// <summary>Starts it and waits until it takes connections on a port.</summary>
    public static async Task<PeerProgram> StartAsync(string program, int port, CancellationToken cancellationToken, params string[] arguments)
    {
        var peer = new PeerProgram(CapturedProcess.Start(new ProcessStartInfo(program, arguments)));
        for (var began = Stopwatch.GetTimestamp(); !await AnswersAsync(port, cancellationToken); await Task.Delay(50, cancellationToken))
        {
            if (peer._captured.Process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                await peer.DisposeAsync();
                throw new InvalidOperationException($"{program} did not start:\n{peer._captured.Output}");
            }
        }

        return peer;
    }

    /// <summary>Runs a program to its end. Its output comes to the byte (a segment of HL7 ends with a return alone), with its errors behind it.</summary>
    /// <exception cref="TimeoutException">It has not ended within two minutes; it is killed.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RunLimit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} has not ended within {RunLimit}.");
        }
    }

    public ValueTask DisposeAsync() => _captured.DisposeAsync();

    /// <summary>Whether somebody takes connections on a port of 127.0.0.1.</summary>
    public static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
