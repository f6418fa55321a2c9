using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>Keeps the side table of one list field in step with the documents. Belongs to the writer thread.</summary>
internal sealed class ListWriter(Database database, ListColumn list)
{
    private readonly Statement _insert = database.Prepared($"INSERT INTO {list.Table} (value, row) VALUES (?, ?)");
    private readonly Statement _delete = database.Prepared($"DELETE FROM {list.Table} WHERE value=? AND row=?");

    /// <summary>Writes the difference of two encoded lists; null is an empty one.</summary>
    public void Put(long row, byte[]? before, byte[]? after)
    {
        if (before is null && after is null)
        {
            return;
        }

        var old = FieldValues.Decode(before);
        var now = FieldValues.Decode(after);
        RunForEach(_delete, old, now, row);
        RunForEach(_insert, now, old, row);
    }

    private static void RunForEach(Statement statement, HashSet<string> values, HashSet<string> except, long row)
    {
        foreach (var value in values)
        {
            if (!except.Contains(value))
            {
                statement.BindText(1, value);
                statement.Bind(2, row);
                statement.Run();
            }
        }
    }
}
