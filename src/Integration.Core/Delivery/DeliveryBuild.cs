namespace Integration.Core.Delivery;

/// <summary>Puts made content into a delivery.</summary>
internal static class DeliveryBuild
{
    /// <summary>With the bytes; or moved aside with the first issue when there are none.</summary>
    public static DeliveryDocument Apply(DeliveryDocument delivery, OutboundContent content, DateTimeOffset now) => content.Issues.Count == 0
        ? delivery with { Content = content.Bytes, ContentBytes = content.Bytes.Length }
        : delivery with
        {
            Content = ReadOnlyMemory<byte>.Empty,
            ContentBytes = 0,
            State = DeliveryState.Failed,
            Failure = DeliveryFailure.NotBuilt,
            LastError = content.Issues[0],
            NextAttempt = now,
        };
}
