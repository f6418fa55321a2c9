using System.Diagnostics;
using System.Text;

namespace Integration.SystemTests.Peers;

/// <summary>A program of somebody else that a test speaks to, in a process of its own. Stopped by its own process id.</summary>
internal sealed class PeerProgram : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private PeerProgram(Process process) => _process = process;

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
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start };
        var peer = new PeerProgram(process);
        process.OutputDataReceived += (_, e) => peer.Keep(e.Data);
        process.ErrorDataReceived += (_, e) => peer.Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var began = Stopwatch.GetTimestamp(); !await AnswersAsync(port, cancellationToken); await Task.Delay(50, cancellationToken))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                await peer.DisposeAsync();
                throw new InvalidOperationException($"{program} did not start:\n{peer._output}");
            }
        }

        return peer;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output + await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
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

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
