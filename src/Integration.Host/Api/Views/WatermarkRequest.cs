namespace Integration.Host.Api.Views;

/// <summary>Where a feed shall go on.</summary>
/// <param name="Watermark">As <c>place.watermark</c> of the feed shows it; null or empty: from the beginning.</param>
/// <param name="Reason">Why, for the audit; required, at most 500 characters.</param>
internal sealed record WatermarkRequest(string? Watermark, string? Reason);
