using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;
using static Integration.Storage.Sqlite.Schema.CollectionTable;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>What stands in the table now for a document that is about to be written.</summary>
/// <param name="Row">0 when there is no such document.</param>
/// <param name="Version">0 when there is no such document.</param>
/// <param name="Changed">A bit for each declared column whose value the write changes, scalars first, then lists.</param>
/// <param name="OldLists">Stored lists that the write changes, in the order of <see cref="CollectionTable.Lists"/>; null where none does.</param>
internal readonly record struct FoundDocument(long Row, long Version, ulong Changed, OldList[]? OldLists);

/// <param name="Texts">As encoded; null for none, and where the write does not change it.</param>
/// <param name="Place">See <see cref="ListColumn.Order"/>.</param>
internal readonly record struct OldList(byte[]? Texts, long Place);

/// <summary>Reads and writes the rows of one collection with statements prepared once. Belongs to the writer thread.</summary>
internal sealed class TableWriter
{
    /// <summary>UPDATE statements kept, one for each set of changed columns.</summary>
    private const int MaxUpdates = 64;

    private readonly Database _database;
    private readonly CollectionTable _table;
    private readonly ulong _allColumns;
    private readonly Statement _find;
    private readonly Statement _insert;
    private readonly Statement _delete;
    private readonly PayloadWriter? _payload;
    private readonly ListWriter[] _lists;
    private readonly Dictionary<ulong, Statement> _updates = [];

    public TableWriter(Database database, CollectionTable table)
    {
        (_database, _table) = (database, table);
        var count = table.Scalars.Count + table.Lists.Count;
        _allColumns = (1UL << count) - 1;
        var columns = string.Concat(ColumnNames().Select(name => $", {Quote(name)}"));
        _find = database.Prepared($"SELECT row, version{columns} FROM {table.Table} WHERE id=?");
        _insert = database.Prepared(
            $"INSERT INTO {table.Table} (id, version, sequence{columns}, body) VALUES (?, 1, ?{string.Concat(Enumerable.Repeat(", ?", count))}, ?)");
        _delete = database.Prepared($"DELETE FROM {table.Table} WHERE row=?");
        _payload = table.Collection.HasPayload ? new PayloadWriter(database, table) : null;
        _lists = [.. table.Lists.Select(list => new ListWriter(database, list))];
    }

    /// <summary>The document as it stands, and what <paramref name="prepared"/> would change of its columns.</summary>
    public FoundDocument Find(PreparedWrite prepared)
    {
        _find.BindText(1, prepared.Write.Id);
        var found = default(FoundDocument);
        if (_find.Step())
        {
            var changed = ChangedScalars(prepared.Write);
            changed |= ChangedLists(prepared, changed, out var oldLists);
            found = new FoundDocument(_find.Integer(0), _find.Integer(1), changed, oldLists);
        }

        _find.Reset();
        return found;
    }

    /// <summary>Adds a document at version 1. False when a unique index forbids it; nothing is changed then.</summary>
    public bool TryInsert(PreparedWrite prepared, long sequence)
    {
        var write = prepared.Write;
        _insert.BindText(1, write.Id);
        _insert.Bind(2, sequence);
        var parameter = BindColumns(_insert, prepared, ulong.MaxValue, 2);
        _insert.BindBlob(parameter + 1, write.Json.Span);
        if (!_insert.TryRun())
        {
            return false;
        }

        var row = _database.LastInsertedRow;
        _payload?.Put(row, write.Payload);
        for (var i = 0; i < _lists.Length; i++)
        {
            _lists[i].Put(row, null, 0, prepared.Lists[i], PlaceOf(i, write));
        }

        return true;
    }

    /// <summary>Replaces a document. False when a unique index forbids it; nothing is changed then.</summary>
    public bool TryUpdate(PreparedWrite prepared, in FoundDocument found, long sequence)
    {
        var write = prepared.Write;
        var update = Update(found.Changed, out var columns);
        update.Bind(1, found.Version + 1);
        update.Bind(2, sequence);
        update.BindBlob(3, write.Json.Span);
        var parameter = BindColumns(update, prepared, columns, 3);
        update.Bind(parameter + 1, found.Row);
        if (!update.TryRun())
        {
            return false;
        }

        _payload?.Put(found.Row, write.Payload);
        for (var i = 0; i < _lists.Length; i++)
        {
            if (IsSet(found.Changed, _table.Scalars.Count + i))
            {
                var old = found.OldLists?[i] ?? default;
                _lists[i].Put(found.Row, old.Texts, old.Place, prepared.Lists[i], PlaceOf(i, write));
            }
        }

        return true;
    }

    public void Delete(in FoundDocument found)
    {
        _delete.Bind(1, found.Row);
        _delete.Run();
        _payload?.Delete(found.Row);
        for (var i = 0; i < _lists.Length; i++)
        {
            var old = found.OldLists?[i] ?? default;
            _lists[i].Put(found.Row, old.Texts, old.Place, null, old.Place);
        }
    }

    private ulong ChangedScalars(DocumentWrite write)
    {
        if (write.Values is not { } values)
        {
            return 0;
        }

        var changed = 0UL;
        for (var i = 0; i < _table.Scalars.Count; i++)
        {
            if (!FieldValues.Same(_find, 2 + i, values[_table.Scalars[i].Index]))
            {
                changed |= 1UL << i;
            }
        }

        return changed;
    }

    private long PlaceOf(int list, DocumentWrite write) => ListWriter.PlaceOf(_table.Lists[list], write.Values!);

    /// <param name="changedScalars">A list changes too when the field that orders it does.</param>
    private ulong ChangedLists(PreparedWrite prepared, ulong changedScalars, out OldList[]? oldLists)
    {
        oldLists = null;
        var changed = 0UL;
        for (var i = 0; i < _table.Lists.Count; i++)
        {
            var place = _table.Scalars.Count + i;
            var stored = _find.Bytes(2 + place);
            var order = _table.Lists[i].Order is { } column ? _table.PlaceOf(column) : -1;
            var isMoved = order >= 0 && IsSet(changedScalars, order);
            if (!prepared.Write.IsDelete && !isMoved && stored.SequenceEqual(prepared.Lists[i]))
            {
                continue;
            }

            oldLists ??= new OldList[_table.Lists.Count];
            var oldPlace = order < 0 ? 0 : _find.IsNull(2 + order) ? ListColumn.AbsentOrder : _find.Integer(2 + order);
            oldLists[i] = new OldList(stored.IsEmpty ? null : stored.ToArray(), oldPlace);
            changed |= 1UL << place;
        }

        return changed;
    }

    /// <summary>Binds the chosen columns in order, behind parameter <paramref name="last"/>.</summary>
    /// <returns>The last parameter bound.</returns>
    private int BindColumns(Statement statement, PreparedWrite prepared, ulong columns, int last)
    {
        var values = prepared.Write.Values!;
        for (var i = 0; i < _table.Scalars.Count; i++)
        {
            if (IsSet(columns, i))
            {
                FieldValues.Bind(statement, ++last, values[_table.Scalars[i].Index]);
            }
        }

        for (var i = 0; i < _table.Lists.Count; i++)
        {
            if (IsSet(columns, _table.Scalars.Count + i))
            {
                FieldValues.BindList(statement, ++last, prepared.Lists[i]);
            }
        }

        return last;
    }

    /// <summary>An UPDATE of at least these columns: SQLite makes every index anew that holds a column which is set, changed or not.</summary>
    private Statement Update(ulong changed, out ulong columns)
    {
        columns = changed;
        if (_updates.TryGetValue(columns, out var known))
        {
            return known;
        }

        if (_updates.Count >= MaxUpdates)
        {
            columns = _allColumns;
            if (_updates.TryGetValue(columns, out known))
            {
                return known;
            }
        }

        var chosen = columns;
        var set = ColumnNames().Where((_, place) => IsSet(chosen, place)).Select(name => $", {Quote(name)}=?");
        var update = _database.Prepared($"UPDATE {_table.Table} SET version=?, sequence=?, body=?{string.Concat(set)} WHERE row=?");
        _updates.Add(columns, update);
        return update;
    }

    private IEnumerable<string> ColumnNames() =>
        _table.Scalars.Select(scalar => scalar.Field.Name).Concat(_table.Lists.Select(list => list.Field.Name));

    private static bool IsSet(ulong columns, int place) => (columns >> place & 1) != 0;
}
