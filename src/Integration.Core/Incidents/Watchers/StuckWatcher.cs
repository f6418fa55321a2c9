using Integration.Core.Pipeline;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents.Watchers;

/// <summary>Messages that keep a stage busy far longer than any should; <see cref="StageWatch"/> sets them aside in the end.</summary>
public sealed class StuckWatcher(RunningMessages running, IncidentSettings settings) : IIncidentWatcher
{
    public IReadOnlyList<IncidentKind> Kinds { get; } = [MessageStuck];

    public ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seen = new List<Observation>();
        foreach (var feed in running.All.Where(IsWatched).GroupBy(run => run.Waiting.Message.Feed, StringComparer.Ordinal))
        {
            var longest = feed.MaxBy(run => run.ElapsedInStage)!;
            seen.Add(Observation.Bad(
                MessageStuck, IncidentSubjects.OfFeed(feed.Key), now - longest.ElapsedInStage, TimeSpan.Zero,
                ("stage", longest.Stage), ("message", longest.Waiting.Message.Id), ("minutes", IncidentWords.Number(longest.ElapsedInStage.TotalMinutes))));
        }

        return new(seen);
    }

    /// <summary>A run that waits for the store is not stuck, nor one that commits.</summary>
    private bool IsWatched(RunningMessage run) =>
        run.Stage is not (RunningMessage.Pausing or MessagePipeline.CommitStage)
        && settings.Of(IncidentSubjects.OfFeed(run.Waiting.Message.Feed)).Times[MessageStuck] is var limit && limit != IncidentRules.Never && run.ElapsedInStage > limit;
}
