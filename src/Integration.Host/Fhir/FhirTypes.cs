namespace Integration.Host.Fhir;

/// <summary>The resource types that the record holds and the facade serves.</summary>
internal static class FhirTypes
{
    /// <summary>In ordinal order.</summary>
    public static readonly IReadOnlyList<string> Served =
    [
        "Account", "AllergyIntolerance", "Appointment", "AuditEvent", "CarePlan", "CareTeam", "ChargeItem", "ChargeItemDefinition", "Claim",
        "Communication", "CommunicationRequest", "Composition", "Condition", "Consent", "Coverage", "Device", "DiagnosticReport",
        "DocumentReference", "Encounter", "EpisodeOfCare", "FamilyMemberHistory", "Flag", "Goal", "Group", "ImagingStudy", "Immunization",
        "Invoice", "Location", "Medication", "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement",
        "NutritionOrder", "Observation", "ObservationDefinition", "Organization", "Patient", "PaymentReconciliation", "Practitioner",
        "PractitionerRole", "Procedure", "Provenance", "Questionnaire", "QuestionnaireResponse", "RelatedPerson", "Schedule", "ServiceRequest",
        "Slot", "Specimen", "Task",
    ];

    /// <summary>Documents and pictures, which are read but not searched.</summary>
    public const string Binary = "Binary";

    private static readonly HashSet<string> Set = [.. Served];

    public static bool IsServed(string type) => Set.Contains(type);
}
