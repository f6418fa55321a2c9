namespace Integration.Core.Records;

/// <summary>That a source said again, later, all of what a resource holds: the resource's own document then stays as it is.</summary>
/// <param name="Statement">Fingerprint of what was said, see <see cref="Restatements"/>.</param>
/// <param name="EventTime">When it was said last (UTC): takes the place of the resource's own <see cref="Provenance.EventTime"/>.</param>
/// <param name="Version">Version of the resource that was meant.</param>
public sealed record Restatement(string Statement, DateTimeOffset EventTime, int Version);

/// <summary>
/// A document of <c>restatements</c>: the resources of one golden record that sources repeat unchanged. Hospital systems send whole
/// snapshots, so most of what a message says is known: it costs one small document a message instead of one write a resource.
/// </summary>
public sealed record RestatementDocument
{
    /// <summary>Golden record id.</summary>
    public required string Id { get; init; }

    /// <summary>By <c>Type/id</c>; a resource that is not in it was last heard of at its own event time.</summary>
    public required IReadOnlyDictionary<string, Restatement> Resources { get; init; }
}
