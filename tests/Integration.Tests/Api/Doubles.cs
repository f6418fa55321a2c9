using System.Collections.Concurrent;
using Integration.Core.Delivery;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Integration.Core.Security;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.Api;

/// <summary>Shows what a test says.</summary>
internal sealed class FixedFeedBoard : IFeedBoard
{
    public IReadOnlyList<FeedStatus> Feeds { get; set; } = [];

    public ValueTask<IReadOnlyList<FeedStatus>> GetAsync(CancellationToken cancellationToken) => new(Feeds);
}

/// <summary>A feed that asks a table by a number.</summary>
internal sealed class NumberedFeed : IInboundAdapter, IPlacedFeed
{
    public string Feed => "his_visits";

    public string Description => "PostgreSQL his-db:5432/his, his_visit every 00:01:00";

    public int? Connections => null;

    public FeedPlace? Place => new("4711", null, null);

    public string Part => "rows";

    public string? ReadWatermark(string text) => long.TryParse(text, out var number) ? $"i:{number}" : null;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => default;
}

/// <summary>One destination that does not answer.</summary>
internal sealed class FixedDestinationBoard : IDestinationBoard
{
    public List<string> Tried { get; } = [];

    public ValueTask<IReadOnlyList<DestinationStatus>> GetAsync(CancellationToken cancellationToken) => new([
        new DestinationStatus(
            "crm", "Hl7v2.Mllp", "MLLP to 10.0.0.5:6661 in UNICODE UTF-8", ["ADT_A08"], [], false,
            new DestinationActivity(CircuitState.Open, DateTimeOffset.UnixEpoch, null, null, 3, TimeSpan.FromSeconds(30), null),
            Enum.GetValues<DeliveryState>().ToDictionary(s => s, s => (long)s), null,
            new CertificateStatus("hub.hospital", DateTimeOffset.UtcNow.AddDays(20), CertificateState.Expiring)),
    ]);

    public bool TryNow(string destination)
    {
        Tried.Add(destination);
        return destination == "crm";
    }
}

/// <summary>A real store that a test can take away and give back.</summary>
internal sealed class InterruptibleStore(IDocumentStore inner) : IDocumentStore
{
    public bool Away { get; set; }

    private IDocumentStore Inner => Away ? throw new StoreUnavailableException("The disk is full. Free some space.") : inner;

    public ValueTask OpenAsync(IReadOnlyList<DocumentCollection> collections, CancellationToken cancellationToken) => Inner.OpenAsync(collections, cancellationToken);

    public ValueTask<CommitResult> CommitAsync(WriteBatch batch, CommitPriority priority, CancellationToken cancellationToken) =>
        Inner.CommitAsync(batch, priority, cancellationToken);

    public ValueTask<StoredDocument?> GetAsync(DocumentCollection collection, string id, bool withPayload, CancellationToken cancellationToken) =>
        Inner.GetAsync(collection, id, withPayload, cancellationToken);

    public ValueTask<IReadOnlyList<StoredDocument>> GetManyAsync(
        DocumentCollection collection, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        Inner.GetManyAsync(collection, ids, cancellationToken);

    public ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken) => Inner.QueryAsync(query, cancellationToken);

    public ValueTask<long> CountAsync(
        DocumentCollection collection, IReadOnlyList<DocumentFilter> where, long atMost, CancellationToken cancellationToken) =>
        Inner.CountAsync(collection, where, atMost, cancellationToken);

    public ValueTask<IReadOnlyList<GroupCount>> GroupAndCountAsync(
        DocumentCollection collection, IReadOnlyList<DocumentFilter> where, IReadOnlyList<DocumentField> by, CancellationToken cancellationToken) =>
        Inner.GroupAndCountAsync(collection, where, by, cancellationToken);

    public ValueTask<StorageFigures> MeasureAsync(CancellationToken cancellationToken) => Inner.MeasureAsync(cancellationToken);

    public ValueTask<long> ReclaimAsync(long atMostBytes, CancellationToken cancellationToken) => Inner.ReclaimAsync(atMostBytes, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Has a bug, as any parser of a later adapter may.</summary>
internal sealed class FaultyParser : IMessageParser
{
    public string Format => "faulty";

    public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed) => throw new NotSupportedException();

    public string Display(ReadOnlyMemory<byte> raw, string feed) => throw new InvalidOperationException("A bug in the parser.");
}

/// <summary>Everything that was logged.</summary>
internal sealed class CapturedLogs : ILoggerProvider
{
    public ConcurrentQueue<(string Category, LogLevel Level, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<(string Category, LogLevel Level, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((category, logLevel, formatter(state, exception) + exception));
    }
}
