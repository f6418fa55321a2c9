using Integration.Core.FollowUps;
using Integration.Core.Retention;
using Integration.Host.Security;
using Quartz;

namespace Integration.Host.Jobs;

/// <summary>
/// Quartz only wakes (docs/adr/0005): each job looks in the store for what is due, so that a job that fires twice, late or not at all changes nothing. Nothing
/// of Quartz is stored.
/// </summary>
internal static class JobRegistration
{
    private static readonly TimeSpan CalendarInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ExportPruningInterval = TimeSpan.FromMinutes(1);

    /// <summary>Waits before the first round of retention: a start has enough to do.</summary>
    private static readonly TimeSpan RetentionFirstAfter = TimeSpan.FromMinutes(1);

    /// <summary>Settings that cannot be used have their defaults here; the start reports them.</summary>
    public static IServiceCollection AddEngineJobs(this IServiceCollection services, IConfiguration configuration)
    {
        var now = TimeProvider.System.GetUtcNow();
        var retention = RetentionSettings.EveryOf(configuration);
        services.KeepQuiet("Quartz", LogLevel.Warning);
        services.AddQuartz(quartz =>
        {
            Add<DueWorkJob>(quartz, FollowUpSettings.SweepOf(configuration), now);
            Add<CalendarJob>(quartz, CalendarInterval, now);
            Add<RetentionJob>(quartz, retention, now + (retention < RetentionFirstAfter ? retention : RetentionFirstAfter));
            Add<ExportPruningJob>(quartz, ExportPruningInterval, now);
            AddFeeds(quartz, FeedSchedules.Read(configuration, now, []));
        });
        services.AddQuartzHostedService(quartz =>
        {
            quartz.WaitForJobsToComplete = true;

            // Otherwise the stop of an engine that could not start (its web port is taken) waits for a start that never comes.
            quartz.AwaitApplicationStarted = false;
        });
        return services;
    }

    private static void Add<T>(IQuartzBuilder quartz, TimeSpan interval, DateTimeOffset first)
        where T : IJob => quartz.ScheduleJob<T>(trigger => trigger.WithIdentity(typeof(T).Name).StartAt(first)
            .WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever()));

    private static void AddFeeds(IQuartzBuilder quartz, IReadOnlyList<FeedSchedule> schedules)
    {
        quartz.AddJob<FeedJob>(job => job.WithIdentity(nameof(FeedJob)).StoreDurably());
        foreach (var schedule in schedules)
        {
            quartz.AddTrigger<FeedJob>(trigger => trigger.ForJob(nameof(FeedJob)).WithIdentity(schedule.Key, schedule.Feed)
                .UsingJobData(FeedJob.Feed, schedule.Feed).WithCronSchedule(schedule.Times));
        }
    }
}
