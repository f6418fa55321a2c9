using System.Collections.Concurrent;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Delivery;

/// <summary>
/// The outbox above the store. <see cref="DeliveryStage"/> adds to it in the commit of the change; only this writes deliveries after that. The
/// backlog stays in the store: in memory are one page a destination and the counts. Safe for many threads.
/// </summary>
public sealed class DeliveryOutbox(IDocumentStore store, TimeProvider clock)
{
    private static readonly DocumentField Destination = Collections.Deliveries.Field("destination");
    private static readonly DocumentField State = Collections.Deliveries.Field("state");
    private static readonly DocumentField NextAttempt = Collections.Deliveries.Field("nextAttempt");
    private static readonly DocumentField PatientId = Collections.Deliveries.Field("patientId");
    private static readonly DocumentField MessageId = Collections.Deliveries.Field("messageId");
    private static readonly DocumentField Created = Collections.Deliveries.Field("created");

    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>Counts what the store holds. Called once at start, before anything is taken in.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var group in await store.GroupAndCountAsync(Collections.Deliveries, [], [Destination, State], cancellationToken))
        {
            LineOf((string)group.Key[0]!).Count(Enum.Parse<DeliveryState>((string)group.Key[1]!), group.Count);
        }
    }

    /// <summary>Deliveries of a destination by state; every state is present. Costs nothing.</summary>
    public IReadOnlyDictionary<DeliveryState, long> Counts(string destination) => LineOf(destination).Counts();

    /// <summary>Destinations that hold deliveries, those no longer configured among them.</summary>
    public IReadOnlyList<string> Destinations => [.. _lines.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Returns when something new waits for the destination, or at once if that happened since the last wait.</summary>
    internal ValueTask WaitAsync(string destination, CancellationToken cancellationToken) => LineOf(destination).Arrival.WaitAsync(cancellationToken);

    /// <summary>Has the destination's worker look again.</summary>
    internal void Wake(string destination) => LineOf(destination).Arrival.Set();

    /// <summary>These were committed.</summary>
    internal void Added(IReadOnlyList<DeliveryDocument> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            var line = LineOf(delivery.Destination);
            line.Count(delivery.State, 1);
            line.Arrival.Set();
        }
    }

    /// <summary>These were removed with the messages that caused them.</summary>
    internal void Removed(IReadOnlyList<StoredDelivery> deliveries)
    {
        foreach (var (delivery, _) in deliveries)
        {
            LineOf(delivery.Destination).Count(delivery.State, -1);
        }
    }

    /// <summary>Waiting deliveries in the order they fall due, without content.</summary>
    internal async ValueTask<IReadOnlyList<StoredDelivery>> WaitingAsync(string destination, int limit, CancellationToken cancellationToken) =>
        Read(await store.QueryAsync(new DocumentQuery(Collections.Deliveries)
        {
            Where = [new DocumentFilter.Equal(Destination, destination), new DocumentFilter.Equal(State, nameof(DeliveryState.Waiting))],
            OrderBy = [new DocumentSort(NextAttempt)],
            Limit = limit,
        }, cancellationToken));

    /// <summary>The delivery that goes before all others of the patient to the destination; null when none waits.</summary>
    internal async ValueTask<StoredDelivery?> FirstOfPatientAsync(string destination, string patientId, CancellationToken cancellationToken) =>
        Read(await store.QueryAsync(new DocumentQuery(Collections.Deliveries)
        {
            Where =
            [
                new DocumentFilter.Equal(Destination, destination), new DocumentFilter.Equal(PatientId, patientId),
                new DocumentFilter.Equal(State, nameof(DeliveryState.Waiting)),
            ],
            OrderBy = [new DocumentSort(Created)],
            Limit = 1,
        }, cancellationToken)).FirstOrDefault();

    /// <summary>TRANSACTION: one delivery's new state.</summary>
    /// <param name="withContent">Write the bytes too; else those stored stay.</param>
    /// <returns>False when somebody else wrote first.</returns>
    internal async ValueTask<bool> SaveAsync(StoredDelivery before, DeliveryDocument after, bool withContent, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Deliveries.Put(after, before.Version, withContent));
        if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is not CommitResult.Committed)
        {
            return false;
        }

        var line = LineOf(after.Destination);
        line.Count(before.Delivery.State, -1);
        line.Count(after.State, 1);
        return true;
    }

    /// <summary>One delivery; null when there is none of that id.</summary>
    public async ValueTask<StoredDelivery?> GetAsync(string id, bool withContent, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Deliveries, id, withContent, cancellationToken) is { } stored
            ? new StoredDelivery(Collections.Deliveries.Read(stored) with { Content = stored.Payload }, stored.Version)
            : null;

    /// <summary>Deliveries by destination and state.</summary>
    public async ValueTask<DeliveryPage> SearchAsync(DeliverySearch search, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter>();
        Add(Destination, search.Destination);
        Add(State, search.State?.ToString());
        Add(MessageId, search.MessageId);
        var page = await store.QueryAsync(new DocumentQuery(Collections.Deliveries)
        {
            Where = where,
            OrderBy = [new DocumentSort(NextAttempt, Descending: true)],
            Limit = Math.Clamp(search.Limit, 1, 500),
            After = search.After,
        }, cancellationToken);
        return new DeliveryPage([.. page.Documents.Select(Collections.Deliveries.Read)], page.Next);

        void Add(DocumentField field, string? value)
        {
            if (value is not null)
            {
                where.Add(new DocumentFilter.Equal(field, value));
            }
        }
    }

    /// <summary>When the delivery that waits longest for the destination was due first; null when none waits.</summary>
    public async ValueTask<DateTimeOffset?> OldestWaitingAsync(string destination, CancellationToken cancellationToken) =>
        (await WaitingAsync(destination, 1, cancellationToken)).Select(d => (DateTimeOffset?)d.Delivery.Created).FirstOrDefault();

    /// <summary>Makes a delivery due now. One that failed waits again; what <see cref="DeliveryFailure"/> says about its content holds.</summary>
    /// <param name="withDone">An event that was delivered goes out again; its receiver knows it by its id. A message never does.</param>
    internal async ValueTask<RetryOutcome> RetryAsync(string id, bool withDone, CancellationToken cancellationToken)
    {
        while (await GetAsync(id, withContent: false, cancellationToken) is { } stored)
        {
            var delivery = stored.Delivery;
            if (delivery.State == DeliveryState.Done && (delivery.EventId is null || !withDone))
            {
                return RetryOutcome.AlreadyDone;
            }

            var now = clock.GetUtcNow();
            var anew = delivery.Failure is DeliveryFailure.NotBuilt or DeliveryFailure.Rejected;
            var again = delivery with { State = DeliveryState.Waiting, Failure = null, NextAttempt = now, Queued = now };
            again = anew ? again with { Content = ReadOnlyMemory<byte>.Empty, ContentBytes = 0, Rebuilds = delivery.Rebuilds + 1 } : again;
            if (await SaveAsync(stored, again, withContent: anew, cancellationToken))
            {
                Wake(delivery.Destination);
                return RetryOutcome.Queued;
            }
        }

        return RetryOutcome.Unknown;
    }

    private static IReadOnlyList<StoredDelivery> Read(DocumentPage page) =>
        [.. page.Documents.Select(d => new StoredDelivery(Collections.Deliveries.Read(d), d.Version))];

    private Line LineOf(string destination) => _lines.GetOrAdd(destination, _ => new Line());

    private sealed class Line
    {
        private readonly long[] _counts = new long[Enum.GetValues<DeliveryState>().Length];

        public ArrivalSignal Arrival { get; } = new();

        public void Count(DeliveryState state, long by) => Interlocked.Add(ref _counts[(int)state], by);

        public IReadOnlyDictionary<DeliveryState, long> Counts() =>
            Enum.GetValues<DeliveryState>().ToDictionary(state => state, state => Interlocked.Read(ref _counts[(int)state]));
    }
}

/// <summary>A delivery as stored.</summary>
public sealed record StoredDelivery(DeliveryDocument Delivery, long Version);
