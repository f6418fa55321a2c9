using System.Text.Json.Nodes;
using Integration.Core.Mapping;
using Integration.Core.Records;

namespace Integration.Core.Identity;

/// <summary>What identity reads out of the Patient resources that mapping made.</summary>
internal static class PatientResources
{
    private const string ReplacedBy = "replaced-by";

    /// <summary>The Patient that the message is about; null when mapping made none.</summary>
    public static MappedResource? Subject(this MappingResult mapping) =>
        mapping.Resources.FirstOrDefault(r => r.Type == "Patient" && !r.IsReplacedPatient());

    /// <summary>Patients that the message says were merged into the subject (HL7 MRG, FHIR R4 <c>Patient.link</c>).</summary>
    public static IEnumerable<MappedResource> Replaced(this MappingResult mapping) =>
        mapping.Resources.Where(IsReplacedPatient);

    /// <summary>Identifiers with an authority and a value, in the order sent.</summary>
    public static IReadOnlyList<PatientIdentifier> IdentifiersOf(JsonObject patient) =>
    [
        .. patient.Objects("identifier")
            .Select(i => (System: i.Text("system"), Value: i.Text("value")?.Trim(), Type: i.Text("type", "coding", "code")))
            .Where(i => !string.IsNullOrEmpty(i.System) && !string.IsNullOrEmpty(i.Value))
            .Select(i => new PatientIdentifier(i.System!, i.Value!, i.Type)),
    ];

    public static MatchDemographics DemographicsOf(JsonObject patient) => new(
        patient["name"] is JsonArray { Count: > 0 } names ? FhirJson.Name(names[0]) : null,
        patient.Text("birthDate"),
        patient.Text("gender"),
        patient.Objects("telecom").Where(t => t.Text("system") is null or "phone").Select(t => t.Text("value")).OfType<string>()
            .Select(SearchKeys.PhoneDigits).FirstOrDefault(digits => digits.Length > 0));

    /// <summary>Whether this is a Patient that another one replaces.</summary>
    public static bool IsReplacedPatient(this MappedResource resource) =>
        resource.Type == "Patient" && resource.Draft.Find("link") is not null && resource.Json.Objects("link").Any(l => l.Text("type") == ReplacedBy);
}
