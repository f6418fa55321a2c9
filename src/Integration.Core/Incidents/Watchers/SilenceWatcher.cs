using Integration.Core.Feeds;
using Integration.Core.Incidents.Rhythm;
using Integration.Core.Mapping;
using Integration.Core.Storage;

namespace Integration.Core.Incidents.Watchers;

/// <summary>Finds feeds that are silent at an hour at which they usually talk, and learns what is usual.</summary>
/// <remarks>Silence before the process started is not counted: nobody listened.</remarks>
public sealed class SilenceWatcher(IFeedBoard board, FeedActivity activity, FeedContexts contexts, IncidentSettings settings, IDocumentStore store) : IIncidentWatcher
{
    /// <summary>What a death of the process may cost of the learning.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, FeedRhythm> _rhythms = new(StringComparer.Ordinal);
    private DateTimeOffset? _started;
    private DateTimeOffset _saved;
    private long _counted;

    public IReadOnlyList<IncidentKind> Kinds { get; } = [IncidentKind.FeedSilent];

    public async ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var feeds = await board.GetAsync(cancellationToken);
        if (_started is null)
        {
            await LoadAsync(feeds, now, cancellationToken);
        }

        var minute = MinuteOf(now);
        Count(feeds, minute);
        await SaveAsync(now, cancellationToken);
        return [.. feeds.Where(feed => settings.Of(IncidentSubjects.OfFeed(feed.Name)).Watches(IncidentKind.FeedSilent)).Select(feed => Judge(feed, now))];
    }

    private static long MinuteOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;

    private Observation Judge(FeedStatus feed, DateTimeOffset now)
    {
        var subject = IncidentSubjects.OfFeed(feed.Name);
        var rules = settings.Of(subject);
        var shortest = rules.Times[IncidentKind.FeedSilent];
        var from = feed.LastReceived is { } last && last > _started ? last : _started ?? now;
        var silence = now - from;
        if (feed.LastReceived >= _started && silence < shortest)
        {
            return Observation.Good(IncidentKind.FeedSilent, subject);
        }

        var judgement = rules.LearnRhythm ? _rhythms[feed.Name].Judge(MinuteOf(from) + 1, MinuteOf(now)) : default;
        var isSilent = silence >= shortest && (judgement.IsLearnt ? judgement.IsUnusual : silence > rules.ExpectedEvery);
        return isSilent
            ? Observation.Bad(IncidentKind.FeedSilent, subject, from, TimeSpan.Zero, ("minutes", IncidentWords.Number(silence.TotalMinutes)))
            : Observation.Unknown(IncidentKind.FeedSilent, subject);
    }

    private async ValueTask LoadAsync(IReadOnlyList<FeedStatus> feeds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var feed in feeds)
        {
            var stored = await store.GetAsync(Collections.FeedRhythms, feed.Name, withPayload: false, cancellationToken);
            _rhythms[feed.Name] = new FeedRhythm(
                stored is null ? null : Collections.FeedRhythms.Read(stored), contexts.Of(feed.Name).TimeZone, settings.Holidays);
        }

        // The minute that runs was not watched from its beginning.
        (_started, _saved, _counted) = (now, now, MinuteOf(now));
    }

    /// <summary>Counts the minutes that have passed since the last look, as far back as the activity reaches.</summary>
    private void Count(IReadOnlyList<FeedStatus> feeds, long minute)
    {
        if (minute <= _counted + 1)
        {
            return;
        }

        foreach (var feed in feeds)
        {
            var talk = activity.PerMinute(feed.Name);   // the running minute last
            for (var passed = Math.Max(_counted + 1, minute - talk.Count + 1); passed < minute; passed++)
            {
                _rhythms[feed.Name].Count(passed, talk[(int)(talk.Count - 1 - (minute - passed))] > 0);
            }
        }

        _counted = minute - 1;
    }

    private async ValueTask SaveAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - _saved < SaveEvery)
        {
            return;
        }

        var batch = new WriteBatch();
        foreach (var (feed, rhythm) in _rhythms)
        {
            batch.Add(Collections.FeedRhythms.Put(rhythm.ToDocument(feed), expectedVersion: null));
        }

        await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        _saved = now;
    }
}
