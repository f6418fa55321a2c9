using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Integration.Core;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Integration.Host.Jobs;
using Integration.Host.Security;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.Host.Commands.Check;

/// <summary>
/// Looks at everything that a start needs and at everybody whom the engine speaks to, and changes nothing: no store is made or opened, no message is sent.
/// Peers are connected to and left at once.
/// </summary>
/// <param name="home">Where relative paths of settings begin.</param>
internal sealed class EngineCheck(IConfigurationRoot configuration, string home)
{
    private const string Settings = "settings";
    private const string Ports = "ports";
    private const string Store = "store";
    private const string Peers = "peers";
    private const long Mebibyte = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);

    /// <summary>By adapter, those whose feeds can ask; empty until the settings were looked at and are good.</summary>
    private Dictionary<string, IPeerCheck> _questions = [];

    public async Task<IReadOnlyList<CheckRow>> RunAsync(CancellationToken cancellationToken)
    {
        var settings = LookAtSettings();
        var peers = ConfiguredPeers.Of(configuration).Select(peer => LookAtAsync(peer, cancellationToken)).ToList();
        return [.. settings, .. LookAtPorts(), .. LookAtStore(), .. await Task.WhenAll(peers)];
    }

    private List<CheckRow> LookAtSettings()
    {
        var problems = new List<ConfigurationProblem>();
        EnginePlan? plan = null;
        var dataFolder = Path.GetFullPath(configuration["Engine:DataFolder"] ?? "data", home);
        StartProblems.Collect(problems, () => KnownSettings.Check(configuration));
        StartProblems.Collect(problems, () =>
        {
            // Not disposed: nothing of it is started.
            var services = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
                .AddSingleton<IConfiguration>(configuration)
                .AddEngine(configuration, Path.GetFullPath(configuration["Engine:MappingsFolder"] ?? "mappings", home))
                .AddStorage(configuration, dataFolder, home).AddAdapters().BuildServiceProvider();
            StartProblems.Collect(problems, () => services.GetService<IStartupValidator>()?.Validate());
            plan = services.GetRequiredService<EnginePlan>();
            _questions = services.GetServices<IInboundAdapterFactory>().OfType<IPeerCheck>().ToDictionary(factory => factory.Name, StringComparer.OrdinalIgnoreCase);
        });
        StartProblems.Collect(problems, () => DestinationSecrets.Check(configuration));
        StartProblems.Collect(problems, () => FeedSchedules.Check(configuration));
        problems.AddRange(ConfiguredApiKeys.Problems(configuration));
        return problems.Count > 0 || plan is null
            ? [.. problems.Distinct().Select(problem => new CheckRow(CheckResult.Failed, Settings, problem.Place, problem.Text, problem.Remedy))]
            : [new CheckRow(
                CheckResult.Ok, Settings, "appsettings.json", string.Create(
                    CultureInfo.InvariantCulture,
                    $"{ConfiguredPeers.Enabled(configuration, "Feeds").Count()} feeds, {ConfiguredPeers.Enabled(configuration, "Destinations").Count()} destinations, {plan.FollowUpRules.Current.Rules.All.Count} follow-up rules."))];
    }

    private IEnumerable<CheckRow> LookAtPorts()
    {
        var taken = new Dictionary<IPEndPoint, string>();
        foreach (var (owner, endpoint) in Listeners())
        {
            yield return taken.TryAdd(endpoint, owner) ? LookAt(owner, endpoint)
                : new CheckRow(CheckResult.Failed, Ports, owner, $"{endpoint} is that of {taken[endpoint]} too.", "Choose another port for one of them.");
        }
    }

    private IEnumerable<(string Owner, IPEndPoint Endpoint)> Listeners()
    {
        foreach (var url in (configuration["urls"] ?? EngineHost.DefaultUrl).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var address) && IPAddress.TryParse(address.Host == "localhost" ? "127.0.0.1" : address.Host, out var ip))
            {
                yield return ("urls", new IPEndPoint(ip, address.Port));
            }
        }

        foreach (var feed in ConfiguredPeers.Enabled(configuration, "Feeds"))
        {
            if (feed["Listen"] is not null && new SettingsReader(feed).Endpoint("Listen") is { Port: > 0 } endpoint)
            {
                yield return (feed.Path, endpoint);
            }
        }
    }

    private static CheckRow LookAt(string owner, IPEndPoint endpoint)
    {
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
            socket.Bind(endpoint);
            return new CheckRow(CheckResult.Ok, Ports, owner, $"{endpoint} is free.");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return new CheckRow(CheckResult.Note, Ports, owner, $"{endpoint} is in use.", "That is right while the engine runs; else stop the program that uses it, or choose another port.");
        }
        catch (SocketException e)
        {
            return new CheckRow(CheckResult.Failed, Ports, owner, $"{endpoint} cannot be listened on ({e.Message}).", "Use an address of this machine; ports below 1024 need a right that the user may lack.");
        }
    }

    private IEnumerable<CheckRow> LookAtStore()
    {
        var dataFolder = Path.GetFullPath(configuration["Engine:DataFolder"] ?? "data", home);
        if (string.Equals(configuration["Storage:Provider"], "MongoDb", StringComparison.OrdinalIgnoreCase))
        {
            yield return LookAtFolder("Engine:DataFolder", dataFolder);
            yield break;
        }

        var path = Path.GetFullPath(configuration["Storage:Sqlite:Path"] ?? Path.Combine(dataFolder, "integration.db"), home);
        yield return LookAtFolder("Storage:Sqlite:Path", Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            yield return new CheckRow(CheckResult.Note, Store, path, "There is no database yet; the first start makes it.");
        }
        else if (IsLocked(path + ".lock"))
        {
            yield return new CheckRow(CheckResult.Note, Store, path, "An engine runs on this database.");
        }
        else
        {
            yield return new CheckRow(CheckResult.Ok, Store, path, string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(path).Length / Mebibyte} MB, no engine runs on it."));
        }
    }

    private CheckRow LookAtFolder(string setting, string folder)
    {
        var at = folder;
        while (!Path.Exists(at) && Path.GetDirectoryName(at) is { } above)
        {
            at = above;
        }

        try
        {
            using (new FileStream(Path.Combine(at, $".check-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }

            var free = new DriveInfo(at).AvailableFreeSpace / Mebibyte;
            var least = Core.Intake.IntakeLimits.Read(configuration).MinFreeBytes / Mebibyte;
            return free > least
                ? new CheckRow(CheckResult.Ok, Store, setting, string.Create(CultureInfo.InvariantCulture, $"{folder} can be written to, {free:N0} MB are free."))
                : new CheckRow(
                    CheckResult.Failed, Store, setting, string.Create(CultureInfo.InvariantCulture, $"Only {free:N0} MB are free in {folder}; intake stops below {least:N0}."),
                    "Make room, or set Storage:MinFreeMb.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CheckRow(CheckResult.Failed, Store, setting, $"{at} cannot be written to.", "Give the user of this process write permission, or choose another folder.");
        }
    }

    private static bool IsLocked(string path)
    {
        try
        {
            using var file = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null;
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task<CheckRow> LookAtAsync(ConfiguredPeer peer, CancellationToken cancellationToken)
    {
        var connected = await ConnectAsync(peer, cancellationToken);
        var feed = configuration.GetSection(peer.Owner);
        if (connected.Result != CheckResult.Ok || feed["Adapter"] is not { } adapter || !_questions.TryGetValue(adapter, out var check))
        {
            return connected;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerPatience);
        try
        {
            return await check.AskPeerAsync(feed.Key, feed, limit.Token) is { } problem
                ? new CheckRow(CheckResult.Failed, Peers, peer.Owner, problem)
                : connected with { Text = $"{peer.Address.Host}:{peer.Address.Port} answers {check.Question}." };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CheckRow(
                CheckResult.Failed, Peers, peer.Owner, $"{peer.Address.Host}:{peer.Address.Port} takes connections and does not answer {check.Question} within {AnswerPatience.TotalSeconds:F0} s.",
                "Check whether something else listens there, and whether it speaks TLS where the feed does not, or the other way round.");
        }
    }

    private static async Task<CheckRow> ConnectAsync(ConfiguredPeer peer, CancellationToken cancellationToken)
    {
        var place = $"{peer.Address.Host}:{peer.Address.Port}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(peer.Address.Host, peer.Address.Port, limit.Token);
            return new CheckRow(CheckResult.Ok, Peers, peer.Owner, $"{place} takes connections.");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
        {
            return new CheckRow(CheckResult.Failed, Peers, peer.Owner, $"The name {peer.Address.Host} is not known.", "Check how it is written, and this machine's name service.");
        }
        catch (SocketException e)
        {
            return new CheckRow(CheckResult.Failed, Peers, peer.Owner, $"Nothing answers at {place} ({e.SocketErrorCode}).", "Check address and port, whether the peer runs, and the firewalls between.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CheckRow(CheckResult.Failed, Peers, peer.Owner, $"{place} did not answer within {Patience.TotalSeconds:F0} s.", "A firewall may swallow the connection; have port and route opened.");
        }
    }
}
