using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Delivery;

/// <summary>What is sent for a delivery whose bytes are not kept. Safe for many threads.</summary>
public sealed class DeliveryContents(IDocumentStore store, PatientRecordStore records)
{
    private readonly RecordView _reader = new(store, []);

    /// <summary>A message from the record as it is now; an event as it was when it happened; what patients are written, from the record too.</summary>
    public async ValueTask<OutboundContent> MakeAsync(ConfiguredDestination destination, DeliveryDocument delivery, CancellationToken cancellationToken)
    {
        if (delivery.EventId is { } eventId)
        {
            if (await store.GetAsync(Collections.Events, eventId, withPayload: false, cancellationToken) is not { } stored)
            {
                return Missing("The event is not kept any more.");
            }

            var e = Collections.Events.Read(stored);
            return destination.Adapter is IPatientMessageAdapter messages
                ? await messages.BuildAsync(e, cancellationToken)
                : new OutboundContent(CloudEvent.Write(e, destination.Options.Grants, destination.Options.EventSource), []);
        }

        if (await records.GetResourceAsync(delivery.Reference, cancellationToken) is not { } focus)
        {
            return Missing("The record no longer holds the resource.");
        }

        var before = delivery.VersionBefore is { } version ? await records.GetVersionAsync(delivery.Reference, version, cancellationToken) : null;
        return await destination.BuildAsync(delivery, focus, before, _reader, cancellationToken);
    }

    private static OutboundContent Missing(string text) => new(default, [MessageIssue.Error(IntegrationErrorCode.OutboundValueMissing, "", text)]);
}
