using Integration.Core.Events.Record;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Planning;

/// <summary>One piece of work that a rule would make.</summary>
/// <param name="Subject"><c>Type/id</c>; null when a day of the calendar would bring it.</param>
public sealed record PreviewHit(string PatientId, string? Subject, string Episode, int Step, DateTimeOffset DueAt);

/// <summary>What a preview found.</summary>
/// <param name="Hits">By due time, at most as many as were asked for.</param>
/// <param name="Total">All of them.</param>
/// <param name="LookedAt">Resources, or patients and days, that the rule was asked about.</param>
public sealed record PreviewResult(IReadOnlyList<PreviewHit> Hits, int Total, int LookedAt);

/// <summary>
/// Whom a rule hits in a period, by the record as it is now: nothing is planned, sent or written. A resource counts where its present state is one that would raise
/// an event of the rule. Safe for many threads.
/// </summary>
public sealed class RulePreview(IDocumentStore store, FollowUpRuleCatalog catalog, CalendarPlanner days, TimeProvider clock)
{
    /// <summary>The longest period of one preview.</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(400);

    private const int PageSize = 1000;

    /// <summary>How far from the period the resources of a rule may lie when its delay depends on them.</summary>
    private static readonly TimeSpan UnknownDelay = TimeSpan.FromDays(120);

    /// <param name="rule">In use or not.</param>
    /// <param name="from">Due at or after (UTC).</param>
    /// <param name="below">Due before (UTC).</param>
    /// <param name="limit">Most hits that are listed.</param>
    public async ValueTask<PreviewResult> RunAsync(FollowUpRule rule, DateTimeOffset from, DateTimeOffset below, int limit, CancellationToken cancellationToken)
    {
        var hits = new Dictionary<string, PreviewHit>(StringComparer.Ordinal);
        var looked = rule.Calendar is null
            ? await OfEventsAsync(rule, from, below, hits, cancellationToken)
            : await OfCalendarAsync(rule, from, below, hits, cancellationToken);
        return new PreviewResult([.. hits.Values.OrderBy(hit => hit.DueAt).ThenBy(hit => hit.PatientId, StringComparer.Ordinal).Take(limit)], hits.Count, looked);
    }

    private async ValueTask<int> OfCalendarAsync(
        FollowUpRule rule, DateTimeOffset from, DateTimeOffset below, Dictionary<string, PreviewHit> hits, CancellationToken cancellationToken)
    {
        var calendar = catalog.Current.Calendar;
        var looked = 0;
        for (var day = calendar.DayOf(from).AddDays(-1); day <= calendar.DayOf(below); day = day.AddDays(1))
        {
            await foreach (var patient in days.PatientsAsync(rule, calendar, day, cancellationToken))
            {
                looked++;
                if (CalendarPlanner.WorkOf(rule, calendar, day, patient.Id, clock.GetUtcNow()) is { } work && work.DueAt >= from && work.DueAt < below)
                {
                    hits[work.Id] = new PreviewHit(work.PatientId, null, work.Episode, 0, work.DueAt);
                }
            }
        }

        return looked;
    }

    private async ValueTask<int> OfEventsAsync(
        FollowUpRule rule, DateTimeOffset from, DateTimeOffset below, Dictionary<string, PreviewHit> hits, CancellationToken cancellationToken)
    {
        var questions = new RuleQuestions(store, catalog.Current.Calendar, clock.GetUtcNow(), []);
        var reach = ReachOf(rule);
        var query = new DocumentQuery(Collections.Resources)
        {
            Where =
            [
                new DocumentFilter.Equal(Collections.Resources.Field("type"), rule.Resource),
                new DocumentFilter.Range(Collections.Resources.Field("effective"), from - reach, below + reach),
            ],
            OrderBy = [new DocumentSort(Collections.Resources.Field("effective"))],
            Limit = PageSize,
        };
        var looked = 0;
        var episodes = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var subject = Collections.Resources.Read(stored);
            if (!RecordEvents.Of(new RecordChange(null, subject)).Any(type => rule.On.Contains(type.Type.Name)))
            {
                continue;
            }

            looked++;
            var patient = await store.GetAsync(Collections.Patients, subject.PatientId, withPayload: false, cancellationToken) is { } person ? Collections.Patients.Read(person) : null;
            if (patient is not null && !(patient.Demographics.Deceased && !rule.AfterDeath))
            {
                Take(rule, subject, await questions.AskAsync(rule, subject, patient, subject.Provenance.EventTime, cancellationToken), episodes, hits);
            }
        }

        foreach (var id in hits.Where(hit => hit.Value.DueAt < from || hit.Value.DueAt >= below).Select(hit => hit.Key).ToList())
        {
            hits.Remove(id);
        }

        return looked;
    }

    /// <summary>Of an episode the first counts, or the last where the rule starts anew.</summary>
    private static void Take(FollowUpRule rule, ResourceDocument subject, RuleAnswer answer, Dictionary<string, List<string>> episodes, Dictionary<string, PreviewHit> hits)
    {
        if (answer.Reason is not null)
        {
            return;
        }

        var key = rule.Restart && rule.Per == EpisodeKind.Resource ? subject.PatientId : answer.Episode!;
        if (episodes.TryGetValue(key, out var earlier))
        {
            if (!rule.Restart)
            {
                return;
            }

            earlier.ForEach(id => hits.Remove(id));
        }

        episodes[key] = [];
        foreach (var step in answer.Steps)
        {
            var id = FollowUpDocument.IdOf(subject.PatientId, rule.Name, answer.Episode!, step.Number, step.Due);
            episodes[key].Add(id);
            hits[id] = new PreviewHit(subject.PatientId, subject.Id, answer.Episode!, step.Number, step.Due);
        }
    }

    private static TimeSpan ReachOf(FollowUpRule rule) => rule.Due.Max(due => due.Count is { } count ? count * LengthOf(due.Unit) : UnknownDelay) + TimeSpan.FromDays(14);

    private static TimeSpan LengthOf(SpanUnit unit) => unit switch
    {
        SpanUnit.Minute => TimeSpan.FromMinutes(1),
        SpanUnit.Hour => TimeSpan.FromHours(1),
        SpanUnit.Day => TimeSpan.FromDays(1),
        SpanUnit.Week => TimeSpan.FromDays(7),
        SpanUnit.Month => TimeSpan.FromDays(31),
        _ => TimeSpan.FromDays(366),
    };
}
