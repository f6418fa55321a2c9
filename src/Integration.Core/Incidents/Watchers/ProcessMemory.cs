namespace Integration.Core.Incidents.Watchers;

/// <summary>What the process uses of memory and how much it may use, in bytes.</summary>
public sealed class ProcessMemory(Func<(long Used, long Total)> read)
{
    /// <summary>As operating system and runtime say; a container's limit counts.</summary>
    public static ProcessMemory OfThisProcess { get; } = new(() => (Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));

    public (long Used, long Total) Read() => read();
}
