using System.IO.Enumeration;

namespace Integration.Adapters.Shared.Files;

/// <summary>A folder of this machine, or one that is mounted on it.</summary>
internal sealed class LocalFolder(string path, string pattern) : IFileSource
{
    private const int BufferBytes = 64 * 1024;

    public string Description => $"folder {path}, files {pattern}";

    public ValueTask<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var files = new List<SourceFile>();
            foreach (var file in new DirectoryInfo(path).EnumerateFiles())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (FilePattern.Fits(pattern, file.Name) && Describe(file) is { } described)
                {
                    files.Add(described);
                }
            }

            return new(files);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileSourceException($"There is no folder {path}. Create it, or mount it, or correct Path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new FileSourceException($"The folder {path} may not be read by the user this engine runs as. Give it read and write permission.", e);
        }
        catch (IOException e)
        {
            throw new FileSourceException($"The folder {path} cannot be read ({e.GetType().Name}). Check the disk or the mount.", e);
        }
    }

    public ValueTask<Stream?> OpenAsync(SourceFile file, CancellationToken cancellationToken)
    {
        try
        {
            // Others may not write meanwhile. On Linux that binds only programs that ask; the age check covers the rest.
            return new(new FileStream(Path.Combine(path, file.Name), new FileStreamOptions
            {
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = BufferBytes,
            }));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new((Stream?)null);
        }
    }

    public ValueTask<bool> TryMoveAsync(SourceFile file, string folder, string newName, CancellationToken cancellationToken)
    {
        var target = Path.Combine(Directory.CreateDirectory(Path.GetFullPath(folder, path)).FullName, newName);
        if (File.Exists(target))
        {
            return new(false);
        }

        File.Move(Path.Combine(path, file.Name), target, overwrite: false);
        return new(true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Null when it is gone by now.</summary>
    private static SourceFile? Describe(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? new SourceFile(file.Name, file.Length, file.LastWriteTimeUtc) : null;
    }
}

/// <summary>Which names are picked up.</summary>
internal static class FilePattern
{
    /// <summary><c>*</c> and <c>?</c> in any case. Names that begin with a dot are those of programs that still write.</summary>
    public static bool Fits(string pattern, string name) =>
        !name.StartsWith('.') && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
