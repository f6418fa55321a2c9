using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Integration.Storage.Sqlite.Native;

/// <summary>
/// A prepared statement that is bound, stepped and reset again and again. Parameters are 1-based, columns 0-based, as in SQLite's
/// C interface. Belongs to one thread at a time, like its database.
/// </summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    private const int StackBytes = 512;

    public void Bind(int parameter, long value) => Check(raw.sqlite3_bind_int64(handle, parameter, value));

    public void BindNull(int parameter) => Check(raw.sqlite3_bind_null(handle, parameter));

    public void BindText(int parameter, string value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (most <= StackBytes)
        {
            Span<byte> bytes = stackalloc byte[StackBytes];
            BindUtf8(parameter, bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        BindUtf8(parameter, rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Binds text that is UTF-8 already.</summary>
    public void BindUtf8(int parameter, ReadOnlySpan<byte> utf8) => Check(raw.sqlite3_bind_text(handle, parameter, utf8));

    public void BindBlob(int parameter, ReadOnlySpan<byte> bytes) =>
        Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, parameter, 0) : raw.sqlite3_bind_blob(handle, parameter, bytes));

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw database.Failure(),
    };

    /// <summary>Runs a write. False when a uniqueness rule forbids it; <see cref="Database.Message"/> then names the columns.</summary>
    public bool TryRun()
    {
        var done = raw.sqlite3_step(handle) == raw.SQLITE_DONE;
        var violated = !done && database.ViolatesUniqueness();
        if (!done && !violated)
        {
            var failure = database.Failure();
            Reset();
            throw failure;
        }

        Reset();
        return done;
    }

    /// <summary>Runs a write that no rule can forbid.</summary>
    public void Run()
    {
        if (!TryRun())
        {
            throw new InvalidOperationException($"An SQLite constraint that the engine had checked was violated: {database.Message}.");
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>A text's UTF-8 or a blob's bytes; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>Makes it ready for the next round. An error of the last step was reported by that step.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public void Dispose() => handle.Dispose();

    private void Check(int resultCode)
    {
        if (resultCode != raw.SQLITE_OK)
        {
            throw database.Failure();
        }
    }
}
