using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Planning;

/// <summary>
/// Plans the days of rules that wait for the calendar: birthdays by an index, other days by a walk over all patients. Each day is planned once, one day ahead,
/// and days that were slept through are made up for; what is planned twice is one piece of work. Safe for many threads.
/// </summary>
public sealed class CalendarPlanner(IDocumentStore store, FollowUpRuleCatalog catalog, TimeProvider clock)
{
    private const string Cause = "calendar";
    private const int PageSize = 500;

    /// <summary>Plans what has not been planned up to tomorrow.</summary>
    /// <returns>How many pieces of work were planned.</returns>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken)
    {
        var (rules, calendar) = catalog.Current;
        var tomorrow = calendar.DayOf(clock.GetUtcNow()).AddDays(1);
        var planned = 0;
        foreach (var rule in rules.OfCalendar)
        {
            var stored = await store.GetAsync(Collections.CalendarProgress, rule.Name, withPayload: false, cancellationToken);
            var progress = stored is null ? null : Collections.CalendarProgress.Read(stored);
            var day = progress is null || progress.RuleVersion != rule.Version ? tomorrow.AddDays(-1) : progress.Day.AddDays(1);
            if (day > tomorrow)
            {
                continue;
            }

            for (; day <= tomorrow; day = day.AddDays(1))
            {
                if (rule.CatchUp.Forget.After(calendar.ToUtc(day, rule.Calendar!.At), calendar) >= clock.GetUtcNow())
                {
                    planned += await PlanAsync(rule, calendar, day, cancellationToken);
                }
            }

            var batch = new WriteBatch();
            batch.Add(Collections.CalendarProgress.Put(new CalendarProgress(rule.Name, rule.Version, tomorrow), stored?.Version ?? 0));
            await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);   // a conflict: another engine planned the same
        }

        return planned;
    }

    /// <summary>Whom a rule is for on a day.</summary>
    internal async IAsyncEnumerable<PatientDocument> PatientsAsync(
        FollowUpRule rule, HospitalCalendar calendar, DateOnly day, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var trigger = rule.Calendar!;
        if (trigger.Day.IsFestival && !trigger.Day.Is(day))
        {
            yield break;
        }

        var keys = trigger.Day.IsFestival ? null : BirthdayKeys.On(day, trigger.Day is CalendarDay.LunarBirthday);
        var query = new DocumentQuery(Collections.Patients)
        {
            Where = keys is null
                ? [new DocumentFilter.Equal(Collections.Patients.Field("mergedInto"), null)]
                : [new DocumentFilter.In(Collections.Patients.Field("birthdays"), [.. keys])],
            OrderBy = [new DocumentSort(DocumentField.Id)],
            Limit = PageSize,
        };
        var questions = new RuleQuestions(store, calendar, clock.GetUtcNow(), []);
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var patient = Collections.Patients.Read(stored);
            if (!patient.Demographics.Deceased && patient.MergedInto is null && IsDay(trigger, patient, day)
                && await questions.RefusalAsync(rule, patient, calendar.ToUtc(day, trigger.At), cancellationToken) is null)
            {
                yield return patient;
            }
        }
    }

    /// <summary>The work of a rule for a patient on a day; null when the sample leaves them out.</summary>
    internal static FollowUpDocument? WorkOf(FollowUpRule rule, HospitalCalendar calendar, DateOnly day, string patientId, DateTimeOffset now)
    {
        var episode = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{GoldenPatient.Reference(patientId)}|{day:yyyy-MM-dd}");
        var anchor = calendar.ToUtc(day, rule.Calendar!.At);
        return RuleQuestions.IsSampled(rule, episode)
            ? FollowUpDocument.Planned(rule, patientId, episode, 0, anchor, calendar.Forward(anchor, rule.Allowed), Cause, now) : null;
    }

    private static bool IsDay(CalendarTrigger trigger, PatientDocument patient, DateOnly day) => trigger.Day switch
    {
        CalendarDay.Birthday => BirthdayKeys.Born(patient) is { } born && Birthdays.IsSolar(born, day, trigger.LeapDay),
        CalendarDay.LunarBirthday => BirthdayKeys.Born(patient) is { } born && Birthdays.IsLunar(born, day, trigger.LeapMonth),
        _ => true,
    };

    private async ValueTask<int> PlanAsync(FollowUpRule rule, HospitalCalendar calendar, DateOnly day, CancellationToken cancellationToken)
    {
        var (work, planned) = (new List<FollowUpDocument>(PageSize), 0);
        await foreach (var patient in PatientsAsync(rule, calendar, day, cancellationToken))
        {
            work.AddRange(WorkOf(rule, calendar, day, patient.Id, clock.GetUtcNow()) is { } one ? [one] : []);
            if (work.Count >= PageSize)
            {
                planned += await CommitAsync(work, cancellationToken);
                work.Clear();
            }
        }

        return planned + await CommitAsync(work, cancellationToken);
    }

    /// <summary>TRANSACTION: those that are not there yet; an engine that plans the same at once makes this one look again.</summary>
    private async ValueTask<int> CommitAsync(List<FollowUpDocument> work, CancellationToken cancellationToken)
    {
        while (work.Count > 0)
        {
            var there = (await store.GetManyAsync(Collections.FollowUps, [.. work.Select(w => w.Id)], cancellationToken)).Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
            var missing = work.Where(w => !there.Contains(w.Id)).ToList();
            if (missing.Count == 0)
            {
                return 0;
            }

            var batch = new WriteBatch();
            foreach (var one in missing)
            {
                batch.Add(Collections.FollowUps.Put(one, expectedVersion: 0));
            }

            if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is CommitResult.Committed)
            {
                return missing.Count;
            }
        }

        return 0;
    }
}
