namespace Integration.Core.Records;

/// <summary>A document of <c>deletions</c>: a resource that its source deleted. What it said last is in the history of resources.</summary>
public sealed record DeletedResource
{
    /// <summary><c>Type/id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>That of the deletion: one more than the last version; should the resource come again, it goes on from there. 1 when it never came.</summary>
    public required int Version { get; init; }

    /// <summary>When it was deleted, by the source's clock (UTC): a version from before does not bring it back.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>When the message arrived that says so (UTC).</summary>
    public required DateTimeOffset Received { get; init; }

    public required string Feed { get; init; }

    public required string MessageId { get; init; }

    /// <summary>The golden record that owned it; empty for reference data.</summary>
    public required string PatientId { get; init; }
}
