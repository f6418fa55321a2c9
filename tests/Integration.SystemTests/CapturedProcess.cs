using System.Diagnostics;
using System.Text;

namespace Integration.SystemTests;

/// <summary>A program that a test started, with what it writes. Stopped by its own process id.</summary>
internal sealed class CapturedProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(1);

    private readonly StringBuilder _output = new();

    private CapturedProcess(ProcessStartInfo start) => Process = new Process { StartInfo = start };

    public Process Process { get; }

    /// <summary>What it wrote so far, output and errors as they came.</summary>
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

    public static CapturedProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var captured = new CapturedProcess(start);
        captured.Process.OutputDataReceived += captured.Keep;
        captured.Process.ErrorDataReceived += captured.Keep;
        captured.Process.Start();
        captured.Process.BeginOutputReadLine();
        captured.Process.BeginErrorReadLine();
        return captured;
    }

    /// <summary>Kills it with its children, unless it has ended.</summary>
    public async Task KillAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            await EndAsync();
        }
    }

    /// <summary>Waits until it has ended and nobody can write to its output any more.</summary>
    /// <exception cref="TimeoutException">Not within a minute.</exception>
    public async Task EndAsync()
    {
        try
        {
            await Process.WaitForExitAsync().WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Process.StartInfo.FileName} {string.Join(' ', Process.StartInfo.ArgumentList)} has not ended within {EndLimit}:\n{Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
