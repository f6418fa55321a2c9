using Integration.Core.Storage;

namespace Integration.Core.Records.Search;

/// <summary>Resources by name and by version. Safe for many threads.</summary>
public sealed class ResourceVersions(IDocumentStore store)
{
    private static readonly DocumentField ResourceId = Collections.ResourceHistory.Field("resourceId");

    /// <summary>The current version; null when there is none.</summary>
    /// <param name="reference"><c>Type/id</c>.</param>
    public async ValueTask<RecordResource?> FindAsync(string reference, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Resources, reference, withPayload: false, cancellationToken) is { } stored ? RecordResource.Read(stored) : null;

    /// <summary>One version, the current one too; null when there is none of that number.</summary>
    public async ValueTask<RecordResource?> FindAsync(string reference, int version, CancellationToken cancellationToken)
    {
        if (await FindAsync(reference, cancellationToken) is { } current && current.Version == version)
        {
            return current;
        }

        return await store.GetAsync(Collections.ResourceHistory, $"{reference}/{version}", withPayload: false, cancellationToken) is { } stored
            ? RecordResource.Read(stored)
            : null;
    }

    /// <summary>Whether there was a resource of that name which is no more: its source deleted it, or took it back.</summary>
    public async ValueTask<bool> IsGoneAsync(string reference, CancellationToken cancellationToken) =>
        await FindDeletionAsync(reference, cancellationToken) is not null
        || await store.CountAsync(Collections.ResourceHistory, [new DocumentFilter.Equal(ResourceId, reference)], 1, cancellationToken) > 0;

    /// <summary>That its source deleted it, and when; null when it did not, or when the resource came again.</summary>
    public async ValueTask<DeletedResource?> FindDeletionAsync(string reference, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Deletions, reference, withPayload: false, cancellationToken) is { } stored ? Collections.Deletions.Read(stored) : null;

    /// <summary>Earlier versions, newest first.</summary>
    /// <param name="limit">1 to 500.</param>
    /// <param name="before">Only versions below it; null: from the newest on.</param>
    /// <returns>With whether there are more.</returns>
    public async ValueTask<(IReadOnlyList<RecordResource> Versions, bool AreMore)> EarlierAsync(
        string reference, int limit, int? before, CancellationToken cancellationToken)
    {
        var found = new List<RecordResource>();
        var query = new DocumentQuery(Collections.ResourceHistory)
        {
            Where = [new DocumentFilter.Equal(ResourceId, reference)],
            OrderBy = [new DocumentSort(DocumentField.Sequence, Descending: true)],
            Limit = limit + 1,
        };
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var version = RecordResource.Read(stored);
            if (before is null || version.Version < before)
            {
                if (found.Count == limit)
                {
                    return (found, true);
                }

                found.Add(version);
            }
        }

        return (found, false);
    }
}
