using Integration.Core.Intake;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents.Watchers;

/// <summary>Messages that fail, and failed ones that nobody takes up.</summary>
public sealed class FailureWatcher(MessageTally tally, MessageJournal journal, IncidentSettings settings) : IIncidentWatcher
{
    private readonly RecentCounts _recent = new();

    public IReadOnlyList<IncidentKind> Kinds { get; } = [FeedFailures, IncidentKind.DeadLetters];

    public async ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seen = new List<Observation>();
        foreach (var balance in tally.Snapshot())
        {
            var subject = IncidentSubjects.OfFeed(balance.Feed);
            var rules = settings.Of(subject);
            if (rules.Watches(FeedFailures))
            {
                seen.Add(OfFailures(balance, subject, rules, now));
            }

            if (rules.Watches(IncidentKind.DeadLetters))
            {
                var failed = balance.Counts[MessageState.Failed];
                var oldest = failed > 0 ? await journal.OldestFailedAsync(balance.Feed, cancellationToken) : null;
                seen.Add(Observation.Of(
                    now - oldest > rules.Times[IncidentKind.DeadLetters], IncidentKind.DeadLetters, subject, null,
                    ("failed", IncidentWords.Number(failed)), ("days", IncidentWords.Number((now - (oldest ?? now)).TotalDays))));
            }
        }

        return seen;
    }

    private Observation OfFailures(MessageBalance balance, string subject, IncidentRules rules, DateTimeOffset now)
    {
        var over = rules.Times[FeedFailures];
        var (received, failed) = _recent.Add(balance.Feed, balance.In, balance.Counts[MessageState.Failed], over, now);
        var isBad = failed >= rules.FailuresAtLeast && failed >= Math.Max(received, failed) * rules.FailuresPart;
        return Observation.Of(
            isBad, FeedFailures, subject, null, ("failed", IncidentWords.Number(failed)), ("received", IncidentWords.Number(Math.Max(received, failed))),
            ("minutes", IncidentWords.Number(over.TotalMinutes)));
    }
}
