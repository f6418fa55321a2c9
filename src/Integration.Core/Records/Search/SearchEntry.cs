namespace Integration.Core.Records.Search;

/// <summary>A document of <c>searchEntries</c>: what one resource is found by. Only ever a way to candidates, each of which is looked at itself.</summary>
/// <param name="Id"><c>Type/id</c>.</param>
/// <param name="Effective">Start of what <see cref="SearchTimes"/> names for the type, else as <see cref="ResourceDocument.Effective"/>.</param>
/// <param name="Keys">See <see cref="SearchKeyMaker"/>.</param>
public sealed record SearchEntry(string Id, string Type, DateTimeOffset Effective, DateTimeOffset LastUpdated, IReadOnlyList<string> Keys)
{
    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>The document of <c>searchProgress</c>: how far the search index has come.</summary>
/// <param name="Definition">What decides which keys a resource has. Another one: every resource is read again.</param>
/// <param name="Sequence">All changes of resources up to this sequence of the store are in the index.</param>
public sealed record SearchProgress(string Id, string Definition, long Sequence)
{
    /// <summary>How long the longest time of a type is, in whole seconds; <see cref="SearchTimes.Endless"/> where one is open. Only ever grows.</summary>
    public IReadOnlyDictionary<string, long> Longest { get; init; } = new SortedDictionary<string, long>(StringComparer.Ordinal);
}
