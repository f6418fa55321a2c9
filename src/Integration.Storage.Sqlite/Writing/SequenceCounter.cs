using Integration.Storage.Sqlite.Native;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>
/// Gives out <see cref="Core.Storage.DocumentField.Sequence"/> in commit order. Belongs to the writer thread.
/// </summary>
/// <remarks>
/// The file holds a ceiling that no number given out has passed; it is raised by a block at a time, in the transaction that first
/// needs it. A start goes on from the ceiling, so that the number of a deleted document is never given out twice. What it skips stays unused.
/// </remarks>
internal sealed class SequenceCounter
{
    private const long Block = 100_000;
    private readonly Statement _raise;
    private long _ceiling;
    private (long Last, long Ceiling) _atBegin;

    public SequenceCounter(Database database)
    {
        _ceiling = Last = database.Number("SELECT value FROM \"store.meta\" WHERE name='sequenceCeiling'");
        _raise = database.Prepared("INSERT INTO \"store.meta\" (name, value) VALUES ('sequenceCeiling', ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value");
    }

    /// <summary>The highest number given out.</summary>
    public long Last { get; private set; }

    /// <summary>Call after BEGIN.</summary>
    public void BeginTransaction() => _atBegin = (Last, _ceiling);

    /// <summary>Call after ROLLBACK: its numbers were seen by nobody and are given out again.</summary>
    public void RolledBack() => (Last, _ceiling) = _atBegin;

    public long Next()
    {
        if (Last == _ceiling)
        {
            _ceiling += Block;
            _raise.Bind(1, _ceiling);
            _raise.Run();
        }

        return ++Last;
    }

    /// <summary>Takes back the last numbers, whose batch was undone. The ceiling may have been undone with it, so it is written again when needed.</summary>
    public void Return(long count)
    {
        Last -= count;
        _ceiling = Math.Max(_atBegin.Ceiling, Math.Min(_ceiling, Last));
    }
}
