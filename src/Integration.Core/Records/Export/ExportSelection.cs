namespace Integration.Core.Records.Export;

/// <summary>What is to be taken out of the record.</summary>
public sealed record ExportSelection
{
    /// <summary>FHIR R4 resource types; empty: all.</summary>
    public IReadOnlySet<string> Types { get; init; } = new HashSet<string>();

    /// <summary>Only what was changed, or deleted, at or after it; null: no matter when, and nothing that was deleted.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Leave out what belongs to nobody: staff, organisations, prices.</summary>
    public bool OfPatientsOnly { get; init; }

    /// <summary>Only what belongs to these golden records; null: no matter to whom.</summary>
    public IReadOnlyList<string>? Owners { get; init; }

    internal bool Takes(string type, string patientId, DateTimeOffset changed) =>
        (Types.Count == 0 || Types.Contains(type)) && (Since is null || changed >= Since) && (!OfPatientsOnly || patientId.Length > 0);
}
