using Integration.Core.Storage;

namespace Integration.Core.Imaging;

/// <summary>The examinations that devices tell of, above the store. Safe for many threads.</summary>
public sealed class PerformedStepLedger(IDocumentStore store)
{
    /// <summary>What is known of a step, with its version; null when nothing is.</summary>
    /// <param name="stepUid">SOP Instance UID.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<(PerformedStepDocument Step, long Version)?> FindAsync(string feed, string stepUid, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.PerformedSteps, StudyDocument.IdOf(feed, stepUid), withPayload: false, cancellationToken) is { } stored
            ? (Collections.PerformedSteps.Read(stored), stored.Version)
            : null;

    /// <summary>Writes a step; returns when it is durable.</summary>
    /// <param name="version">Version that it must stand at; 0: it must be new.</param>
    /// <returns>False: somebody else wrote it; nothing was written.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    public async ValueTask<bool> SaveAsync(PerformedStepDocument step, long version, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.PerformedSteps.Put(step, version));
        return await store.CommitAsync(batch, CommitPriority.Intake, cancellationToken) is CommitResult.Committed;
    }
}
