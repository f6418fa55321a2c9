using Integration.Core.Mapping;
using Integration.Core.Records;

namespace Integration.Core.Identity;

/// <summary>What identity reads out of the Patient resources that mapping made.</summary>
internal static class PatientResources
{
    private const string ReplacedBy = "replaced-by";

    /// <summary>What a message says of its first patient, of the next, and so on; nothing when it was not mapped.</summary>
    public static IEnumerable<MappingResult> WithFollowing(this MappingResult? mapping)
    {
        for (var part = mapping; part is not null; part = part.SecondPatient)
        {
            yield return part;
        }
    }

    /// <summary>The Patient that the message is about; null when mapping made none.</summary>
    public static MappedResource? Subject(this MappingResult mapping) =>
        mapping.Resources.FirstOrDefault(r => r.Type == "Patient" && !r.IsReplacedPatient());

    /// <summary>Patients that the message says were merged into the subject (HL7 MRG, FHIR R4 <c>Patient.link</c>).</summary>
    public static IEnumerable<MappedResource> Replaced(this MappingResult mapping) =>
        mapping.Resources.Where(IsReplacedPatient);

    /// <summary>Identifiers with an authority and a value, in the order sent.</summary>
    public static IReadOnlyList<PatientIdentifier> IdentifiersOf(MappedResource patient) =>
    [
        .. patient.SourceIdentity is { } source ? new[] { source } : [],
        .. patient.Draft.Objects("identifier")
            .Select(i => (System: i.TextAt("system"), Value: i.TextAt("value")?.Trim(), Type: i.TextAt("type", "coding", "code")))
            .Where(i => !string.IsNullOrEmpty(i.System) && !string.IsNullOrEmpty(i.Value))
            .Select(i => new PatientIdentifier(i.System!, i.Value!, i.Type)),
    ];

    public static MatchDemographics DemographicsOf(MappedResource patient) => new(
        patient.Draft.Objects("name").Select(NameOf).FirstOrDefault(),
        patient.Draft.TextAt("birthDate"),
        patient.Draft.TextAt("gender"),
        patient.Draft.Objects("telecom").Where(t => t.TextAt("system") is null or "phone").Select(t => t.TextAt("value")).OfType<string>()
            .Select(SearchKeys.PhoneDigits).FirstOrDefault(digits => digits.Length > 0));

    /// <summary>Whether this is a Patient that another one replaces.</summary>
    public static bool IsReplacedPatient(this MappedResource resource) =>
        resource.Type == "Patient" && resource.Draft.Objects("link").Any(l => l.TextAt("type") == ReplacedBy);

    /// <summary>A HumanName as <see cref="FhirJson.Name(System.Text.Json.Nodes.JsonNode?)"/> reads it.</summary>
    public static string? NameOf(DraftNode name) => FhirJson.Name(
        name.TextAt("text"), name.TextAt("family"), name.Find("given") is { Kind: DraftKind.Array } given ? string.Join(' ', given.Children().Select(part => part.Text)) : null);
}
