using System.Diagnostics;
using System.Globalization;

namespace Integration.SystemTests.Peers;

/// <summary>A RabbitMQ broker on 127.0.0.1 with a folder of its own, that can be killed and started again. Stopped by its own process id.</summary>
internal sealed class RabbitMqBroker : IAsyncDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder;
    private readonly int _distributionPort = FreePort.Next();
    private readonly int _mapperPort;
    private readonly bool _isAlone;
    private CapturedProcess? _server;

    private RabbitMqBroker() => (_folder, _mapperPort, _isAlone) = (new TemporaryFolder(), FreePort.Next(), true);

    // Nodes of a cluster have one cookie, and find each other by one port mapper.
    private RabbitMqBroker(RabbitMqBroker first) => (_folder, _mapperPort) = (first._folder, first._mapperPort);

    public int Port { get; } = FreePort.Next();

    private string NodeName => $"integration{Port}@localhost";

    /// <summary>What the broker wrote since it was started last.</summary>
    public string Output => _server?.Output ?? "";

    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{Port}/");

    /// <summary>Skips the test where the program is missing.</summary>
    public static async Task<RabbitMqBroker> StartNewAsync(CancellationToken cancellationToken)
    {
        PeerProgram.Need(Server, "rabbitmq-server");
        var broker = new RabbitMqBroker();
        try
        {
            await broker.StartAsync(cancellationToken);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node more in the cluster of this one; to be disposed before it.</summary>
    public async Task<RabbitMqBroker> StartAnotherAsync(CancellationToken cancellationToken)
    {
        var node = new RabbitMqBroker(this);
        await node.StartAsync(cancellationToken);
        foreach (var command in new[] { "stop_app", $"join_cluster {NodeName}", "start_app" })
        {
            await using var control = node.Launch(Control, ["-n", node.NodeName, .. command.Split(' ')]);
            await control.EndAsync();
            Assert.True(control.Process.ExitCode == 0, control.Output);
        }

        return node;
    }

    /// <summary>Starts it with what it had on disk, and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _server = Launch(Server);
        for (var began = Stopwatch.GetTimestamp(); !await PeerProgram.AnswersAsync(Port, cancellationToken); await Task.Delay(100, cancellationToken))
        {
            if (_server.Process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                throw new InvalidOperationException($"RabbitMQ did not start:\n{_server.Output}");
            }
        }
    }

    /// <summary>SIGKILL: nothing is flushed. Comes back when nobody answers at the port any more.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        // Not until its output ends: a helper of Erlang that was just being started may outlive the tree, with the output in its hand.
        _server!.Process.Kill(entireProcessTree: true);
        for (var began = Stopwatch.GetTimestamp(); await PeerProgram.AnswersAsync(Port, cancellationToken); await Task.Delay(10, cancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < KillLimit, "A killed broker still takes connections.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (!_isAlone)
        {
            return;   // folder and port mapper are those of the first node
        }

        // The port mapper leaves the tree of the process that started it; it is asked to end at the port that is ours alone.
        await using (var mapper = Launch("/usr/bin/epmd", "-kill"))
        {
            await mapper.EndAsync();
        }

        _folder.Dispose();
    }

    private CapturedProcess Launch(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment.Clear();
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["HOME"] = _folder.Path,
            ["PATH"] = "/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["LANG"] = "C.UTF-8",
            ["RABBITMQ_NODENAME"] = NodeName,
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = _distributionPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_PORT"] = _mapperPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_RELAXED_COMMAND_CHECK"] = "1",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder.Path, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder.Path, "log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder.Path, "none"),
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder.Path, "none"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder.Path, "plugins"),
        })
        {
            start.Environment[key] = value;
        }

        return CapturedProcess.Start(start);
    }
}
