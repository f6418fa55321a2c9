using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Fhir.FhirPath;

namespace Integration.Core.FollowUps.Planning;

/// <summary>Asks rules about resources: the same questions when a message comes, when the work is due and when a rule is tried out. Not for several threads.</summary>
/// <param name="now">Of all answers (UTC).</param>
/// <param name="changes">Of a message that is not committed yet; they stand in the place of what is stored.</param>
internal sealed class RuleQuestions(IDocumentStore store, HospitalCalendar calendar, DateTimeOffset now, IReadOnlyList<RecordChange> changes)
{
    private const int MostLookedAt = 500;

    private static readonly DocumentField PatientId = Collections.Resources.Field("patientId");
    private static readonly DocumentField Type = Collections.Resources.Field("type");
    private static readonly DocumentField Effective = Collections.Resources.Field("effective");

    private readonly FhirPathContext _context = new() { Time = new HospitalClock(now, calendar.Zone) };
    private readonly Dictionary<JsonObject, JsonElement> _elements = [];

    /// <summary>What a rule says of a resource. Never throws for what is in it: a condition that fails is an answer.</summary>
    /// <param name="patient">As the record knows them; null when not known.</param>
    /// <param name="trigger">When the event happened.</param>
    public async ValueTask<RuleAnswer> AskAsync(
        FollowUpRule rule, ResourceDocument subject, PatientDocument? patient, DateTimeOffset trigger, CancellationToken cancellationToken)
    {
        try
        {
            return await AnswerAsync(rule, subject, patient, trigger, cancellationToken);
        }
        catch (FhirPathException)
        {
            return new RuleAnswer(FollowUpReasons.RuleFailed, null, []);
        }
    }

    /// <summary>Whether a rule of the calendar is for a patient.</summary>
    public bool IsFor(FollowUpRule rule, PatientDocument patient)
    {
        try
        {
            return rule.Patient is null || rule.Patient.Holds(ElementOf(GoldenPatient.Of(patient)), _context);
        }
        catch (FhirPathException)
        {
            return false;
        }
    }

    /// <summary>Why a rule of the calendar is not for a patient; null: it is.</summary>
    /// <param name="anchor">What the spans of its questions to the record are counted from.</param>
    public async ValueTask<string?> RefusalAsync(FollowUpRule rule, PatientDocument patient, DateTimeOffset anchor, CancellationToken cancellationToken)
    {
        if (!IsFor(rule, patient))
        {
            return FollowUpReasons.ConditionGone;
        }

        // Most patients of a large record have nothing of the type, and the summary knows it.
        if (rule.Need.Any(need => !patient.ResourceCounts.ContainsKey(need.Resource)))
        {
            return FollowUpReasons.NotNeeded;
        }

        try
        {
            var subject = GoldenPatient.Document(patient, anchor);
            return await RecordRefusalAsync(rule, subject, ElementOf(subject.Resource), anchor, cancellationToken);
        }
        catch (FhirPathException)
        {
            return FollowUpReasons.RuleFailed;
        }
    }

    /// <summary>Whether the resource of an event meets the condition of a stop.</summary>
    public bool Meets(StopEvent stop, ResourceDocument? subject)
    {
        try
        {
            return stop.When is null || (subject is not null && stop.When.Holds(ElementOf(subject.Resource), _context));
        }
        catch (FhirPathException)
        {
            return false;
        }
    }

    /// <summary>Out of a hundred episodes a rule hits its sample; which ones is a property of the episode.</summary>
    public static bool IsSampled(FollowUpRule rule, string episode) =>
        rule.Sample >= 100 || BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{rule.Name}|{episode}"))) % 100 < rule.Sample;

    private async ValueTask<RuleAnswer> AnswerAsync(
        FollowUpRule rule, ResourceDocument subject, PatientDocument? patient, DateTimeOffset trigger, CancellationToken cancellationToken)
    {
        var resource = ElementOf(subject.Resource);
        if ((rule.When is not null && !rule.When.Holds(resource, _context)) || (patient is not null && !IsFor(rule, patient)))
        {
            return new RuleAnswer(FollowUpReasons.ConditionGone, EpisodeOf(rule, subject, null), []);
        }

        var steps = StepsOf(rule, resource, trigger);
        var episode = EpisodeOf(rule, subject, steps.Count > 0 ? calendar.DayOf(steps[0].Due) : null);
        if (steps.Count == 0 || episode is null || !IsSampled(rule, episode))
        {
            return new RuleAnswer(FollowUpReasons.ConditionGone, episode, []);
        }

        if (await RecordRefusalAsync(rule, subject, resource, steps[0].Anchor, cancellationToken) is { } refusal)
        {
            return new RuleAnswer(refusal, episode, []);
        }

        return new RuleAnswer(null, episode, steps) { Owner = rule.Owner?.Value(resource, _context), Department = rule.Department?.Value(resource, _context) };
    }

    /// <summary>What the record says against the work; null: nothing.</summary>
    private async ValueTask<string?> RecordRefusalAsync(FollowUpRule rule, ResourceDocument subject, JsonElement resource, DateTimeOffset anchor, CancellationToken cancellationToken)
    {
        foreach (var condition in rule.StopRecords)
        {
            if (await HoldsAsync(condition, subject, resource, anchor, isItselfOne: false, cancellationToken))
            {
                return FollowUpReasons.Stopped;
            }
        }

        foreach (var condition in rule.Need)
        {
            if (!await HoldsAsync(condition, subject, resource, anchor, isItselfOne: true, cancellationToken))
            {
                return FollowUpReasons.NotNeeded;
            }
        }

        return null;
    }

    private List<DueStep> StepsOf(FollowUpRule rule, JsonElement resource, DateTimeOffset trigger)
    {
        var steps = new List<DueStep>(rule.Due.Count);
        for (var i = 0; i < rule.Due.Count; i++)
        {
            if (rule.Due[i].Of(resource, trigger, _context, calendar) is var (anchor, due))
            {
                steps.Add(new DueStep(i, anchor, Fit(rule, anchor, due, rule.Due[i].IsBefore)));
            }
        }

        return steps;
    }

    /// <summary>What must be before something goes back into the window where going forward would be too late.</summary>
    private DateTimeOffset Fit(FollowUpRule rule, DateTimeOffset anchor, DateTimeOffset due, bool isBefore)
    {
        var forward = calendar.Forward(due, rule.Allowed);
        return isBefore && forward >= anchor ? calendar.Backward(due, rule.Allowed) : forward;
    }

    private string? EpisodeOf(FollowUpRule rule, ResourceDocument subject, DateOnly? dueDay) => rule.Per switch
    {
        EpisodeKind.Patient => GoldenPatient.Reference(subject.PatientId),
        EpisodeKind.Day => dueDay is { } day ? string.Create(CultureInfo.InvariantCulture, $"{GoldenPatient.Reference(subject.PatientId)}|{day:yyyy-MM-dd}") : null,
        EpisodeKind.Path => rule.PerPath!.Value(ElementOf(subject.Resource), _context) is { } value ? rule.AcrossPatients ? value : $"{GoldenPatient.Reference(subject.PatientId)}|{value}" : subject.Id,
        _ => subject.Id,
    };

    private async ValueTask<bool> HoldsAsync(
        RecordCondition condition, ResourceDocument subject, JsonElement resource, DateTimeOffset anchor, bool isItselfOne, CancellationToken cancellationToken)
    {
        var from = condition.Since?.Before(anchor, calendar) ?? anchor;
        var below = condition.Until?.After(anchor, calendar);
        var same = condition.Same?.Values(resource, _context);
        var count = 0;
        foreach (var candidate in await CandidatesAsync(condition.Resource, subject.PatientId, from, below, cancellationToken))
        {
            if ((candidate.Id == subject.Id && !isItselfOne) || !IsOne(condition, ElementOf(candidate.Resource), same))
            {
                continue;
            }

            if (++count >= condition.AtLeast)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOne(RecordCondition condition, JsonElement candidate, IReadOnlyList<string>? same) =>
        (condition.Where is null || condition.Where.Holds(candidate, _context))
        && (same is null || condition.Same!.Values(candidate, _context).Intersect(same, StringComparer.Ordinal).Any());

    private async ValueTask<IEnumerable<ResourceDocument>> CandidatesAsync(
        string type, string patientId, DateTimeOffset from, DateTimeOffset? below, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
        {
            Where = [new DocumentFilter.Equal(PatientId, patientId), new DocumentFilter.Equal(Type, type), new DocumentFilter.Range(Effective, from, below)],
            Limit = MostLookedAt,
        }, cancellationToken);
        var changed = changes.Where(c => c.After.Type == type).ToDictionary(c => c.After.Id, c => c.After, StringComparer.Ordinal);
        return page.Documents.Where(stored => !changed.ContainsKey(stored.Id)).Select(Collections.Resources.Read)
            .Concat(changed.Values.Where(after => after.PatientId == patientId && after.Effective >= from && (below is null || after.Effective < below)));
    }

    private JsonElement ElementOf(JsonObject resource)
    {
        if (!_elements.TryGetValue(resource, out var element))
        {
            _elements[resource] = element = JsonSerializer.SerializeToElement(resource);
        }

        return element;
    }
}
