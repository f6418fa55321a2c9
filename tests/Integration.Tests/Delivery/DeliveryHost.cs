using System.Collections.Concurrent;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core;
using Integration.Core.Delivery;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Storage;
using Integration.Tests.Mapping;
using Integration.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.Delivery;

/// <summary>The engine with destinations, run step by step on a clock of its own, without sockets.</summary>
internal sealed class DeliveryHost : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryStore _temporary;
    private readonly ServiceProvider _services;
    private long _behind;
    private int _number;

    private DeliveryHost(TemporaryStore temporary, ServiceProvider services, StepClock clock, ScriptedDestination peer, RecordingLogger log)
    {
        _temporary = temporary;
        _services = services;
        Clock = clock;
        Peer = peer;
        Log = log;
        Worker = NewWorker();
    }

    public StepClock Clock { get; }

    public ScriptedDestination Peer { get; }

    public RecordingLogger Log { get; }

    public IDocumentStore Store => _temporary.Store;

    public DeliveryOutbox Outbox => _services.GetRequiredService<DeliveryOutbox>();

    public Redelivery Redelivery => _services.GetRequiredService<Redelivery>();

    public IServiceProvider Services => _services;

    public MessageJournal Journal => _services.GetRequiredService<MessageJournal>();

    public DestinationWorker Worker { get; private set; }

    public static async Task<DeliveryHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var temporary = await TemporaryStore.OpenAsync();
        var clock = new StepClock(Start);
        var peer = new ScriptedDestination(clock);
        var values = new Dictionary<string, string?>
        {
            ["Feeds:his:Adapter"] = "Hl7v2.Mllp",
            ["Feeds:his:Listen"] = "127.0.0.1:0",
            ["Feeds:his:AssigningAuthority"] = "HIS",
            ["Destinations:crm:Adapter"] = "Scripted",
            ["Destinations:crm:Messages"] = "ADT_A08,ORU_R01,SIU_S12,SIU_S13,SIU_S15",
            ["Destinations:crm:Retry:Jitter"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }

        if (values.ContainsKey("Destinations:crm:Events"))
        {
            values.Remove("Destinations:crm:Messages");
            peer.SendsEvents = true;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(temporary.Store);
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<IOutboundAdapterFactory>(peer);
        services.AddEngine(configuration, Path.Combine(RepositoryRoot.Path, "mappings"));
        services.AddHl7v2Adapter();
        services.AddSingleton(provider => MappingSamples.PlanOf(provider, configuration));
        return new DeliveryHost(temporary, services.BuildServiceProvider(), clock, peer, new RecordingLogger());
    }

    /// <summary>A worker as a restart would make it.</summary>
    public DestinationWorker NewWorker() => Worker = new DestinationWorker(
        _services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>().Single(d => d.Name == "crm"), Outbox,
        _services.GetRequiredService<DeliveryContents>(), _services.GetRequiredService<DeliveryMetrics>(), Clock, () => 0, Log);

    /// <summary>Takes a patient's data in and runs the message; its delivery then waits.</summary>
    /// <returns>Id of the message.</returns>
    public Task<string> ChangeAsync(string patient, string name) => RunAsync(
        $"MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A08|C{++_number}|P|2.5.1||||||UNICODE UTF-8", $"EVN|A08|2026030108{_number / 60:00}{_number % 60:00}",
        $"PID|1||{patient}^^^HIS||{name}", "PV1|1|N");

    /// <summary>Takes a message in and runs it.</summary>
    public async Task<string> RunAsync(params string[] segments)
    {
        var raw = Encoding.UTF8.GetBytes(string.Join('\r', segments) + "\r");
        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);
        var accepted = Assert.IsType<IntakeResult.Accepted>(await _services.GetRequiredService<IMessageIntake>().AcceptAsync(
            new InboundMessage("his", Hl7Parser.FormatName, raw)
            {
                MessageType = header.MessageType,
                ControlId = header.ControlId,
                Sender = header.Sender,
                PatientKey = header.PatientKey,
            },
            CancellationToken.None));
        await RunWaitingAsync();
        return accepted.MessageId;
    }

    public async Task RunWaitingAsync()
    {
        while (await Journal.ReadWaitingAsync(_behind, 100, CancellationToken.None) is { Count: > 0 } page)
        {
            foreach (var waiting in page)
            {
                await _services.GetRequiredService<MessagePipeline>().RunAsync(waiting, CancellationToken.None);
                _behind = waiting.Sequence;
            }
        }
    }

    /// <summary>Lets the worker do what it wants, moving the clock to each moment it asks for, until nothing waits or the time is over.</summary>
    public async Task SendAsync(TimeSpan atMost)
    {
        var end = Clock.GetUtcNow() + atMost;
        while (Clock.GetUtcNow() <= end && await Worker.StepAsync(CancellationToken.None, CancellationToken.None) is { } next)
        {
            if (next > Clock.GetUtcNow())
            {
                Clock.Advance(next - Clock.GetUtcNow());
            }
        }
    }

    public async Task<IReadOnlyList<DeliveryDocument>> DeliveriesAsync() =>
        [.. (await Outbox.SearchAsync(new DeliverySearch(Limit: 500), CancellationToken.None)).Deliveries.OrderBy(d => d.Created)];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _temporary.DisposeAsync();
    }
}

/// <summary>Keeps what is logged, by any thread.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<(EventId Event, string Text)> _entries = [];

    public IReadOnlyCollection<(EventId Event, string Text)> Entries => _entries;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((eventId, formatter(state, exception)));
}
