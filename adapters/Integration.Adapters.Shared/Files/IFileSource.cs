namespace Integration.Adapters.Shared.Files;

/// <summary>One file as a listing shows it.</summary>
/// <param name="Name">Without folder.</param>
/// <param name="Modified">As the source's clock says; compared with itself only, never with a clock of ours.</param>
internal sealed record SourceFile(string Name, long Bytes, DateTimeOffset Modified);

/// <summary>
/// A folder that files are picked up from, on this machine or another. Three operations are all that the pick-up needs; it alone knows when
/// to do what. Not for many threads.
/// </summary>
/// <remarks>
/// Every member may throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; <see cref="ListAsync"/> wraps what an operator
/// must do into <see cref="FileSourceException"/>.
/// </remarks>
internal interface IFileSource : IAsyncDisposable
{
    /// <summary>What it is in one line, e.g. <c>folder /data/in</c>. Without secrets.</summary>
    string Description { get; }

    /// <summary>The files of the folder itself that fit the pattern, in any order. Folders, and names that begin with a dot, are left out.</summary>
    /// <exception cref="FileSourceException">The folder cannot be listed.</exception>
    ValueTask<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The content, seekable; null when the file is gone.</summary>
    ValueTask<Stream?> OpenAsync(SourceFile file, CancellationToken cancellationToken);

    /// <summary>Renames a file into a folder, which is made when it is missing. Never overwrites.</summary>
    /// <param name="folder">As the settings name it, absolute or below the folder of the source.</param>
    /// <returns>False when the name is taken there.</returns>
    /// <exception cref="FileNotFoundException">The file is gone.</exception>
    ValueTask<bool> TryMoveAsync(SourceFile file, string folder, string newName, CancellationToken cancellationToken);
}

/// <summary>The folder cannot be used now. The message is one line for an operator that says what to do; it holds no name of a file.</summary>
internal sealed class FileSourceException(string message, Exception? inner = null) : Exception(message, inner);
