namespace Integration.HospitalDay;

/// <summary>One visit as it stands now; changed with <c>with</c> as the day goes on.</summary>
/// <param name="Number">PV1-19.</param>
/// <param name="Class">PV1-2, HL7 table 0004: O, I, E, P.</param>
/// <param name="Location">PV1-3.</param>
internal sealed record Visit(Person Person, string Number, char Class, Department Department, string Location, DateTime Begun)
{
    /// <summary>PV1-6; empty until moved.</summary>
    public string PriorLocation { get; init; } = "";

    /// <summary>PV1-45; null while it lasts.</summary>
    public DateTime? Ended { get; init; }

    /// <summary>PV1-36, HL7 table 0112.</summary>
    public string Disposition { get; init; } = "";

    /// <summary>DG1-3 with DG1-6 as <c>code^text|type</c>, main one first.</summary>
    public IReadOnlyList<Diagnosis> Diagnoses { get; init; } = [];

    public Visit MoveTo(string location) => this with { PriorLocation = Location, Location = location };
}

/// <param name="Code">ICD-10 as Chinese hospitals extend it to six characters.</param>
/// <param name="Type">HL7 table 0052: A admitting, W working, F final.</param>
internal sealed record Diagnosis(string Code, string Text, char Type);
