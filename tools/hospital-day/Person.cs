namespace Integration.HospitalDay;

/// <summary>One invented person.</summary>
/// <param name="HisNumber">Patient number in the hospital information system.</param>
/// <param name="Family">Family name; for a name that is not split into two, the whole of it.</param>
/// <param name="Latin">Pinyin as <c>FAMILY^GIVEN</c>, sent as a second repetition of PID-5; empty when the source keeps none.</param>
/// <param name="Born">yyyyMMdd.</param>
/// <param name="ResidentId">18 characters; empty when the source does not know it.</param>
internal sealed record Person(string HisNumber, string Family, string Given, string Latin, char Sex, string Born, string ResidentId)
{
    /// <summary>PID-13, eleven digits; empty when not known.</summary>
    public string Phone { get; init; } = "";

    public string Address { get; init; } = "";

    /// <summary>PID-22, GB/T 3304.</summary>
    public string Ethnicity { get; init; } = "HA^汉族^GB3304";

    /// <summary>PID-16, HL7 table 0002.</summary>
    public string Marital { get; init; } = "";

    /// <summary>Plan: <c>01^城镇职工医保</c>; empty for who pays alone.</summary>
    public string Insurance { get; init; } = "";

    /// <summary>Next of kin; null when none was asked for.</summary>
    public Kin? Kin { get; init; }

    /// <summary>AL1-3 with AL1-4 and AL1-5.</summary>
    public IReadOnlyList<Allergy> Allergies { get; init; } = [];

    /// <summary>Number at the appointment desk, when that knows the person under its own; empty otherwise.</summary>
    public string DeskNumber { get; init; } = "";

    public string Name => Family + Given;
}

/// <param name="Relation">HL7 table 0063 code and text.</param>
internal sealed record Kin(string Family, string Given, string Relation, string Phone);

/// <param name="Substance">Code and text, AL1-3.</param>
/// <param name="Severity">Code and text, AL1-4.</param>
internal sealed record Allergy(string Substance, string Severity, string Reaction);
