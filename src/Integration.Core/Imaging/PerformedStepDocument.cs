using System.Text.Json.Serialization;

namespace Integration.Core.Imaging;

/// <summary>
/// A document of <c>performedSteps</c>: an examination as the device that does it has told it so far (MPPS, DICOM PS3.4 §F). A device tells its end by what
/// changed alone, so that what came before must be at hand.
/// </summary>
public sealed record PerformedStepDocument
{
    [JsonIgnore]
    public string Id => StudyDocument.IdOf(Feed, StepUid);

    public required string Feed { get; init; }

    /// <summary>SOP Instance UID of the step.</summary>
    public required string StepUid { get; init; }

    /// <summary>Everything that was told of it, in DICOM JSON; empty once the step has ended, since nothing may be added then.</summary>
    public required string Attributes { get; init; }

    /// <summary>Its last state, <c>COMPLETED</c> or <c>DISCONTINUED</c>, has been told (PS3.4 §F.7.2.2).</summary>
    public bool HasEnded { get; init; }
}
