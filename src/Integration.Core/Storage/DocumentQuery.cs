namespace Integration.Core.Storage;

/// <summary>A condition on one declared field. Closed set; all conditions of a query must hold.</summary>
public abstract record DocumentFilter(DocumentField Field)
{
    /// <summary>The value, or for a list any of its values, equals <paramref name="Value"/>; null matches absence.</summary>
    public sealed record Equal(DocumentField Field, object? Value) : DocumentFilter(Field);

    /// <summary>Equals any of the values. An empty list matches nothing.</summary>
    public sealed record In(DocumentField Field, IReadOnlyList<object> Values) : DocumentFilter(Field);

    /// <summary>At least <paramref name="From"/> and below <paramref name="Below"/>; null leaves that side open.</summary>
    public sealed record Range(DocumentField Field, object? From, object? Below) : DocumentFilter(Field);

    /// <summary>A text, or for a list any of its texts, starts with <paramref name="Prefix"/> (ordinal, case-sensitive).</summary>
    public sealed record StartsWith(DocumentField Field, string Prefix) : DocumentFilter(Field);
}

/// <summary>One sort key.</summary>
public sealed record DocumentSort(DocumentField Field, bool Descending = false);

/// <summary>A question to one collection.</summary>
/// <param name="Collection">Where to look.</param>
public sealed record DocumentQuery(DocumentCollection Collection)
{
    /// <summary>All must hold. Empty: every document.</summary>
    public IReadOnlyList<DocumentFilter> Where { get; init; } = [];

    /// <summary>
    /// Sort keys; the id is always the last one, in the direction of the key before it, so that the order is total and one index
    /// serves it. Lists cannot be sorted by. Nulls come first ascending.
    /// </summary>
    public IReadOnlyList<DocumentSort> OrderBy { get; init; } = [];

    /// <summary>Most documents returned, 1 to 10,000.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Continue behind the page that returned this token (<see cref="DocumentPage.Next"/>); needs the same Where and OrderBy.</summary>
    public string? After { get; init; }

    /// <summary>Read the payload too.</summary>
    public bool WithPayload { get; init; }
}

/// <summary>A document as stored.</summary>
/// <param name="Version">1 for the first write, one more for each later one. Starts over when deleted and written again.</param>
/// <param name="Json">UTF-8 JSON body.</param>
/// <param name="Payload">Bytes beside the body; empty when not asked for or not there.</param>
public sealed record StoredDocument(string Id, long Version, long Sequence, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Payload);

/// <summary>Documents in the order asked for.</summary>
/// <param name="Next">Token of the next page; null when this was the last. Opaque, safe in a URL.</param>
public sealed record DocumentPage(IReadOnlyList<StoredDocument> Documents, string? Next);

/// <summary>How many documents share these values of the group fields.</summary>
/// <param name="Key">One value for each group field, in that order.</param>
public sealed record GroupCount(IReadOnlyList<object?> Key, long Count);
