using Integration.Core.Feeds;
using Quartz;

namespace Integration.Host.Jobs;

/// <summary>Wakes a feed whose time to ask has come. What it asks for, and from where on, it knows from the store.</summary>
internal sealed class FeedJob(FeedWakeUps wakeUps) : IJob
{
    /// <summary>Name of the feed, among the data of each trigger.</summary>
    public const string Feed = "feed";

    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        wakeUps.Wake(context.MergedJobDataMap.GetString(Feed)!);
        return ValueTask.CompletedTask;
    }
}
