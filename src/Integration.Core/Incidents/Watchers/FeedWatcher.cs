using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents.Watchers;

/// <summary>What the board of feeds says: link, faults, backlog, gaps, certificate.</summary>
public sealed class FeedWatcher(IFeedBoard board, SequenceWatch sequences, IncidentSettings settings) : IIncidentWatcher
{
    /// <summary>So many must wait for growth alone to be a backlog.</summary>
    private const long ManyWaiting = 1000;

    private readonly Dictionary<string, (long Waiting, DateTimeOffset Since)> _growing = new(StringComparer.Ordinal);

    public IReadOnlyList<IncidentKind> Kinds { get; } = [FeedDisconnected, FeedFaulted, FeedBacklog, SequenceGap];

    public async ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seen = new List<Observation>();
        foreach (var feed in await board.GetAsync(cancellationToken))
        {
            var subject = IncidentSubjects.OfFeed(feed.Name);
            var rules = settings.Of(subject);
            if (rules.Watches(FeedDisconnected) && feed.Link is { } link)
            {
                seen.Add(OfLink(link, subject, rules.Times[FeedDisconnected]));
            }

            if (rules.Watches(FeedFaulted))
            {
                var fault = feed.Notices.FirstOrDefault(notice => notice.Level == FeedNoticeLevel.Fault);
                seen.Add(fault is null ? Observation.Good(FeedFaulted, subject) : Observation.Bad(FeedFaulted, subject, null, rules.Times[FeedFaulted], ("reason", fault.Text)));
            }

            if (rules.Watches(FeedBacklog))
            {
                seen.Add(OfBacklog(feed, subject, rules.Times[FeedBacklog], now));
            }

            if (rules.Watches(SequenceGap))
            {
                seen.Add(await OfGapsAsync(feed.Name, subject, rules.Times[SequenceGap], cancellationToken));
            }
        }

        return seen;
    }

    private static Observation OfLink(LinkStatus link, string subject, TimeSpan after) => link.State == LinkStatus.Connected
        ? new Observation(FeedDisconnected, subject, Condition.Good, link.Since, after, new Dictionary<string, string> { ["reason"] = "The connection comes and goes." })
        : Observation.Bad(FeedDisconnected, subject, link.Since, after, ("reason", link.Problem ?? ""));

    private Observation OfBacklog(FeedStatus feed, string subject, TimeSpan after, DateTimeOffset now)
    {
        var waiting = feed.Counts[MessageState.Waiting];
        var (before, since) = _growing.GetValueOrDefault(feed.Name, (waiting, now));
        since = waiting < before || waiting < ManyWaiting ? now : since;
        _growing[feed.Name] = (waiting, since);
        var age = feed.OldestWaiting is { } oldest && waiting > 0 ? now - oldest : TimeSpan.Zero;
        return Observation.Of(
            age > after || now - since > after, FeedBacklog, subject, null,
            ("waiting", IncidentWords.Number(waiting)), ("minutes", IncidentWords.Number(age.TotalMinutes)));
    }

    private async ValueTask<Observation> OfGapsAsync(string feed, string subject, TimeSpan after, CancellationToken cancellationToken)
    {
        var (senders, _) = await sequences.ListAsync(feed, limit: 1, after: null, cancellationToken);
        return senders is [{ MissingCount: > 0 } worst]
            ? Observation.Bad(SequenceGap, subject, worst.Missing.Min(range => range.Noticed), after, ("sender", worst.Sender), ("missing", IncidentWords.Number(worst.MissingCount)))
            : Observation.Good(SequenceGap, subject);
    }
}
