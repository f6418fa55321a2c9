using Integration.Adapters.Shared.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>A feed that asks an archive, round after round, for its studies.</summary>
/// <param name="place">Of the archive, for people.</param>
/// <param name="owned">What rounds ask with, ended with the feed; null: nothing.</param>
internal sealed class StudyPollAdapter(
    string feed, string place, PollTimes times, StudyPoller poller, TlsIdentity? tls, IDisposable? owned, TimeProvider time, ILogger logger)
    : IInboundAdapter, IPlacedFeed
{
    private readonly PollLoop _loop = new(feed, "the archive", times, poller.PollAsync, time, logger);

    public string Feed => feed;

    public string Description { get; } = $"{place} {times}";

    public int? Connections => null;

    public IReadOnlyList<FeedNotice> Notices => _loop.Notice is { } notice ? [notice] : [];

    public TransportStatus Transport => new() { Link = _loop.Link, Certificate = tls?.Status };

    public FeedPlace? Place => poller.Place;

    public string Part => StudyPoller.Part;

    public string? ReadWatermark(string text) => StudyPoller.ReadWatermark(text);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loop.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        owned?.Dispose();
        tls?.Dispose();
    }

    /// <summary>One round, as the loop does it.</summary>
    internal Task RunAsync(CancellationToken stop) => _loop.RunAsync(stop);
}
