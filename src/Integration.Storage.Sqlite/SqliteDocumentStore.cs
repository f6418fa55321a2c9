using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Reading;
using Integration.Storage.Sqlite.Schema;
using Integration.Storage.Sqlite.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Integration.Storage.Sqlite;

/// <summary>
/// The embedded engine: one SQLite file in WAL mode with <c>synchronous=FULL</c>, one thread that writes (group commit), a pool of
/// connections that read snapshots.
/// </summary>
public sealed class SqliteDocumentStore(IOptions<SqliteStorageOptions> options, ILogger<SqliteDocumentStore> logger) : IDocumentStore
{
    private readonly SqliteStorageOptions _options = options.Value;
    private State? _state;

    private State Opened => _state ?? throw new InvalidOperationException("The store is not open: call OpenAsync first, and nothing after DisposeAsync.");

    public ValueTask OpenAsync(IReadOnlyList<DocumentCollection> collections, CancellationToken cancellationToken)
    {
        if (_state is not null)
        {
            throw new InvalidOperationException("The store is open already.");
        }

        var tables = new CollectionTables(collections);
        var path = Path.GetFullPath(_options.Path);
        var storeLock = StoreLock.Take(path);
        Database? database = null;
        try
        {
            database = OpenWriter(path);
            new SchemaBuilder(database, logger).Build(tables.All);
            var writer = new StoreWriter(database, tables, logger);
            _state = new State(storeLock, tables, writer, new ReaderPool(path, _options.MaxReaders));
            logger.Opened(path, collections.Count, writer.LastSequence + 1);
        }
        catch
        {
            database?.Dispose();
            storeLock.Dispose();
            throw;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<CommitResult> CommitAsync(WriteBatch batch, CommitPriority priority, CancellationToken cancellationToken)
    {
        var state = Opened;
        return state.Writer.CommitAsync(PreparedBatch.From(batch, state.Tables), priority, cancellationToken);
    }

    public ValueTask<StoredDocument?> GetAsync(DocumentCollection collection, string id, bool withPayload, CancellationToken cancellationToken)
    {
        var state = Opened;
        return state.Readers.ReadAsync(
            static (database, ask) => DocumentReader.Get(database, ask.Table, ask.id, ask.withPayload),
            (Table: state.Tables[collection], id, withPayload),
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoredDocument>> GetManyAsync(
        DocumentCollection collection, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var state = Opened;
        return ids.Count == 0
            ? ValueTask.FromResult<IReadOnlyList<StoredDocument>>([])
            : state.Readers.ReadAsync(
                static (database, ask) => DocumentReader.GetMany(database, ask.Table, ask.ids), (Table: state.Tables[collection], ids), cancellationToken);
    }

    public ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken)
    {
        var state = Opened;
        var page = new PageQuery(query, state.Tables[query.Collection]);
        return state.Readers.ReadAsync(static (database, page) => page.Read(database), page, cancellationToken);
    }

    public ValueTask<long> CountAsync(
        DocumentCollection collection, IReadOnlyList<DocumentFilter> where, long atMost, CancellationToken cancellationToken)
    {
        var state = Opened;
        ArgumentOutOfRangeException.ThrowIfNegative(atMost);
        DocumentQueryRules.CheckFilters(collection, where);
        return state.Readers.ReadAsync(
            static (database, ask) => DocumentReader.Count(database, ask.Table, ask.where, ask.atMost),
            (Table: state.Tables[collection], where, atMost),
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<GroupCount>> GroupAndCountAsync(
        DocumentCollection collection, IReadOnlyList<DocumentFilter> where, IReadOnlyList<DocumentField> by, CancellationToken cancellationToken)
    {
        var state = Opened;
        DocumentQueryRules.CheckFilters(collection, where);
        DocumentQueryRules.CheckGroups(collection, by);
        return state.Readers.ReadAsync(
            static (database, ask) => DocumentReader.GroupAndCount(database, ask.Table, ask.where, ask.by),
            (Table: state.Tables[collection], where, by),
            cancellationToken);
    }

    public ValueTask<StorageFigures> MeasureAsync(CancellationToken cancellationToken)
    {
        var state = Opened;
        return state.Readers.ReadAsync(static (database, tables) => StoreMeasure.Read(database, tables.All), state.Tables, cancellationToken);
    }

    public async ValueTask<long> ReclaimAsync(long atMostBytes, CancellationToken cancellationToken)
    {
        var step = new ReclaimStep(atMostBytes);
        var batch = new PreparedBatch { Writes = [], Bytes = 0, NeedsSavepoint = false, Upkeep = step.Run };
        await Opened.Writer.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        return step.Bytes;
    }

    /// <summary>Writes every batch that was handed over, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _state, null) is { } state)
        {
            // Joining the writer blocks for as long as the last commits take; the caller's thread may be the pool's only one.
            await Task.Run(state.Dispose);
        }
    }

    private Database OpenWriter(string path)
    {
        var database = Database.Open(path, writable: true);
        try
        {
            // Before the first page is written; a file that was made without stays so.
            database.Execute("PRAGMA auto_vacuum=INCREMENTAL");
            database.Execute("PRAGMA journal_mode=WAL");
            database.Execute("PRAGMA synchronous=FULL");
            database.Execute("PRAGMA wal_autocheckpoint=0");
            database.Execute("PRAGMA temp_store=MEMORY");
            database.Execute("PRAGMA cache_spill=OFF");
            database.Execute($"PRAGMA cache_size=-{_options.CacheMb * 1024}");
            if (_options.MaxPages > 0)
            {
                database.Execute($"PRAGMA max_page_count={_options.MaxPages}");
            }

            // A process that died left its log. Were it only added to, one that dies again and again would take longer to start each time.
            database.Checkpoint(truncate: true);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private sealed record State(StoreLock Lock, CollectionTables Tables, StoreWriter Writer, ReaderPool Readers)
    {
        public void Dispose()
        {
            // Connections that may write close last: only such a one can leave the database as one file, without a log.
            Readers.Dispose();
            Writer.Dispose();
            Lock.Dispose();
        }
    }
}
