using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Parsing;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Core.Vitals;

namespace Integration.Core.Pipeline;

/// <summary>One run of one message. Each stage sets one property; writes gather in <see cref="Batch"/> and are committed once, at the end.</summary>
public sealed class MessageContext(JournaledMessage message, FeedContext feed)
{
    public JournaledMessage Message { get; } = message;

    public FeedContext Feed { get; } = feed;

    /// <summary>Set by parse.</summary>
    public ISourceDocument? Document { get; set; }

    /// <summary>Set by map: what the message says of the patient whom the stages run for.</summary>
    public MappingResult? Mapping { get; set; }

    /// <summary>Set by identify.</summary>
    public IdentityResult? Identity { get; set; }

    /// <summary>The patients of a message about several for whom the stages have run, in that order; empty for almost every message.</summary>
    public IReadOnlyList<(MappingResult Mapping, IdentityResult Identity)> EarlierPatients { get; private set; } = [];

    /// <summary>The first patient of a message about several, once the stages run for the next; null before, and for almost every message.</summary>
    public (MappingResult Mapping, IdentityResult Identity)? FirstPatient => EarlierPatients.Count > 0 ? EarlierPatients[0] : null;

    /// <summary>Set by identify: two numbers stand apart by this message, or stay as they are, and that is all that is taken of it.</summary>
    public bool IsUnlinked { get; set; }

    /// <summary>Set by record.</summary>
    public RecordResult? Record { get; set; }

    /// <summary>Set by record: readings of a device, each with the reference of the Observation that says it; empty for every other message.</summary>
    internal IReadOnlyList<(VitalReading Reading, string Reference)> DeviceReadings { get; set; } = [];

    /// <summary>Set by follow up: what the changes of <see cref="Record"/> are to the world outside, those that a replay finds told among them.</summary>
    public IReadOnlyList<EventDocument> Events { get; set; } = [];

    /// <summary>Everything this message changes. Atomic with the message's own new state.</summary>
    public WriteBatch Batch { get; } = new();

    public List<MessageIssue> Issues { get; } = [];

    public List<MessageChange> Changes { get; } = [];

    /// <summary>What follow up and deliver added to <see cref="Batch"/>.</summary>
    public List<DeliveryDocument> Deliveries { get; } = [];

    /// <summary>Why what the message says of two patients cannot be committed together; null when it can, and for a message about one.</summary>
    public MessageIssue? Entanglement() => FirstPatient is not null && Batch.WritesTwice
        ? MessageIssue.Error(IntegrationErrorCode.PatientsNotApart, "PID", "What the message says of one patient changes the record of the other.")
        : null;

    /// <summary>Turns to the next patient of a message about several, when all is done for one; all are committed together.</summary>
    /// <returns>False when there is nobody else.</returns>
    public bool TakeSecondPatient()
    {
        if (IsUnlinked || Mapping?.SecondPatient is not { } second)
        {
            return false;
        }

        EarlierPatients = [.. EarlierPatients, (Mapping, Identity!)];
        (Mapping, Identity, Record, Events) = (second, null, null, []);
        return true;
    }
}
