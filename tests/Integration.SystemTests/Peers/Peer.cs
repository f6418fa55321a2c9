using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Integration.SystemTests.Peers;

/// <summary>Somebody else's program that speaks to ours. Installed by <c>./test</c>.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private Peer(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(e.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public static string NodeModules => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "integration-engine", "peers", "node_modules");

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it complained about.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Skips the test where a peer is missing; fails it where one must be (CI=true).</summary>
    public static void Require(string file, string install)
    {
        var hint = $"No {file}. {install}, or run ./test as root.";
        Assert.False(!Path.Exists(file) && Environment.GetEnvironmentVariable("CI") == "true", hint);
        Assert.SkipUnless(Path.Exists(file), hint);
    }

    public static void RequireNode(string package)
    {
        Require("/usr/bin/node", "apt-get install nodejs");
        Require(Path.Combine(NodeModules, package), $"npm install --prefix {Path.GetDirectoryName(NodeModules)} {package}");
    }

    public static Peer StartNode(string script, params string[] arguments) => Start("/usr/bin/node", [Script(script), .. arguments]);

    public static Peer StartPython(string script, params string[] arguments) => Start("/usr/bin/python3", [Script(script), .. arguments]);

    public static Peer Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_PATH"] = NodeModules;
        return new Peer(Process.Start(start)!);
    }

    /// <summary>Gives it messages, one base64 line each, and nothing after them.</summary>
    public async Task GiveAsync(params IEnumerable<byte[]> messages)
    {
        foreach (var message in messages)
        {
            await _process.StandardInput.WriteLineAsync(Convert.ToBase64String(message));
        }

        _process.StandardInput.Close();
    }

    /// <summary>Its next line of output.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Limit, cancellationToken)
                ?? throw new InvalidOperationException($"The peer ended: {Errors}");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The peer said nothing more: {Errors}", exception);
        }
    }

    /// <summary>The bytes of its next base64 line.</summary>
    public async Task<byte[]> ReadBytesAsync(CancellationToken cancellationToken) => Convert.FromBase64String(await ReadLineAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(Limit);
        }

        _process.Dispose();
    }

    private static string Script(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);
}
