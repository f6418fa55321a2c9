using Integration.Core.FollowUps.Rules;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Sweeping;

/// <summary>
/// What a patient allows: read from the Consent resources of the record (FHIR R4 consent.html) whose category has a code of <see cref="System"/>:
/// <c>marketing</c> permits or denies marketing, <c>contact</c> denies every message. The newest that is active counts.
/// </summary>
public sealed class ContactConsents(IDocumentStore store)
{
    /// <summary>Code system of the categories.</summary>
    public const string System = "urn:integration:contact";

    /// <summary>Category of consents to marketing.</summary>
    public const string Marketing = "marketing";

    /// <summary>Category of consents to any message.</summary>
    public const string Contact = "contact";

    private const int MostOfPatient = 100;

    /// <summary>Why a patient may not be written to, one of <c>FollowUpReasons</c>; null: they may.</summary>
    public async ValueTask<string?> RefusalAsync(PatientDocument patient, ContactCategory category, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var consents = patient.ResourceCounts.GetValueOrDefault("Consent") == 0 ? [] : await ReadAsync(patient.Id, cancellationToken);
        if (Newest(consents, Contact, now) == "deny")
        {
            return Work.FollowUpReasons.OptedOut;
        }

        return category != ContactCategory.Marketing ? null : Newest(consents, Marketing, now) switch
        {
            "permit" => null,
            "deny" => Work.FollowUpReasons.OptedOut,
            _ => Work.FollowUpReasons.NoConsent,
        };
    }

    private async ValueTask<IReadOnlyList<ResourceDocument>> ReadAsync(string patientId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
        {
            Where =
            [
                new DocumentFilter.Equal(Collections.Resources.Field("patientId"), patientId),
                new DocumentFilter.Equal(Collections.Resources.Field("type"), "Consent"),
            ],
            OrderBy = [new DocumentSort(Collections.Resources.Field("effective"), Descending: true)],
            Limit = MostOfPatient,
        }, cancellationToken);
        return [.. page.Documents.Select(Collections.Resources.Read)];
    }

    /// <returns>permit, deny, or null when no consent of the category is active.</returns>
    private static string? Newest(IReadOnlyList<ResourceDocument> consents, string category, DateTimeOffset now) => consents
        .Where(consent => consent.Resource["status"].Text() == "active" && IsOf(consent, category) && IsInForce(consent, now))
        .OrderByDescending(consent => FhirJson.Instant(consent.Resource["dateTime"].Text()) ?? consent.Effective)
        .Select(consent => consent.Resource.Text("provision", "type")).FirstOrDefault(type => type is "permit" or "deny");

    private static bool IsOf(ResourceDocument consent, string category) =>
        consent.Resource.Objects("category").SelectMany(c => c.Objects("coding")).Any(c => c["system"].Text() == System && c["code"].Text() == category);

    private static bool IsInForce(ResourceDocument consent, DateTimeOffset now) =>
        !(FhirJson.Instant(consent.Resource.Text("provision", "period", "start")) > now)
        && !(FhirJson.Instant(consent.Resource.Text("provision", "period", "end")) < now);
}
