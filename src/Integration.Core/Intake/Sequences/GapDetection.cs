namespace Integration.Core.Intake.Sequences;

/// <summary>By what a feed notices that a message of a sender is missing.</summary>
public enum GapDetection
{
    /// <summary>
    /// The sequence number of the header, HL7 MSH-13, where the sender fills it; by that it says that it counts (HL7 v2.5.1 §2.10.1).
    /// The default: a sender that does not count is never blamed.
    /// </summary>
    SequenceNumber,

    /// <summary>
    /// The control id, where it is a whole number. Only for senders that give this feed every number: many count over all their
    /// receivers, and what went elsewhere would be reported as missing.
    /// </summary>
    ControlId,

    /// <summary>Nothing.</summary>
    Off,
}
