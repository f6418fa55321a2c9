using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>
/// Carries out one batch inside the open transaction, whole or not at all, and gives out sequence numbers. Belongs to the writer thread.
/// </summary>
/// <remarks>
/// A batch is normally checked before its first write, so that a conflict leaves nothing to undo: an SQLite savepoint would copy
/// every page that is touched. Only where a unique index could refuse a later write is there a savepoint.
/// </remarks>
internal sealed class BatchWriter(Database database, CollectionTables tables)
{
    private readonly Dictionary<CollectionTable, TableWriter> _writers =
        tables.All.ToDictionary(table => table, table => new TableWriter(database, table));

    private readonly SequenceCounter _sequence = new(database);
    private FoundDocument[] _found = new FoundDocument[16];

    public long LastSequence => _sequence.Last;

    /// <summary>Call after BEGIN.</summary>
    public void BeginTransaction() => _sequence.BeginTransaction();

    /// <summary>Call after ROLLBACK of the transaction.</summary>
    public void RolledBack() => _sequence.RolledBack();

    public CommitResult Write(PreparedBatch batch)
    {
        if (batch.Upkeep is { } upkeep)
        {
            upkeep(database);
            return new CommitResult.Committed(_sequence.Last);
        }

        var writes = batch.Writes;
        if (writes is [{ Write: { ExpectedVersion: 0, IsDelete: false } } single])
        {
            return WriteNew(single);
        }

        return batch.NeedsSavepoint ? WriteWithSavepoint(writes) : WriteChecked(writes);
    }

    /// <summary>The most frequent batch, one new document: the insert itself tells whether it is new.</summary>
    private CommitResult WriteNew(PreparedWrite prepared)
    {
        var sequence = _sequence.Next();
        if (_writers[prepared.Table].TryInsert(prepared, sequence))
        {
            return new CommitResult.Committed(sequence);
        }

        var conflict = UniqueConflict(prepared);
        _sequence.Return(1);
        return conflict;
    }

    private CommitResult WriteChecked(PreparedWrite[] writes)
    {
        if (_found.Length < writes.Length)
        {
            _found = new FoundDocument[writes.Length];
        }

        for (var i = 0; i < writes.Length; i++)
        {
            _found[i] = _writers[writes[i].Table].Find(writes[i]);
            if (!IsAsExpected(writes[i].Write, _found[i]))
            {
                return VersionConflict(writes[i]);
            }
        }

        for (var i = 0; i < writes.Length; i++)
        {
            if (!TryWrite(writes[i], _found[i]))
            {
                throw new InvalidOperationException($"SQLite refused a checked write to {writes[i].Table.Collection.Name}: {database.Message}.");
            }
        }

        return new CommitResult.Committed(_sequence.Last);
    }

    private CommitResult WriteWithSavepoint(PreparedWrite[] writes)
    {
        database.Prepared("SAVEPOINT batch").Run();
        var before = _sequence.Last;
        foreach (var prepared in writes)
        {
            var found = _writers[prepared.Table].Find(prepared);
            var conflict = !IsAsExpected(prepared.Write, found) ? VersionConflict(prepared)
                : !TryWrite(prepared, found) ? UniqueConflict(prepared)
                : null;
            if (conflict is not null)
            {
                database.Prepared("ROLLBACK TO batch").Run();
                database.Prepared("RELEASE batch").Run();
                _sequence.Return(_sequence.Last - before);
                return conflict;
            }
        }

        database.Prepared("RELEASE batch").Run();
        return new CommitResult.Committed(_sequence.Last);
    }

    private bool TryWrite(PreparedWrite prepared, in FoundDocument found)
    {
        var writer = _writers[prepared.Table];
        if (!prepared.Write.IsDelete)
        {
            return found.Row == 0 ? writer.TryInsert(prepared, _sequence.Next()) : writer.TryUpdate(prepared, found, _sequence.Next());
        }

        if (found.Row != 0)
        {
            writer.Delete(found);
        }

        return true;
    }

    private static bool IsAsExpected(DocumentWrite write, in FoundDocument found) =>
        write.ExpectedVersion is not { } expected || expected == found.Version;

    private static CommitResult.Conflict VersionConflict(PreparedWrite prepared) =>
        new(prepared.Table.Collection.Name, prepared.Write.Id, null);

    /// <summary>Which index SQLite complained about: "UNIQUE constraint failed: table.a, table.b".</summary>
    private CommitResult.Conflict UniqueConflict(PreparedWrite prepared)
    {
        var collection = prepared.Table.Collection;
        var columns = string.Concat(database.Message.SkipWhile(character => character != ':').Skip(1)).Split(',', StringSplitOptions.TrimEntries)
            .Select(column => column[(column.LastIndexOf('.') + 1)..]);
        var name = string.Join('_', columns);
        return new CommitResult.Conflict(collection.Name, prepared.Write.Id, collection.Indexes.FirstOrDefault(index => index.Unique && index.Name == name)?.Name);
    }
}
