using System.ComponentModel;
using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Host.Api.Views;

/// <summary>A patient in a list.</summary>
internal sealed record PatientListEntry(
    string Id,
    string? Name,
    [property: Description("FHIR administrative gender.")] string? Gender,
    [property: Description("FHIR date, with the precision that was sent.")] string? BirthDate,
    bool Deceased,
    IReadOnlyList<string> Phones,
    IReadOnlyList<SummaryIdentifier> Identifiers,
    [property: Description("Time of the latest thing in the record.")] DateTimeOffset LastEvent)
{
    public static PatientListEntry Of(PatientDocument patient) => new(
        patient.Id, patient.Demographics.Name, patient.Demographics.Gender, patient.Demographics.BirthDate, patient.Demographics.Deceased,
        patient.Demographics.Phones, patient.Identifiers, patient.LastEvent);
}

/// <summary>The patient-360 summary of one person.</summary>
internal sealed record PatientView(
    string Id,
    [property: Description("The record that this one was merged into, through all merges; null for a record that stands. Sections are empty when it is set.")]
    string? MergedInto,
    PatientDemographics Demographics,
    IReadOnlyList<SummaryIdentifier> Identifiers,
    [property: Description("Related persons and next of kin.")] IReadOnlyList<SummaryEntry> Contacts,
    [property: Description("One a domain (encounters, results …) with the count of all entries and the latest of them.")]
    IReadOnlyList<SummarySection> Sections,
    [property: Description("Number of FHIR resources by type.")] IReadOnlyDictionary<string, int> ResourceCounts,
    [property: Description("Time of the latest thing in the record.")] DateTimeOffset LastEvent)
{
    /// <param name="survivor">The record at the end of all merges; the same as <paramref name="patient"/> when it stands.</param>
    public static PatientView Of(PatientDocument patient, PatientDocument survivor) => new(
        patient.Id, survivor.Id == patient.Id ? null : survivor.Id, patient.Demographics, patient.Identifiers, patient.Contacts, patient.Sections,
        patient.ResourceCounts, patient.LastEvent);
}

/// <summary>One event in a patient's life.</summary>
internal sealed record TimelineView(
    [property: Description("FHIR resource type.")] string Type,
    [property: Description("`Type/id` of the resource, to be read under `/resources/`.")] string Reference,
    DateTimeOffset? Time,
    string Title,
    string? Detail,
    [property: Description("FHIR status code; null when the type has none.")] string? Status,
    [property: Description("Abnormal flag of a result (HL7 table 0078: H, LL …); null when normal.")] string? Flag,
    string Feed,
    string MessageId,
    [property: Description("Address where a person sees an imaging study, of http or https; null when the feed names no viewer.")] string? Link)
{
    public static TimelineView Of(TimelineEntry line) => new(
        line.Type, line.Entry.Reference, line.Entry.Time, line.Entry.Title, line.Entry.Detail, line.Entry.Status, line.Entry.Flag, line.Feed, line.MessageId, line.Entry.Link);
}

/// <summary>One version of a FHIR resource and where it came from.</summary>
internal sealed record ResourceView(
    [property: Description("`Type/id`.")] string Reference,
    string Type,
    string PatientId,
    int Version,
    [property: Description("When it applies; decides its place in the timeline.")] DateTimeOffset Effective,
    DateTimeOffset LastUpdated,
    Provenance Provenance,
    [property: Description("The FHIR R4 resource as stored.")] JsonObject Resource)
{
    public static ResourceView Of(ResourceDocument document) => new(
        document.Id, document.Type, document.PatientId, document.Version, document.Effective, document.LastUpdated, document.Provenance, document.Resource);
}

/// <summary>All versions of a resource.</summary>
internal sealed record ResourceHistoryView(
    string PatientId,
    [property: Description("Newest first; the first is the current one.")] IReadOnlyList<ResourceView> Versions);

/// <summary>A hospital or clinic that refers patients.</summary>
internal sealed record ReferralPartnerView(
    [property: Description("`system|value` of its identifier, or its name where it has none.")] string Id,
    string Name,
    [property: Description("Referrals of the record that come from it; each once.")] long Referrals);
