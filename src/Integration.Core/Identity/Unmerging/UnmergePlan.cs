using Integration.Core.Events;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Identity.Unmerging;

/// <summary>Numbers that are to be a patient of their own again.</summary>
/// <param name="PatientId">The golden record that stands.</param>
/// <param name="Identities">Keys (<c>authority|value</c>) of the numbers that go.</param>
/// <param name="Decided">As of when they are two people (UTC): an event time, or now.</param>
/// <param name="DecidedBy">A person's name, or the message.</param>
/// <param name="Reason">Of the decisions, e.g. <c>unlinked-by-message</c>.</param>
/// <param name="Cause">Id of the message, or of the deed.</param>
/// <param name="Feed">Null when a person decided.</param>
/// <param name="MayBeStored">See <see cref="EventDocument.MayBeStored"/>.</param>
internal sealed record UnmergeOrder(
    string PatientId, IReadOnlyCollection<string> Identities, DateTimeOffset Decided, string DecidedBy, string Reason, string Cause, string? Feed, bool MayBeStored);

/// <summary>Why nothing can be parted.</summary>
public enum UnmergeRefusal
{
    /// <summary>No record of that patient.</summary>
    NoPatient,

    /// <summary>A number named is not linked to this record.</summary>
    NotOfPatient,

    /// <summary>The numbers named and the rest have always been one patient's.</summary>
    NeverMerged,
}

/// <summary>All that an unmerge writes; to be committed in one batch with <see cref="Event"/>.</summary>
/// <param name="PatientId">The golden record that stays.</param>
/// <param name="UnmergedPatientId">The golden record that stands again.</param>
/// <param name="Identities">Keys of the identities that went there.</param>
/// <param name="Changes">What became of resources.</param>
internal sealed record UnmergePlan(
    string PatientId, string UnmergedPatientId, IReadOnlyList<string> Identities, IReadOnlyList<DocumentWrite> Writes, IReadOnlyList<MessageChange> Changes, EventDocument Event);
