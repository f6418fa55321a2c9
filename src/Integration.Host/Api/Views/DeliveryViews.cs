using System.ComponentModel;
using Integration.Core.Delivery;
using Integration.Core.Security;

namespace Integration.Host.Api.Views;

/// <summary>One destination as it stands now.</summary>
internal sealed record DestinationView(
    string Name,
    string Adapter,
    string Description,
    [property: Description("Messages that it is told, e.g. ADT_A08.")] IReadOnlyList<string> Messages,
    [property: Description("Events that it is told, e.g. appointment.*.")] IReadOnlyList<string> Events,
    [property: Description("It captures what it would send.")] bool Sandboxed,
    [property: Description("closed: sending; open: it counts as away; halfOpen: the next attempt decides; planned: switched off on purpose.")] CircuitState Circuit,
    [property: Description("When it stopped answering; null when it answers.")] DateTimeOffset? Since,
    [property: Description("When its planned downtime is over; null when there is none now.")] DateTimeOffset? PlannedUntil,
    [property: Description("Since the start; null when there was none.")] IssueView? LastError,
    DateTimeOffset? LastDelivered,
    [property: Description("Attempts since the start that were not the first of their delivery.")] long Repeats,
    IReadOnlyDictionary<DeliveryState, long> Counts,
    DateTimeOffset? OldestWaiting,
    [property: Description("The certificate in use that ends first; null without TLS. expiring: within 30 days.")] CertificateStatus? Certificate)
{
    public static DestinationView Of(DestinationStatus status) => new(
        status.Name, status.Adapter, status.Description, status.Messages, status.Events, status.IsSandboxed, status.Activity.Circuit, status.Activity.Since, status.Activity.PlannedUntil,
        status.Activity.LastError is { } error ? IssueView.Of(error) : null, status.Activity.LastDelivered, status.Activity.Repeats, status.Counts, status.OldestWaiting,
        status.Certificate);
}

/// <summary>One delivery.</summary>
internal sealed record DeliveryView(
    string Id,
    string Destination,
    [property: Description("What is told: a message such as ADT_A08, or the type of the event.")] string Trigger,
    [property: Description("The event; null for a message.")] string? EventId,
    DeliveryState State,
    [property: Description("Why it failed; null when it did not.")] DeliveryFailure? Failure,
    [property: Description("HL7 MSH-10; the same in every repeat.")] string ControlId,
    [property: Description("Inbound message that brought the change, or whatever else caused the event.")] string MessageId,
    [property: Description("Resource that changed, Type/id; of an event its subject.")] string Reference,
    string PatientId,
    DateTimeOffset Created,
    [property: Description("Waiting: when it is due. Else: when it came to rest.")] DateTimeOffset NextAttempt,
    int Attempts,
    int ContentBytes,
    IssueView? LastError)
{
    public static DeliveryView Of(DeliveryDocument delivery) => new(
        delivery.Id, delivery.Destination, delivery.Trigger, delivery.EventId, delivery.State, delivery.Failure, delivery.ControlId, delivery.MessageId, delivery.Reference,
        delivery.PatientId, delivery.Created, delivery.NextAttempt, delivery.Attempts, delivery.ContentBytes, delivery.LastError is { } error ? IssueView.Of(error) : null);
}

/// <summary>One delivery with what is sent.</summary>
internal sealed record DeliveryContentView(DeliveryView Delivery, [property: Description("The bytes to send, base64; empty when they could not be made.")] byte[] Content);

/// <summary>How many deliveries wait again.</summary>
internal sealed record RetriedView(int Retried);

/// <summary>Which deliveries of a destination to send again.</summary>
internal sealed record RedeliveryRequest(
    [property: Description("Created at or after; absent: from the first.")] DateTimeOffset? From,
    [property: Description("Created before; absent: to the last.")] DateTimeOffset? Below,
    [property: Description("Events that were delivered too.")] bool WithDone);
