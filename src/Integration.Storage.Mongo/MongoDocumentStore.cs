using Integration.Core.Storage;
using Integration.Storage.Mongo.Native;
using Integration.Storage.Mongo.Reading;
using Integration.Storage.Mongo.Schema;
using Integration.Storage.Mongo.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Integration.Storage.Mongo;

/// <summary>
/// The engine for production: a MongoDB replica set or sharded cluster. One thread writes groups of batches as multi-document transactions (majority
/// and journal), a few threads read; the driver blocks, so none of it runs on the thread pool.
/// </summary>
/// <remarks>
/// The sequence is a counter that every transaction raises first: two transactions of one database exclude each other, so numbers become visible in
/// their order and a reader never misses one.
/// </remarks>
public sealed class MongoDocumentStore(IOptions<MongoStorageOptions> options, TimeProvider time, ILogger<MongoDocumentStore> logger) : IDocumentStore
{
    private State? _state;

    private State Opened => _state ?? throw new InvalidOperationException("The store is not open: call OpenAsync first, and nothing after DisposeAsync.");

    public async ValueTask OpenAsync(IReadOnlyList<DocumentCollection> collections, CancellationToken cancellationToken)
    {
        if (_state is not null)
        {
            throw new InvalidOperationException("The store is open already.");
        }

        var layouts = new CollectionLayouts(collections);
        _state = await Task.Factory.StartNew(() => Open(layouts), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public ValueTask<CommitResult> CommitAsync(WriteBatch batch, CommitPriority priority, CancellationToken cancellationToken)
    {
        var state = Opened;
        return state.Writer.CommitAsync(PreparedBatch.From(batch, state.Layouts), priority, cancellationToken);
    }

    public ValueTask<StoredDocument?> GetAsync(DocumentCollection collection, string id, bool withPayload, CancellationToken cancellationToken)
    {
        var state = Opened;
        var layout = state.Layouts[collection];
        return state.Readers.ReadAsync(commands => commands.Get(layout.Collection, id, withPayload), cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoredDocument>> GetManyAsync(
        DocumentCollection collection, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var state = Opened;
        var layout = state.Layouts[collection];
        return ids.Count == 0
            ? ValueTask.FromResult<IReadOnlyList<StoredDocument>>([])
            : state.Readers.ReadAsync(commands => commands.GetMany(layout.Collection, ids), cancellationToken);
    }

    public ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken)
    {
        var state = Opened;
        _ = state.Layouts[query.Collection];
        var page = new PageQuery(query);
        return state.Readers.ReadAsync(page.Read, cancellationToken);
    }

    public ValueTask<long> CountAsync(
        DocumentCollection collection, IReadOnlyList<DocumentFilter> where, long atMost, CancellationToken cancellationToken)
    {
        var state = Opened;
        var layout = state.Layouts[collection];
        ArgumentOutOfRangeException.ThrowIfNegative(atMost);
        DocumentQueryRules.CheckFilters(collection, where);
        return state.Readers.ReadAsync(commands => commands.Count(layout.Collection, where, atMost), cancellationToken);
    }

    public ValueTask<IReadOnlyList<GroupCount>> GroupAndCountAsync(
        DocumentCollection collection, IReadOnlyList<DocumentFilter> where, IReadOnlyList<DocumentField> by, CancellationToken cancellationToken)
    {
        var state = Opened;
        var layout = state.Layouts[collection];
        DocumentQueryRules.CheckFilters(collection, where);
        DocumentQueryRules.CheckGroups(collection, by);
        return state.Readers.ReadAsync(commands => commands.GroupAndCount(layout.Collection, where, by), cancellationToken);
    }

    public ValueTask<StorageFigures> MeasureAsync(CancellationToken cancellationToken)
    {
        var state = Opened;
        return state.Readers.ReadAsync(commands => commands.Measure([.. state.Layouts.All.Select(layout => layout.Collection)]), cancellationToken);
    }

    /// <summary>The server gives new documents the room of deleted ones, and what lies at the end of a file back by itself; the rest is its <c>compact</c>.</summary>
    public ValueTask<long> ReclaimAsync(long atMostBytes, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    /// <summary>Writes every batch that was handed over, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _state, null) is { } state)
        {
            // Joining the threads blocks for as long as the last commits take; the caller's thread may be the pool's only one.
            await Task.Run(state.Dispose);
        }
    }

    private State Open(CollectionLayouts layouts)
    {
        var settings = options.Value;
        var connector = new MongocConnector(settings.ConnectionString);
        IMongoConnection? connection = null;
        try
        {
            var database = connector.DatabaseName ?? settings.Database;
            connection = connector.Connect();
            new SchemaBuilder(connection, database, logger).Build(layouts.All);
            WriterSession.Note(connection, database);
            logger.Opened(database, layouts.All.Count);
            var writer = new StoreWriter(connection, database, settings.RetryLimit, time, logger);
            return new State(connector, layouts, writer, new ReaderThreads(connector, database, settings.MaxReaders));
        }
        catch (MongoCommandException e)
        {
            Close(connection, connector);
            throw StoreFailure.From(e);
        }
        catch
        {
            Close(connection, connector);
            throw;
        }
    }

    private static void Close(IMongoConnection? connection, MongocConnector connector)
    {
        connection?.Dispose();
        connector.Dispose();
    }

    private sealed record State(IMongoConnector Connector, CollectionLayouts Layouts, StoreWriter Writer, ReaderThreads Readers)
    {
        public void Dispose()
        {
            Readers.Dispose();
            Writer.Dispose();
            Connector.Dispose();
        }
    }
}
