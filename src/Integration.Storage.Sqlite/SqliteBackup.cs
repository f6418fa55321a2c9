using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite;

/// <summary>A database file that was looked at.</summary>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Documents">By collection.</param>
public sealed record BackupFigures(string Path, long Bytes, IReadOnlyDictionary<string, long> Documents);

/// <summary>Copies of the embedded database: made while an engine runs, and put back while none does. https://sqlite.org/lang_vacuum.html</summary>
public static class SqliteBackup
{
    private const string Unfinished = ".partial";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Writes what the database holds at one moment into a new file, without holding up the engine that writes to it: readers do not block the
    /// writer. The file has its name only once it is complete and checked.
    /// </summary>
    /// <param name="progress">Told of the part that is done, 0 to 1; about.</param>
    /// <exception cref="StoreUnavailableException">With one line that says what is wrong and what to do.</exception>
    public static async Task<BackupFigures> CreateAsync(string database, string target, Action<double> progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(database))
        {
            throw new StoreUnavailableException($"There is no database {database}. Start the engine once, or set Storage:Sqlite:Path to where it is.");
        }

        if (File.Exists(target))
        {
            throw new StoreUnavailableException($"The file {target} is there already. Name another one, or move it away.");
        }

        var partial = target + Unfinished;
        CreateFolder(target);
        Delete(partial);
        try
        {
            using (var source = Database.Open(database, writable: false))
            {
                SchemaBuilder.CheckOrigin(source);
                var expected = Math.Max(1, (source.Number("PRAGMA page_count") - source.Number("PRAGMA freelist_count")) * source.Number("PRAGMA page_size"));

                await using var interrupt = cancellationToken.Register(source.Interrupt);
                var copying = Task.Run(() => source.Execute($"VACUUM INTO '{partial.Replace("'", "''")}'"), CancellationToken.None);
                while (await Task.WhenAny(copying, Task.Delay(Look, CancellationToken.None)) != copying)
                {
                    progress(Math.Min(0.99, (double)LengthOf(partial) / expected));
                }

                await copying;
            }

            Flush(partial);
            var figures = Check(partial);
            File.Move(partial, target);
            progress(1);
            return figures with { Path = target };
        }
        catch
        {
            Delete(partial);
            throw;
        }
    }

    /// <summary>
    /// Puts a backup in the place of the database. What was there is kept beside it under another name. Refused while an engine uses it; what cannot be
    /// read changes nothing.
    /// </summary>
    /// <param name="keptAs">Ends the names of what was there, e.g. <c>.before-20260316080000</c>.</param>
    /// <param name="progress">Told of the part that is done, 0 to 1.</param>
    /// <returns>Figures of the database as it is now, and the file that was there before; null when there was none.</returns>
    /// <exception cref="StoreUnavailableException">With one line that says what is wrong and what to do.</exception>
    public static async Task<(BackupFigures Figures, string? Before)> RestoreAsync(
        string backup, string database, string keptAs, Action<double> progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(backup))
        {
            throw new StoreUnavailableException($"There is no file {backup}. Name a file that the verb backup made.");
        }

        using var storeLock = StoreLock.Take(database);
        var partial = database + Unfinished;
        Delete(partial);
        try
        {
            await CopyAsync(backup, partial, progress, cancellationToken);
            var figures = Check(partial);
            string? before = null;
            if (File.Exists(database))
            {
                // The log first: behind a crash between the two, the old database still has its name and is put back by hand as the message says.
                before = database + keptAs;
                foreach (var suffix in new[] { "-wal", "-shm", "" }.Where(suffix => File.Exists(database + suffix)))
                {
                    File.Move(database + suffix, before + suffix);
                }
            }

            File.Move(partial, database);
            return (figures with { Path = database }, before);
        }
        catch
        {
            Delete(partial);
            throw;
        }
    }

    /// <summary>Reads every page of a database and counts its documents.</summary>
    /// <exception cref="StoreUnavailableException">It is damaged, another program's, or a newer version's.</exception>
    private static BackupFigures Check(string path)
    {
        using var database = Database.Open(path, writable: false);
        SchemaBuilder.CheckOrigin(database);
        using (var check = database.Prepare("PRAGMA integrity_check(1)"))
        {
            if (!check.Step() || check.Text(0) != "ok")
            {
                throw new StoreUnavailableException($"The file {path} is damaged: SQLite's integrity check fails. Use another backup.");
            }
        }

        var documents = Collections.All.Select(collection => collection.Name)
            .Where(name => database.Number($"SELECT count(*) FROM sqlite_master WHERE type='table' AND name='{name}'") > 0)
            .ToDictionary(name => name, name => database.Number($"SELECT count(*) FROM {CollectionTable.Quote(name)}"), StringComparer.Ordinal);
        return new BackupFigures(path, LengthOf(path), documents);
    }

    private static async Task CopyAsync(string from, string to, Action<double> progress, CancellationToken cancellationToken)
    {
        const int BufferBytes = 1 << 20;
        try
        {
            await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
            await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
            var buffer = new byte[BufferBytes];
            var done = 0L;
            while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                progress((double)(done += count) / Math.Max(1, source.Length));
            }

            target.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{from} cannot be copied to {to}: {e.Message}", e);
        }
    }

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static void CreateFolder(string target)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder of {target} cannot be made: {e.Message}", e);
        }
    }

    private static void Delete(string partial)
    {
        foreach (var suffix in new[] { "", "-journal", "-wal", "-shm" })
        {
            File.Delete(partial + suffix);
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
