namespace Integration.Core.Identity;

/// <summary>How sure it is that a golden record is the person asked for. FHIR R4 match-grade.</summary>
public enum PatientMatchGrade
{
    /// <summary>A message that said the same would be filed there, and nothing speaks against it.</summary>
    Certain,

    /// <summary>A message that said the same would be filed there, yet name, sex or birth date differ, or it would make one record of several.</summary>
    Probable,

    /// <summary>A number is the same and the rest contradicts it, or a matcher proposes it: a person has to look.</summary>
    Possible,

    /// <summary>A number is the same, and a person has decided that they are two.</summary>
    CertainlyNot,
}

/// <summary>A golden record that a description of a person may mean.</summary>
/// <param name="Identifier">The number it was found by; null when a matcher proposed it.</param>
/// <param name="Score">0 to 1, highest first: the probability that a matcher states, otherwise a rank of the grade.</param>
public sealed record PatientMatch(string PatientId, PatientIdentifier? Identifier, PatientMatchGrade Grade, decimal Score);
