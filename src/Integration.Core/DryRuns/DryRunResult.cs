using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Work;

namespace Integration.Core.DryRuns;

/// <summary>What a message would do, had it been sent.</summary>
/// <param name="Issues">Of all stages; one of severity Error: the message would go to quarantine and change nothing.</param>
/// <param name="Record">Null for a message that would go to quarantine.</param>
public sealed record DryRunResult(MessageExplanation Explanation, IReadOnlyList<MessageIssue> Issues, RecordPreview? Record);

/// <summary>What would become of the record.</summary>
/// <param name="PatientId">Null: of a record that the message would open, or it is about no patient.</param>
/// <param name="IsAboutNobody">Reference data: staff, departments, prices.</param>
/// <param name="MergedPatientIds">Records that would join this one.</param>
/// <param name="Changes">Resources that would change, in mapping order.</param>
public sealed record RecordPreview(
    string? PatientId, bool IsAboutNobody, IReadOnlyList<string> MergedPatientIds, IReadOnlyList<ResourcePreview> Changes)
{
    /// <summary>What would be raised, in that order. Ids and the times of recording are those of this moment.</summary>
    public IReadOnlyList<EventDocument> Events { get; init; } = [];

    /// <summary>Due work that would be planned, moved or ended, soonest due first.</summary>
    public IReadOnlyList<FollowUpPreview> FollowUps { get; init; } = [];
}

/// <summary>What a message would do to one piece of due work.</summary>
/// <param name="IsNew">There is none yet.</param>
/// <param name="Work">As it would be stored.</param>
public sealed record FollowUpPreview(bool IsNew, FollowUpDocument Work);

/// <summary>What a message would do to one resource of the record.</summary>
/// <param name="Reference"><c>Type/id</c>.</param>
/// <param name="Action">See <see cref="Intake.MessageChange"/>.</param>
/// <param name="Elements">What differs from the stored version, in the order of the resource; all of it for a new one.</param>
/// <param name="Resource">As it would be stored: what was known and what the message says.</param>
public sealed record ResourcePreview(string Reference, string Action, IReadOnlyList<ElementDifference> Elements, JsonObject Resource);

/// <summary>One primitive of a resource, as it is and as it would be.</summary>
/// <param name="Path">FHIRPath: <c>Patient.name[0].family</c>.</param>
/// <param name="Before">A primitive; null when the element is new.</param>
/// <param name="After">A primitive; null when the element goes.</param>
public sealed record ElementDifference(string Path, JsonNode? Before, JsonNode? After);
