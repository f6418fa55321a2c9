using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Fhir;

/// <summary>The lane of a FHIR message.</summary>
public static class FhirPatientKey
{
    /// <summary>Key of the first patient that the entries are about, see <see cref="Intake.JournaledMessage.PatientKey"/>; empty when they are about nobody.</summary>
    /// <param name="authority">See <see cref="FeedContext.AssigningAuthority"/>.</param>
    public static string Of(IReadOnlyList<FhirEntry> entries, string authority)
    {
        var patients = new PatientOfResource(new SourceReferences(authority, entries), entries);
        return Enumerable.Range(0, entries.Count).Select(patients.Of).FirstOrDefault(patient => patient is not null)?.Key ?? "";
    }
}
