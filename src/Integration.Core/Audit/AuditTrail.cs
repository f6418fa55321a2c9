using Integration.Core.Storage;

namespace Integration.Core.Audit;

/// <summary>A question to the audit trail. All parts that are set must hold.</summary>
/// <param name="From">At or after (UTC).</param>
/// <param name="Below">Before (UTC).</param>
public sealed record AuditSearch(
    string? Actor = null, string? Target = null, DateTimeOffset? From = null, DateTimeOffset? Below = null, int Limit = 50, string? After = null);

/// <summary>Who did what to whom, why; written in the same commit as the deed. Append-only. Safe for many threads.</summary>
public sealed class AuditTrail(IDocumentStore store, TimeProvider clock)
{
    private static readonly DocumentField Time = Collections.Audit.Field("time");
    private static readonly DocumentField Actor = Collections.Audit.Field("actor");
    private static readonly DocumentField Target = Collections.Audit.Field("target");

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>TRANSACTION: the deed and its entry, both or none.</summary>
    /// <param name="commit">Carries out the deed: adds its writes to the batch that it is given, and commits that. Called again when another process wrote first.</param>
    public async ValueTask<CommitResult> CommitAsync(
        AuditNote note, Func<WriteBatch, ValueTask<CommitResult>> commit, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var batch = new WriteBatch();
                batch.Add(Collections.Audit.Put(AuditEntry.After(await HeadAsync(cancellationToken), note, clock.GetUtcNow()), expectedVersion: 0));
                if (await commit(batch) is var result && result is not CommitResult.Conflict { Collection: "audit" })
                {
                    return result;
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Entries, newest first.</summary>
    public async ValueTask<(IReadOnlyList<AuditEntry> Entries, string? Next)> SearchAsync(AuditSearch search, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter>();
        if (search.Actor is not null)
        {
            where.Add(new DocumentFilter.Equal(Actor, search.Actor));
        }

        if (search.Target is not null)
        {
            where.Add(new DocumentFilter.Equal(Target, search.Target));
        }

        if (search.From is not null || search.Below is not null)
        {
            where.Add(new DocumentFilter.Range(Time, search.From, search.Below));
        }

        var page = await store.QueryAsync(new DocumentQuery(Collections.Audit)
        {
            Where = where,
            OrderBy = [new DocumentSort(Time, Descending: true)],
            Limit = search.Limit,
            After = search.After,
        }, cancellationToken);
        return ([.. page.Documents.Select(Collections.Audit.Read)], page.Next);
    }

    /// <summary>Walks the whole chain.</summary>
    /// <returns>How many entries there are, and the number of the first that was altered or whose predecessor is missing; null when none.</returns>
    public async ValueTask<(long Entries, long? BrokenAt)> VerifyAsync(CancellationToken cancellationToken)
    {
        var all = new DocumentQuery(Collections.Audit) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = 1000 };
        var (entries, previous) = (0L, AuditEntry.Beginning);
        await foreach (var stored in store.ReadAllAsync(all, cancellationToken))
        {
            var entry = Collections.Audit.Read(stored);
            if (entry.Number != ++entries || entry.Previous != previous || entry.Hash != AuditEntry.HashOf(entry))
            {
                return (entries, entries);
            }

            previous = entry.Hash;
        }

        return (entries, null);
    }

    private async ValueTask<AuditEntry?> HeadAsync(CancellationToken cancellationToken)
    {
        var newest = await store.QueryAsync(
            new DocumentQuery(Collections.Audit) { OrderBy = [new DocumentSort(DocumentField.Id, Descending: true)], Limit = 1 }, cancellationToken);
        return newest.Documents.Count == 0 ? null : Collections.Audit.Read(newest.Documents[0]);
    }
}
