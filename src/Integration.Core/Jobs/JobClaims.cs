using Integration.Core.Storage;

namespace Integration.Core.Jobs;

/// <summary>
/// Lets one of several engines on a store do a job that is not worth doing twice. A claim saves work, it does not guard anything: each job is idempotent, so that two
/// engines whose clocks differ may do the same without harm (docs/adr/0005). Safe for many threads.
/// </summary>
public sealed class JobClaims(IDocumentStore store, TimeProvider clock)
{
    private readonly string _holder = Guid.NewGuid().ToString("N");

    /// <summary>Takes a job.</summary>
    /// <param name="lease">How long another engine leaves it alone; an engine that dies holds nobody up for longer.</param>
    /// <param name="rest">How long it rests after it was done, whoever did it.</param>
    /// <returns>False: another engine does it, or it rests.</returns>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async ValueTask<bool> TryTakeAsync(string job, TimeSpan lease, TimeSpan rest, CancellationToken cancellationToken)
    {
        var stored = await store.GetAsync(Collections.JobClaims, job, withPayload: false, cancellationToken);
        var claim = stored is null ? null : Collections.JobClaims.Read(stored);
        var now = clock.GetUtcNow();
        if (claim is not null && ((claim.Holder != _holder && Lies(claim.Until - now, lease)) || (claim.Done is { } done && Lies(done + rest - now, rest))))
        {
            return false;
        }

        return await PutAsync(new JobClaimDocument(job, _holder, now + lease, claim?.Done), stored?.Version ?? 0, cancellationToken);
    }

    /// <summary>Says that a job which this engine took was carried to its end. Somebody else's stays as it is.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; the claim lapses by itself.</exception>
    public async ValueTask FinishAsync(string job, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(Collections.JobClaims, job, withPayload: false, cancellationToken) is { } stored && Collections.JobClaims.Read(stored) is { } claim && claim.Holder == _holder)
        {
            var now = clock.GetUtcNow();
            await PutAsync(claim with { Until = now, Done = now }, stored.Version, cancellationToken);   // a conflict: another engine has taken it meanwhile
        }
    }

    /// <summary>Whether a time still to come is not further away than it can have been set: a clock that went back must not stop a job for long.</summary>
    private static bool Lies(TimeSpan left, TimeSpan most) => left > TimeSpan.Zero && left <= most;

    private async ValueTask<bool> PutAsync(JobClaimDocument claim, long version, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.JobClaims.Put(claim, version));
        return await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is CommitResult.Committed;
    }
}
