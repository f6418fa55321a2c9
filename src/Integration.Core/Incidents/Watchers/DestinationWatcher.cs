using Integration.Core.Delivery;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents.Watchers;

/// <summary>Destinations that are away, slow or refuse. A planned downtime is none of that.</summary>
public sealed class DestinationWatcher(IDestinationBoard board, IncidentSettings settings) : IIncidentWatcher
{
    private readonly RecentCounts _recent = new();

    public IReadOnlyList<IncidentKind> Kinds { get; } = [DestinationAway, DestinationBacklog, DestinationFailures];

    public async ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seen = new List<Observation>();
        foreach (var destination in await board.GetAsync(cancellationToken))
        {
            var subject = IncidentSubjects.OfDestination(destination.Name);
            var rules = settings.Of(subject);
            if (rules.Watches(DestinationAway))
            {
                seen.Add(OfAnswers(destination, subject, rules.Times[DestinationAway]));
            }

            if (rules.Watches(DestinationBacklog))
            {
                seen.Add(OfBacklog(destination, subject, rules.Times[DestinationBacklog], now));
            }

            if (rules.Watches(DestinationFailures))
            {
                seen.Add(OfFailures(destination, subject, rules, now));
            }
        }

        return seen;
    }

    private static Observation OfAnswers(DestinationStatus destination, string subject, TimeSpan after) => destination.Activity switch
    {
        { PlannedUntil: not null } => Observation.Unknown(DestinationAway, subject),
        { Since: { } since } away => Observation.Bad(
            DestinationAway, subject, since, after, ("waiting", IncidentWords.Number(destination.Counts[DeliveryState.Waiting])), ("reason", away.LastError?.Text ?? "")),
        _ => Observation.Good(DestinationAway, subject),
    };

    /// <summary>While it is away, that is what is told; the queue follows from it.</summary>
    private static Observation OfBacklog(DestinationStatus destination, string subject, TimeSpan after, DateTimeOffset now)
    {
        if (destination.Activity is { PlannedUntil: not null } or { Since: not null })
        {
            return Observation.Unknown(DestinationBacklog, subject);
        }

        var age = destination.OldestWaiting is { } oldest ? now - oldest : TimeSpan.Zero;
        return Observation.Of(
            age > after, DestinationBacklog, subject, null,
            ("waiting", IncidentWords.Number(destination.Counts[DeliveryState.Waiting])), ("minutes", IncidentWords.Number(age.TotalMinutes)));
    }

    private Observation OfFailures(DestinationStatus destination, string subject, IncidentRules rules, DateTimeOffset now)
    {
        var over = rules.Times[DestinationFailures];
        var (_, failed) = _recent.Add(destination.Name, destination.Counts.Values.Sum(), destination.Counts[DeliveryState.Failed], over, now);
        return Observation.Of(
            failed >= rules.FailuresAtLeast, DestinationFailures, subject, null, ("failed", IncidentWords.Number(failed)), ("minutes", IncidentWords.Number(over.TotalMinutes)));
    }
}
