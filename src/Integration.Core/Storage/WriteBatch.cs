namespace Integration.Core.Storage;

/// <summary>One put or delete. Built by <see cref="DocumentCollection{T}"/>, carried out by an engine.</summary>
/// <param name="Collection">Where.</param>
/// <param name="Id">Which.</param>
/// <param name="ExpectedVersion">0: must be new; n: must stand at n; null: any.</param>
/// <param name="Values">Values of <see cref="DocumentCollection.Fields"/> in that order; null for a delete.</param>
/// <param name="Json">UTF-8 JSON body.</param>
/// <param name="Payload">Bytes beside the body; null leaves what is stored.</param>
public sealed record DocumentWrite(
    DocumentCollection Collection, string Id, long? ExpectedVersion, object?[]? Values, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte>? Payload)
{
    public bool IsDelete => Values is null;
}

/// <summary>Writes that take effect together or not at all. Not thread-safe; a batch is committed once.</summary>
public sealed class WriteBatch
{
    private readonly List<DocumentWrite> _writes = [];

    /// <summary>In the order they are carried out. At most one write per document.</summary>
    public IReadOnlyList<DocumentWrite> Writes => _writes;

    /// <summary>Whether two writes are about one document: what made them did not know of each other. Costs a look at every write.</summary>
    public bool WritesTwice => _writes.DistinctBy(write => (write.Collection, write.Id)).Count() < _writes.Count;

    public void Add(DocumentWrite write) => _writes.Add(write);
}

/// <summary>Which waiting batches an engine carries out first. Both kinds are equally durable.</summary>
public enum CommitPriority
{
    /// <summary>A sender waits for the acknowledgement of this batch.</summary>
    Intake,

    /// <summary>Everything that starts from the journal.</summary>
    Processing,
}

/// <summary>What became of a batch. Closed: <see cref="Committed"/> or <see cref="Conflict"/>.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>All writes are durable (fsync, or majority with journal) and visible to every later read.</summary>
    /// <param name="LastSequence">The highest <see cref="DocumentField.Sequence"/> given out in this batch.</param>
    public sealed record Committed(long LastSequence) : CommitResult;

    /// <summary>Nothing was written, since one write's condition did not hold: read again and decide again.</summary>
    /// <param name="Index">The unique index that was violated; null when the expected version did not match.</param>
    public sealed record Conflict(string Collection, string Id, string? Index) : CommitResult;
}
