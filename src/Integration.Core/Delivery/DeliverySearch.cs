namespace Integration.Core.Delivery;

/// <summary>A question for deliveries. Exactly what is set must hold.</summary>
/// <param name="MessageId">Those that one inbound message caused.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record DeliverySearch(
    string? Destination = null, DeliveryState? State = null, string? MessageId = null, int Limit = 50, string? After = null);

/// <summary>One page of deliveries, without content; those that came to rest or fall due last come first.</summary>
/// <param name="Next">Token of the next page; null when this is the last.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryDocument> Deliveries, string? Next);

/// <summary>What became of a wish to retry.</summary>
public enum RetryOutcome
{
    /// <summary>It waits to be sent now.</summary>
    Queued,

    /// <summary>There is no such delivery.</summary>
    Unknown,

    /// <summary>It was delivered already; sending it again would double it.</summary>
    AlreadyDone,
}
