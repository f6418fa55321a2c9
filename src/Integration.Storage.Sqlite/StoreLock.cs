using Integration.Core.Storage;

namespace Integration.Storage.Sqlite;

/// <summary>A file beside the database that one process holds open, so that two engines never share one store. The system frees it with the process.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreUnavailableException">The folder cannot be written to, or another process holds the lock.</exception>
    public static StoreLock Take(string databasePath)
    {
        var folder = Path.GetDirectoryName(databasePath)!;
        var path = databasePath + ".lock";
        try
        {
            Directory.CreateDirectory(folder);
            return new StoreLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new StoreUnavailableException(
                $"The database {databasePath} is in use by another process. Stop that process or set Storage:Sqlite:Path to another file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"The folder {folder} cannot be written to. Give the user of this process write permission or set Storage:Sqlite:Path to another folder.", exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
