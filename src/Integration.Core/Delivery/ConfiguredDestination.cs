using Integration.Core.Events;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Records;

namespace Integration.Core.Delivery;

/// <summary>A destination as configured.</summary>
/// <param name="AdapterName"><c>Destinations:NAME:Adapter</c>, e.g. <c>Hl7v2.Mllp</c>.</param>
public sealed record ConfiguredDestination(DestinationOptions Options, string AdapterName, IOutboundAdapter Adapter)
{
    public string Name => Options.Name;

    /// <summary>Whether changes that a feed brought are told here.</summary>
    public bool Hears(string feed) =>
        (Options.Echo || feed != Options.Feed) && (Options.From.Count == 0 || Options.From.Contains(feed));

    /// <summary>Whether an event is told here. What no feed brought is nobody's echo; a choice of feeds leaves it out.</summary>
    public bool HearsEvent(EventDocument e) =>
        Options.Events.Any(pattern => EventType.Matches(e.Type, pattern)) && (e.Feed is null ? Options.From.Count == 0 : Hears(e.Feed))
        && (Adapter is not IPatientMessageAdapter messages || messages.Wants(e));

    /// <summary>Makes the content of a delivery from a resource as it now is.</summary>
    /// <param name="before">The resource before the change that is told; null for a new one, and where that is not known any more.</param>
    public ValueTask<OutboundContent> BuildAsync(
        DeliveryDocument delivery, ResourceDocument focus, ResourceDocument? before, IRecordReader records, CancellationToken cancellationToken) =>
        ((IMessageAdapter)Adapter).BuildAsync(
            new OutboundSubject(delivery.Trigger, delivery.PatientId, focus.Resource, delivery.Occurred, delivery.Created) { Before = before?.Resource },
            delivery.ControlId, records, cancellationToken);
}
