using System.Text.Json.Nodes;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>A hospital or clinic that refers patients (转诊单位): a document of <c>referralPartners</c>.</summary>
/// <param name="Id"><c>system|value</c> of its identifier, or its name where it has none.</param>
/// <param name="Name">As the last referral named it.</param>
public sealed record ReferralPartner(string Id, string Name);

/// <summary>A partner and how many referrals of the record come from it.</summary>
public sealed record ReferralCount(ReferralPartner Partner, long Referrals);

/// <summary>
/// Who refers, and how often. Referrals are counted where they stand, so that a message that comes twice or is replayed counts once. Safe for many threads.
/// </summary>
public sealed class ReferralPartners(IDocumentStore store)
{
    private const string Extension = "urn:hl7v2:referring-organization";
    private const int MaxId = 200;

    private static readonly DocumentField Partners = Collections.Resources.Field("partners");

    /// <summary>Partners with the number of their referrals, by id.</summary>
    /// <param name="limit">1 to 500.</param>
    public async ValueTask<(IReadOnlyList<ReferralCount> Counts, string? Next)> CountAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.ReferralPartners) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = limit, After = after }, cancellationToken);
        var counts = new List<ReferralCount>(page.Documents.Count);
        foreach (var partner in page.Documents.Select(Collections.ReferralPartners.Read))
        {
            counts.Add(new ReferralCount(
                partner, await store.CountAsync(Collections.Resources, [new DocumentFilter.Equal(Partners, partner.Id)], long.MaxValue, cancellationToken)));
        }

        return (counts, page.Next);
    }

    /// <summary>Notes the partners of referrals that are written.</summary>
    internal static void Note(WriteBatch batch, IReadOnlyList<RecordChange> changes)
    {
        foreach (var partner in changes.Select(c => Of(c.After)).OfType<ReferralPartner>().DistinctBy(p => p.Id))
        {
            batch.Add(Collections.ReferralPartners.Put(partner, expectedVersion: null));
        }
    }

    /// <summary>Null when the resource is no referral, or names no partner.</summary>
    internal static ReferralPartner? Of(ResourceDocument document)
    {
        if (document.Type != "ServiceRequest"
            || document.Resource.Objects("extension").FirstOrDefault(e => e.Text("url") == Extension)?["valueReference"] is not JsonObject partner)
        {
            return null;
        }

        var name = partner.Text("display") ?? "";
        var id = partner.Text("identifier", "value") is { } value ? $"{partner.Text("identifier", "system")}|{value}" : name;
        return id.Length is > 0 and <= MaxId ? new ReferralPartner(id, name) : null;
    }
}
