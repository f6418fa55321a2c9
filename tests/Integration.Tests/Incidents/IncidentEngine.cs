using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Incidents;
using Integration.Core.Incidents.Watchers;
using Integration.Core.Storage;
using Integration.Tests.Api;
using Integration.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Incidents;

/// <summary>The watch above a real store and a clock that a test moves; what it sees is what the test says.</summary>
internal sealed class IncidentEngine : IAsyncDisposable
{
    private readonly TemporaryStore _temporary;
    private readonly bool _ownsStore;

    private IncidentEngine(TemporaryStore temporary, StepClock clock, bool ownsStore, IReadOnlyList<(string Key, string Value)> settings)
    {
        (_temporary, Clock, _ownsStore) = (temporary, clock, ownsStore);
        Store = new InterruptibleStore(temporary.Store);
        var problems = new List<ConfigurationProblem>();
        Settings = IncidentSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build(), problems);
        Assert.Empty(problems);
        Outbox = new DeliveryOutbox(Store, clock);
        Incidents = new IncidentStore(
            Store, new EventOutbox([], Outbox, Store, clock), new AuditTrail(Store, clock), clock, NullLogger<IncidentStore>.Instance);
        Metrics = new EngineMetrics();
        Watch = new IncidentWatch([Watcher], Incidents, Settings, Metrics, clock, NullLogger<IncidentWatch>.Instance);
    }

    public StepClock Clock { get; }

    public InterruptibleStore Store { get; }

    public IncidentSettings Settings { get; }

    public DeliveryOutbox Outbox { get; }

    public IncidentStore Incidents { get; }

    public EngineMetrics Metrics { get; }

    public IncidentWatch Watch { get; }

    public ScriptedWatcher Watcher { get; } = new();

    public static async Task<IncidentEngine> StartAsync(params IReadOnlyList<(string Key, string Value)> settings) =>
        new(await TemporaryStore.OpenAsync(), new StepClock(new DateTimeOffset(2026, 3, 16, 8, 0, 0, TimeSpan.Zero)), ownsStore: true, settings);

    /// <summary>Another process on the same store, or the same one after it was killed.</summary>
    public IncidentEngine Another() => new(_temporary, Clock, ownsStore: false, []);

    /// <summary>Looks every ten seconds for so long.</summary>
    public async Task LookForAsync(TimeSpan time, params IReadOnlyList<Observation> seen)
    {
        Watcher.Seen = seen;
        for (var end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            Clock.Advance(TimeSpan.FromSeconds(10));
            await Watch.LookAsync(CancellationToken.None);
        }
    }

    public async Task<IReadOnlyList<IncidentDocument>> AllAsync() => (await Incidents.SearchAsync(new IncidentSearch(), CancellationToken.None)).Incidents;

    /// <summary>Types of the events there are, in the order of their commits.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync() =>
        [.. (await EventDocumentsAsync()).Select(e => e.Type)];

    public async Task<IReadOnlyList<EventDocument>> EventDocumentsAsync()
    {
        var page = await Store.QueryAsync(new DocumentQuery(Collections.Events) { OrderBy = [new DocumentSort(DocumentField.Sequence)], Limit = 1000 }, CancellationToken.None);
        return [.. page.Documents.Select(Collections.Events.Read).OrderBy(e => e.Recorded)];
    }

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        Watch.Dispose();
        if (_ownsStore)
        {
            await _temporary.DisposeAsync();
        }
    }
}

/// <summary>Sees what a test says, of every kind.</summary>
internal sealed class ScriptedWatcher : IIncidentWatcher
{
    public IReadOnlyList<IncidentKind> Kinds { get; } = Enum.GetValues<IncidentKind>();

    public IReadOnlyList<Observation> Seen { get; set; } = [];

    public ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken) => new(Seen);
}
