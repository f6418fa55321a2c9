using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Parsing;
using Integration.Core.Records;
using Integration.Core.Storage;

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

    /// <summary>The first patient of a message about two, once the stages run for the second; null before, and for almost every message.</summary>
    public (MappingResult Mapping, IdentityResult Identity)? FirstPatient { get; private set; }

    /// <summary>Set by record.</summary>
    public RecordResult? Record { get; set; }

    /// <summary>Everything this message changes. Atomic with the message's own new state.</summary>
    public WriteBatch Batch { get; } = new();

    public List<MessageIssue> Issues { get; } = [];

    public List<MessageChange> Changes { get; } = [];

    /// <summary>What deliver added to <see cref="Batch"/>.</summary>
    public List<DeliveryDocument> Deliveries { get; } = [];

    /// <summary>Why what the message says of two patients cannot be committed together; null when it can, and for a message about one.</summary>
    public MessageIssue? Entanglement() => FirstPatient is not null && Batch.WritesTwice
        ? MessageIssue.Error(IntegrationErrorCode.PatientsNotApart, "PID", "What the message says of one patient changes the record of the other.")
        : null;

    /// <summary>Turns to the second patient of a message about two, when all is done for the first; both are committed together.</summary>
    /// <returns>False when there is nobody else.</returns>
    public bool TakeSecondPatient()
    {
        if (Mapping?.SecondPatient is not { } second)
        {
            return false;
        }

        FirstPatient = (Mapping, Identity!);
        (Mapping, Identity, Record) = (second, null, null);
        return true;
    }
}
