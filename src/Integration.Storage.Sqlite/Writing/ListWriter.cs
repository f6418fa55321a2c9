using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>Keeps the side table of one list field in step with the documents. Belongs to the writer thread.</summary>
internal sealed class ListWriter(Database database, ListColumn list)
{
    private readonly Statement _insert = database.Prepared(list.Order is null
        ? $"INSERT INTO {list.Table} (value, row) VALUES (?, ?)"
        : $"INSERT INTO {list.Table} (value, row, place) VALUES (?, ?, ?)");

    private readonly Statement _delete = database.Prepared(list.Order is null
        ? $"DELETE FROM {list.Table} WHERE value=? AND row=?"
        : $"DELETE FROM {list.Table} WHERE value=? AND row=? AND place=?");

    /// <summary>The document's place among those with the same text, see <see cref="ListColumn.Order"/>.</summary>
    /// <param name="values">Values of all declared fields.</param>
    public static long PlaceOf(ListColumn list, object?[] values) => list.Order is null ? 0 : FieldValues.Place(values[list.Order.Index]);

    /// <summary>Adds one text.</summary>
    public void Add(string value, long row, long place) => Run(_insert, value, row, place);

    /// <summary>Writes the difference of two encoded lists; null is an empty one.</summary>
    public void Put(long row, byte[]? before, long placeBefore, byte[]? after, long placeAfter)
    {
        if (before is null && after is null)
        {
            return;
        }

        var old = FieldValues.Decode(before);
        var now = FieldValues.Decode(after);
        var moved = placeBefore != placeAfter;
        RunForEach(_delete, old, moved ? [] : now, row, placeBefore);
        RunForEach(_insert, now, moved ? [] : old, row, placeAfter);
    }

    private void RunForEach(Statement statement, HashSet<string> values, HashSet<string> except, long row, long place)
    {
        foreach (var value in values)
        {
            if (!except.Contains(value))
            {
                Run(statement, value, row, place);
            }
        }
    }

    private void Run(Statement statement, string value, long row, long place)
    {
        statement.BindText(1, value);
        statement.Bind(2, row);
        if (list.Order is not null)
        {
            statement.Bind(3, place);
        }

        statement.Run();
    }
}
