using Integration.Core.Records;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>What belongs to no patient: staff, departments and prices out of master files, and the partners that refer.</summary>
internal static class ReferenceDataApi
{
    public static void MapReferenceData(this RouteGroupBuilder api)
    {
        api.MapGet("/reference-data", ListAsync).WithTags("Reference data").WithName("listReferenceData")
            .WithSummary("Staff, departments, prices and other resources that belong to no patient, newest first")
            .TakesQuery(
                QueryParameter.ResourceType("type", "Only resources of this FHIR type, e.g. Practitioner."),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        api.MapGet("/referral-partners", PartnersAsync).WithTags("Reference data").WithName("listReferralPartners")
            .WithSummary("Who refers patients, and how many referrals of the record come from each")
            .TakesQuery(QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
    }

    private static async Task<Ok<Page<ResourceView>>> ListAsync(QueryValues query, PatientRecordStore records, CancellationToken cancellationToken)
    {
        var page = await records.ResourcesAsync(patientId: "", query.Text("type"), query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new Page<ResourceView>([.. page.Resources.Select(ResourceView.Of)], page.Next));
    }

    private static async Task<Ok<Page<ReferralPartnerView>>> PartnersAsync(QueryValues query, ReferralPartners partners, CancellationToken cancellationToken)
    {
        var (counts, next) = await partners.CountAsync(query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new Page<ReferralPartnerView>([.. counts.Select(c => new ReferralPartnerView(c.Partner.Id, c.Partner.Name, c.Referrals))], next));
    }
}
