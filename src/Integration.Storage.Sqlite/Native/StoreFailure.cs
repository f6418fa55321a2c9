using Integration.Core.Storage;
using SQLitePCL;

namespace Integration.Storage.Sqlite.Native;

/// <summary>Turns SQLite's result codes into one line that says what is wrong and what to do. https://sqlite.org/rescode.html</summary>
internal static class StoreFailure
{
    /// <param name="extendedCode">Extended result code; its low byte is the primary one.</param>
    /// <param name="message">SQLite's text. It names tables and columns, never values.</param>
    public static Exception From(int extendedCode, string message, string path)
    {
        var text = (extendedCode & 0xFF) switch
        {
            raw.SQLITE_INTERRUPT => null,
            raw.SQLITE_FULL => $"The disk that holds {path} is full. Free space on it or set Storage:Sqlite:Path to another disk.",
            raw.SQLITE_CANTOPEN => $"The database {path} cannot be opened. Check that its folder exists and that the user of this process may write to it.",
            raw.SQLITE_READONLY or raw.SQLITE_PERM => $"The database {path} is read-only. Give the user of this process write permission to the file and its folder.",
            raw.SQLITE_NOTADB => $"The file {path} is not an SQLite database. Move it away or set Storage:Sqlite:Path to another file.",
            raw.SQLITE_CORRUPT => $"The database {path} is damaged ({message}). Restore it from a backup, or save what is readable with 'sqlite3 {path} .recover'.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"The database {path} is locked by another process. Stop that process or set Storage:Sqlite:Path to another file.",
            raw.SQLITE_IOERR => $"The disk that holds {path} reports an error (SQLite code {extendedCode}: {message}). Check the disk and its mount.",
            raw.SQLITE_NOMEM => $"There is too little memory to work with {path}. Lower Storage:Sqlite:CacheMb or give the process more memory.",
            _ => $"SQLite failed with code {extendedCode}: {message}.",
        };

        return (extendedCode & 0xFF) switch
        {
            raw.SQLITE_INTERRUPT => new OperationCanceledException("The query was cancelled."),

            // These cannot come from outside: the SQL or the sequence of calls is wrong.
            raw.SQLITE_ERROR or raw.SQLITE_MISUSE or raw.SQLITE_RANGE or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH
                => new InvalidOperationException(text),
            _ => new StoreUnavailableException(text!),
        };
    }
}
