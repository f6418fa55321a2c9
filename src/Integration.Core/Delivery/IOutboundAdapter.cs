using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Records;
using Integration.Core.Security;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Delivery;

/// <summary>One destination's transport and format. The engine decides what is sent, when, and what follows from the answer.</summary>
public interface IOutboundAdapter : IAsyncDisposable
{
    /// <summary>What it does in one line for the console, e.g. <c>MLLP to 10.0.0.5:6661 in GB 18030-2000</c>.</summary>
    string Description { get; }

    /// <summary>The certificate in use that ends first; null without TLS.</summary>
    CertificateStatus? Certificate => null;

    /// <summary>
    /// Sends once and waits for the answer. Called by one thread at a time, unless <see cref="IOutboundAdapterFactory.MaxParallel"/> allows more.
    /// Trouble of the destination is a result, never an exception.
    /// </summary>
    /// <param name="content">What <see cref="IMessageAdapter.BuildAsync"/> made for <paramref name="controlId"/>, or the event as <see cref="Events.CloudEvent"/>.</param>
    /// <param name="controlId">The same in every repeat: of a message its control id, of an event its id.</param>
    /// <param name="timeout">How long to wait for the answer. When it has passed, an answer that still comes must never count for a later call.</param>
    ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>A destination that is sent messages in a format of its own, e.g. HL7 v2.</summary>
public interface IMessageAdapter : IOutboundAdapter
{
    /// <summary>
    /// Makes the bytes to send. Sends nothing; safe for many threads. Runs inside the walk of the message that brought the change, so it must
    /// be quick and may read nothing but the record.
    /// </summary>
    /// <param name="controlId">Identifies the content to the destination, at most 20 characters.</param>
    ValueTask<OutboundContent> BuildAsync(OutboundSubject subject, string controlId, IRecordReader records, CancellationToken cancellationToken);
}

/// <summary>A destination that makes messages to patients out of events, and hears of no others.</summary>
public interface IPatientMessageAdapter : IOutboundAdapter
{
    /// <summary>How its provider is asked, and how it answers, as the file is now.</summary>
    GatewayDefinition Gateway { get; }

    /// <summary>What the provider's callbacks prove themselves with; null: the gateway has none.</summary>
    string? CallbackSecret { get; }

    /// <summary>Whether an event asks for a message to a patient.</summary>
    bool Wants(EventDocument e);

    /// <summary>Makes the bytes to send, once: repeats send the same. Sends nothing; safe for many threads.</summary>
    ValueTask<OutboundContent> BuildAsync(EventDocument e, CancellationToken cancellationToken);

    /// <summary>What would not fit together if these templates, gateways and rules were in use.</summary>
    IReadOnlyList<ConfigurationProblem> Check(MessagingSet messaging, FollowUpRuleSet rules);
}

/// <summary>One kind of outbound adapter, named in <c>Destinations:NAME:Adapter</c>.</summary>
public interface IOutboundAdapterFactory
{
    /// <summary>e.g. <c>Hl7v2.Mllp</c>.</summary>
    string Name { get; }

    /// <summary>Its destinations are sent events (<c>Events</c>); else messages (<c>Messages</c>), and the adapter is an <see cref="IMessageAdapter"/>.</summary>
    bool SendsEvents => false;

    /// <summary>What it sends reaches people, so that it is captured unless a site says otherwise, see <see cref="SandboxMode"/>.</summary>
    bool ReachesPeople => false;

    /// <summary>How many deliveries of different patients it may send at the same time; the limit of <c>Parallel</c>.</summary>
    int MaxParallel => 1;

    /// <summary>
    /// Every problem of this destination's settings, unknown keys among them; those of <see cref="DestinationSettings.Keys"/> are checked by the
    /// engine, except that only the adapter knows which <c>Messages</c> it can make. Empty: <see cref="Create"/> succeeds.
    /// </summary>
    IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context);

    IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context);
}

/// <summary>What a destination may know of the engine.</summary>
/// <param name="TimeZone">The engine's clock, where the destination sets none.</param>
public sealed record OutboundContext(OutboundMappings Mappings, TimeZoneInfo TimeZone)
{
    /// <summary>What patients are written, and how it is sent.</summary>
    public MessagingCatalog Messaging { get; init; } = new(MessagingSet.Empty, MessagingSettings.Usual, "mappings", TimeZone);

    /// <summary>Rules in use at start.</summary>
    public FollowUpRuleSet Rules { get; init; } = FollowUpRuleSet.Empty;
}

/// <summary>Bytes to send.</summary>
/// <param name="Issues">Why there are none; empty when there are.</param>
public sealed record OutboundContent(ReadOnlyMemory<byte> Bytes, IReadOnlyList<MessageIssue> Issues);

/// <summary>What became of one attempt. Closed set.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The destination has it (HL7 AA or CA).</summary>
    public sealed record Accepted : SendResult;

    /// <summary>The destination could not do it now (HL7 AE or CE): again, by the retry policy.</summary>
    public sealed record Refused(string Text) : SendResult;

    /// <summary>The destination will never take it (HL7 AR or CR): moved aside.</summary>
    public sealed record Rejected(string Text) : SendResult;

    /// <summary>The destination asks for a pause (HTTP 429, 503): nothing is sent to it until then, and this comes first.</summary>
    /// <param name="After">How long; null: it does not say.</param>
    public sealed record Busy(TimeSpan? After, string Text) : SendResult;

    /// <summary>The destination wants nothing any more (HTTP 410): all waits until a person acts, with an attempt an hour.</summary>
    public sealed record Gone(string Text) : SendResult;

    /// <summary>Sent, and no answer in time. The destination may have it or not.</summary>
    public sealed record TimedOut : SendResult;

    /// <summary>No connection, or it broke. The destination may have it or not.</summary>
    /// <param name="Reason">One line without data of the message.</param>
    public sealed record Unreachable(string Reason) : SendResult;
}
