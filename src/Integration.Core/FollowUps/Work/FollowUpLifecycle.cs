using static Integration.Core.FollowUps.Work.FollowUpState;

namespace Integration.Core.FollowUps.Work;

/// <summary>What may follow what in the life of due work. Pure.</summary>
public static class FollowUpLifecycle
{
    /// <summary>States in which something is still to be done.</summary>
    public static IReadOnlyList<FollowUpState> Open { get; } = [Planned, Due, Claimed, Attempted];

    public static bool IsOpen(FollowUpState state) => state is Planned or Due or Claimed or Attempted;

    /// <summary>Whether a step is allowed. Staying is, while the work is open: attempts and reassignments repeat.</summary>
    public static bool Allows(FollowUpState from, FollowUpState to) => from switch
    {
        Planned => to != Attempted,
        Due => to != Planned,
        Claimed or Attempted => to != Planned,

        // What ended for want of the patient, or by a fault, may be taken up again; what the patient decided may not.
        Lost or Dead => to == Due,
        Cancelled => to is Planned or Due,
        _ => false,
    };

    /// <summary>Whether work that the engine told a patient by itself may go to a person after all, because no message arrived.</summary>
    public static bool MayBeHandedOver(FollowUpDocument work) => work is { State: Done, Reason: FollowUpReasons.Sent or FollowUpReasons.Bundled };
}
