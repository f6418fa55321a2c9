namespace Integration.Core.Records;

/// <summary>What a message does to the record, as the stages after it see it. Nothing of it is committed yet.</summary>
/// <param name="Patient">The summary as it will be; null for reference data, which belongs to nobody.</param>
/// <param name="Changes">Resources that change, in mapping order; those that stay the same are left out.</param>
public sealed record RecordResult(PatientDocument? Patient, IReadOnlyList<RecordChange> Changes);

/// <summary>One resource that a message changes.</summary>
/// <param name="Before">Null for a new resource.</param>
/// <param name="After">The version that will be committed.</param>
public sealed record RecordChange(ResourceDocument? Before, ResourceDocument After);
