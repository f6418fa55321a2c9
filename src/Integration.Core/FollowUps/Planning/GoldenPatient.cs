using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Core.FollowUps.Planning;

/// <summary>The person as the record knows them, for conditions about the patient: one FHIR Patient made from the summary.</summary>
internal static class GoldenPatient
{
    /// <summary>Reference of a golden record, which events about the person have for subject.</summary>
    public static string Reference(string patientId) => Prefix + patientId;

    private const string Prefix = "patients/";

    public static bool IsReference(string subject) => subject.StartsWith(Prefix, StringComparison.Ordinal);

    public static JsonObject Of(PatientDocument patient)
    {
        var resource = new JsonObject { ["resourceType"] = "Patient", ["id"] = patient.Id, ["deceasedBoolean"] = patient.Demographics.Deceased };
        if (patient.Demographics.Gender is { } gender)
        {
            resource["gender"] = gender;
        }

        if (patient.Demographics.BirthDate is { } born)
        {
            resource["birthDate"] = born;
        }

        if (patient.Demographics.Phones.Count > 0)
        {
            resource["telecom"] = new JsonArray([.. patient.Demographics.Phones.Select(phone => (JsonNode)new JsonObject { ["system"] = "phone", ["value"] = phone })]);
        }

        if (patient.Identifiers.Count > 0)
        {
            resource["identifier"] = new JsonArray([.. patient.Identifiers.Select(id => (JsonNode)new JsonObject { ["system"] = id.System, ["value"] = id.Value })]);
        }

        return resource;
    }

    /// <summary>The person as a document of the record, for rules whose events are about the person.</summary>
    public static ResourceDocument Document(PatientDocument patient, DateTimeOffset time) => new()
    {
        Id = Reference(patient.Id),
        Type = "Patient",
        PatientId = patient.Id,
        SourceIdentity = "",
        Effective = time,
        Version = 1,
        LastUpdated = time,
        Provenance = new Provenance("", "", "", "", "", time),
        Resource = Of(patient),
    };
}
