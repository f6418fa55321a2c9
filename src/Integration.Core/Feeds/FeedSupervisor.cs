using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Microsoft.Extensions.Hosting;

namespace Integration.Core.Feeds;

/// <summary>A feed as configured.</summary>
/// <param name="Name">Key under <c>Feeds</c>.</param>
/// <param name="AdapterName"><c>Feeds:NAME:Adapter</c>, e.g. <c>Hl7v2.Mllp</c>.</param>
public sealed record ConfiguredFeed(string Name, string AdapterName, IInboundAdapter Adapter);

/// <summary>Starts the feeds, stops them before anything behind them stops, and tells how each is.</summary>
/// <remarks>Started last, so that nothing is taken in before it can be journaled and processed; the host stops services in reverse order.</remarks>
public sealed class FeedSupervisor(
    IReadOnlyList<ConfiguredFeed> feeds, MessageJournal journal, MessageTally tally, FeedActivity activity, DiskGuard disk)
    : IHostedService, IFeedBoard
{
    private volatile bool _running;

    /// <exception cref="ConfigurationException">One or more feeds cannot start; all of them are named.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var problems = new List<ConfigurationProblem>();
        foreach (var feed in feeds)
        {
            try
            {
                await feed.Adapter.StartAsync(cancellationToken);
            }
            catch (ConfigurationException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        _running = true;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _running = false;
        await Task.WhenAll(feeds.Select(f => f.Adapter.StopAsync(cancellationToken)));
        foreach (var feed in feeds)
        {
            await feed.Adapter.DisposeAsync();
        }
    }

    public async ValueTask<IReadOnlyList<FeedStatus>> GetAsync(CancellationToken cancellationToken)
    {
        var board = new List<FeedStatus>(feeds.Count);
        var lowDisk = disk.Problem;
        foreach (var feed in feeds)
        {
            var newest = activity.LastReceived(feed.Name)
                ?? (await journal.SearchAsync(new MessageSearch(Feed: feed.Name, Limit: 1), cancellationToken)).Messages.FirstOrDefault()?.Received;
            var notices = feed.Adapter.Notices.OrderByDescending(n => n.Level).ToList();
            var fault = notices.FirstOrDefault(n => n.Level == FeedNoticeLevel.Fault)?.Text;
            var state = !_running ? "stopped" : fault is not null ? "faulted" : lowDisk is not null ? "lowDisk" : "running";
            board.Add(new FeedStatus(
                feed.Name, feed.AdapterName, feed.Adapter.Description, state, fault ?? lowDisk, feed.Adapter.Connections,
                newest, activity.PerMinute(feed.Name), activity.PerSecond(feed.Name), tally.Of(feed.Name),
                await journal.OldestWaitingAsync(feed.Name, cancellationToken))
            {
                Notices = notices,
                Files = feed.Adapter.Files,
                Place = (feed.Adapter as IPlacedFeed)?.Place,
                Link = feed.Adapter.Transport.Link,
                Certificate = feed.Adapter.Transport.Certificate,
            });
        }

        return board;
    }
}
