using Integration.Core.Storage;

namespace Integration.Core.Identity;

/// <summary>Source identities above the store. Safe for many threads.</summary>
public sealed class IdentityStore(IDocumentStore store)
{
    private static readonly DocumentField PatientId = Collections.Identities.Field("patientId");

    /// <summary>Those of the keys (<c>authority|value</c>) that are known, with the version each stands at.</summary>
    public async ValueTask<IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)>> FindAsync(
        IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = await store.GetManyAsync(Collections.Identities, keys, cancellationToken);
        return found.ToDictionary(d => d.Id, d => (Collections.Identities.Read(d), d.Version), StringComparer.Ordinal);
    }

    /// <summary>Every identity linked to a golden record, at most 10,000.</summary>
    public async ValueTask<IReadOnlyList<(IdentityDocument Identity, long Version)>> OfPatientAsync(
        string patientId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Identities) { Where = [new DocumentFilter.Equal(PatientId, patientId)], Limit = 10_000 }, cancellationToken);
        return [.. page.Documents.Select(d => (Collections.Identities.Read(d), d.Version))];
    }

    /// <summary>The review of a pair of golden records, or null, with its version (0 when there is none).</summary>
    public async ValueTask<(LinkReviewDocument? Review, long Version)> FindReviewAsync(string pairId, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.LinkReviews, pairId, withPayload: false, cancellationToken) is { } stored
            ? (Collections.LinkReviews.Read(stored), stored.Version)
            : (null, 0);
}
