namespace Integration.Host.Api.Views;

/// <summary>Numbers that shall be a patient of their own again.</summary>
/// <param name="Identifiers">Each with its authority, <c>urn:authority:HIS|10001</c>; required.</param>
/// <param name="Reason">Why, for the audit; required, at most 500 characters.</param>
internal sealed record UnmergeRequest(IReadOnlyList<string>? Identifiers, string? Reason);

/// <summary>Two patients that were one.</summary>
/// <param name="PatientId">Id of the record that stays.</param>
/// <param name="UnmergedPatientId">Id of the record that stands again: the one that was merged away, where there was one.</param>
/// <param name="Identifiers">All numbers that went there.</param>
internal sealed record UnmergeView(string PatientId, string UnmergedPatientId, IReadOnlyList<string> Identifiers);
