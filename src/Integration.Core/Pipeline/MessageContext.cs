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

    /// <summary>Set by map.</summary>
    public MappingResult? Mapping { get; set; }

    /// <summary>Set by identify.</summary>
    public IdentityResult? Identity { get; set; }

    /// <summary>Set by record.</summary>
    public RecordResult? Record { get; set; }

    /// <summary>Everything this message changes. Atomic with the message's own new state.</summary>
    public WriteBatch Batch { get; } = new();

    public List<MessageIssue> Issues { get; } = [];

    public List<MessageChange> Changes { get; } = [];

    /// <summary>What deliver added to <see cref="Batch"/>.</summary>
    public List<DeliveryDocument> Deliveries { get; } = [];
}
