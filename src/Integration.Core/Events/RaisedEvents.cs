using Integration.Core.Delivery;

namespace Integration.Core.Events;

/// <summary>What was put into a batch.</summary>
/// <param name="Events">Those that were not stored before.</param>
/// <param name="Deliveries">One for each of them and each destination that hears it.</param>
public sealed record RaisedEvents(IReadOnlyList<EventDocument> Events, IReadOnlyList<DeliveryDocument> Deliveries)
{
    /// <summary>Nothing happened.</summary>
    public static readonly RaisedEvents None = new([], []);
}
