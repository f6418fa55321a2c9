using Integration.Core.Storage;

namespace Integration.Core.Imaging;

/// <summary>The studies of imaging feeds above the store. Safe for many threads.</summary>
public sealed class StudyLedger(IDocumentStore store)
{
    private const int PageLength = 500;

    private static readonly DocumentField Study = Collections.Instances.Field("study");
    private static readonly DocumentField WaitingFeed = Collections.Studies.Field("waitingFeed");

    /// <summary>What is known of a study, with its version; null when nothing is.</summary>
    /// <param name="id">See <see cref="StudyDocument.IdOf"/>.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<(StudyDocument Study, long Version)?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Studies, id, withPayload: false, cancellationToken) is { } stored ? (Collections.Studies.Read(stored), stored.Version) : null;

    /// <summary>The instances of a study that no message tells of yet.</summary>
    public async ValueTask<IReadOnlyList<InstanceDocument>> InstancesAsync(string studyId, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery(Collections.Instances) { Where = [new DocumentFilter.Equal(Study, studyId)], Limit = PageLength };
        var instances = new List<InstanceDocument>();
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            instances.Add(Collections.Instances.Read(stored));
        }

        return instances;
    }

    /// <summary>Study Instance UIDs of a feed that a message is still to be made of.</summary>
    public async ValueTask<IReadOnlyList<string>> WaitingAsync(string feed, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery(Collections.Studies) { Where = [new DocumentFilter.Equal(WaitingFeed, feed)], Limit = PageLength };
        var uids = new List<string>();
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            uids.Add(Collections.Studies.Read(stored).StudyUid);
        }

        return uids;
    }

    /// <summary>Writes a study and instances of it together; returns when they are durable.</summary>
    /// <param name="study">Null: as it is.</param>
    /// <param name="version">Version that the study must stand at; 0: it must be new.</param>
    /// <param name="told">Instances that stand in the study from now on.</param>
    /// <returns>False: somebody else wrote the study; nothing was written.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    public async ValueTask<bool> SaveAsync(
        StudyDocument? study, long version, IEnumerable<InstanceDocument> added, IEnumerable<InstanceDocument> told, CommitPriority priority, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        if (study is not null)
        {
            batch.Add(Collections.Studies.Put(study, version));
        }

        foreach (var instance in added)
        {
            batch.Add(Collections.Instances.Put(instance, null));
        }

        foreach (var instance in told)
        {
            batch.Add(Collections.Instances.Delete(instance.Id));
        }

        return await store.CommitAsync(batch, priority, cancellationToken) is CommitResult.Committed;
    }
}
