namespace Integration.Core.Mapping.Explain;

/// <summary>A rule as it stands in a mapping file. Two are equal when they stand at the same place.</summary>
/// <param name="File">As shown to people: <c>mappings/hl7v2/segments/PID-Patient.yaml</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Target">What it fills, in FHIR R4 terms: <c>Patient.birthDate</c>, <c>HumanName.family</c>; <c>id</c> for the key of an id.</param>
public sealed record MappingRule(string File, long Line, long Column, string Target)
{
    /// <summary>Name of the map: <c>PID-Patient</c>.</summary>
    public string Map => Path.GetFileNameWithoutExtension(File);

    /// <summary><c>mappings/hl7v2/segments/PID-Patient.yaml:12</c>.</summary>
    public string Place => $"{File}:{Line}";
}
