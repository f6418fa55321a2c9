namespace Integration.Adapters.Shared.Files;

/// <summary>
/// Knows which files have stopped growing: those whose size and time stood still for a while, as seen by our own clock, so that clocks of
/// other machines do not matter. An empty file counts as one that is still to be written. Not for many threads.
/// </summary>
internal sealed class FileWatch(TimeSpan minAge, TimeProvider time)
{
    private Dictionary<string, Sight> _seen = new(StringComparer.Ordinal);

    /// <summary>Files of the last listing that may still grow.</summary>
    public int Waiting { get; private set; }

    /// <summary>Takes a listing in and gives those of it that may be read.</summary>
    public IReadOnlyList<SourceFile> Ripe(IReadOnlyList<SourceFile> listing)
    {
        var now = time.GetTimestamp();
        var seen = new Dictionary<string, Sight>(StringComparer.Ordinal);
        foreach (var file in listing)
        {
            seen[file.Name] = _seen.TryGetValue(file.Name, out var before) && before.File == file ? before : new Sight(file, now);
        }

        _seen = seen;
        List<SourceFile> ripe =
            [.. seen.Values.Where(s => s.File.Bytes > 0 && time.GetElapsedTime(s.Since, now) >= minAge).Select(s => s.File)];
        Waiting = listing.Count - ripe.Count;
        return ripe;
    }

    /// <summary>The file changed after all: its age counts from the next listing on.</summary>
    public void Forget(string name) => _seen.Remove(name);

    private sealed record Sight(SourceFile File, long Since);
}
