using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Sweeping;
using Integration.Core.FollowUps.Work;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Tests.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.FollowUps;

/// <summary>An engine with a clock of its own, and what tests of follow-ups ask it. Times are those of Shanghai, <c>2026-03-16 10:00</c>.</summary>
internal sealed class FollowUpEngine : IAsyncDisposable
{
    private readonly TestEngine _engine;
    private int _sent;

    private FollowUpEngine(TestEngine engine, StepClock clock) => (_engine, Clock) = (engine, clock);

    public TestEngine Engine => _engine;

    public StepClock Clock { get; }

    public FollowUpActions Actions => _engine.Services.GetRequiredService<FollowUpActions>();

    public FollowUpStore Store => _engine.Services.GetRequiredService<FollowUpStore>();

    public FollowUpRuleCatalog Rules => _engine.Services.GetRequiredService<FollowUpRuleCatalog>();

    /// <param name="now">By the clocks of Shanghai.</param>
    public static async Task<FollowUpEngine> StartAsync(string now, params IReadOnlyList<(string Key, string Value)> settings)
    {
        var clock = new StepClock(At(now));
        return new FollowUpEngine(await TestEngine.StartAsync(services => services.AddSingleton<TimeProvider>(clock), settings), clock);
    }

    /// <summary>A time by the clocks of Shanghai.</summary>
    public static DateTimeOffset At(string local) =>
        new DateTimeOffset(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), TimeSpan.FromHours(8)).ToUniversalTime();

    public static string Local(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public void GoTo(string local) => Clock.Advance(At(local) - Clock.GetUtcNow());

    /// <summary>Goes to a time and looks for what is due.</summary>
    public async Task<SweepReport> SweepAtAsync(string local)
    {
        GoTo(local);
        return await SweepAsync();
    }

    public async Task<SweepReport> SweepAsync() => await _engine.Services.GetRequiredService<DueSweep>().RunAsync(CancellationToken.None);

    public async Task<int> PlanCalendarAsync() => await _engine.Services.GetRequiredService<CalendarPlanner>().RunAsync(CancellationToken.None);

    public async Task<int> ReplanAsync() => await _engine.Services.GetRequiredService<RuleReplanner>().RunAsync(CancellationToken.None);

    /// <summary>Leaves only these of the shipped rules in use.</summary>
    public void Keep(params string[] names) => Rules.Swap(new FollowUpRuleSet(
        [.. Rules.Current.Rules.All.Values.Where(rule => names.Contains(rule.Name)).Select(rule => rule with { Sample = 100, Enabled = true })], Rules.Current.Rules.Days));

    /// <summary>Puts one rule in use in place of all others.</summary>
    public void Use(string yaml, string name = "rule")
    {
        var problems = new Core.Mapping.Language.ProblemList();
        var rule = new FollowUpRuleReader($"mappings/follow-ups/{name}.yaml", EventCatalog.Names, problems).Read(yaml);
        Assert.Empty(problems.InOrder());
        Rules.Swap(new FollowUpRuleSet([rule!], Rules.Current.Rules.Days));
    }

    /// <summary>Sends an HL7 v2 message and expects that it is taken whole.</summary>
    /// <param name="time">When it happened, by the clocks of Shanghai.</param>
    public async Task<Core.Intake.JournaledMessage> SendAsync(string type, string time, params string[] segments)
    {
        var stamp = At(time).ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var message = await _engine.SendAsync(
            [$"MSH|^~\\&|HIS|EAST|||{stamp}||{type}|F{++_sent}|P|2.5.1||||||UNICODE UTF-8", .. type.StartsWith("ADT", StringComparison.Ordinal) ? [$"EVN|{type[4..7]}|{stamp}"] : Array.Empty<string>(), .. segments]);
        Assert.Equal(Core.Intake.MessageState.Done, message.State);
        return message;
    }

    /// <summary>Sends a FHIR resource by a feed of such, and expects that it is taken whole.</summary>
    public async Task SendFhirAsync(string feed, string resource)
    {
        var reader = _engine.Services.GetServices<Core.Intake.IHeaderReader>().First(reader => reader.Format == "fhir");
        Assert.IsType<Core.Intake.IntakeResult.Accepted>(await _engine.AcceptAsync(reader.Read(System.Text.Encoding.UTF8.GetBytes(resource), feed)));
        await _engine.RunAsync();
    }

    /// <summary>An appointment message.</summary>
    /// <param name="start">By the clocks of Shanghai.</param>
    public Task SendAppointmentAsync(string trigger, string time, string start, string number = "YY1", string patient = "1001") => SendAsync(
        $"SIU^{trigger}", time, $"SCH|{number}|{number}|||||||30|MIN|^^^{Stamp(start)}", Pid(patient), $"AIS|1||0301^心内科门诊|{Stamp(start)}", "AIP|1||D1001^李^明");

    /// <summary>A message about a visit, a stay in hospital unless said otherwise.</summary>
    public Task SendStayAsync(
        string trigger, string time, string discharge = "", string visit = "ZY1", string patient = "1001", string patientClass = "I", string admitted = "2026-03-01 08:30")
    {
        var fields = new string[46];
        Array.Fill(fields, "");
        (fields[0], fields[1], fields[2], fields[3], fields[7], fields[10]) = ("PV1", "1", patientClass, "心内科^302^01", "D1001^李^明", "0301^心血管内科");
        (fields[19], fields[44], fields[45]) = (visit, Stamp(admitted), discharge.Length == 0 ? "" : Stamp(discharge));
        return SendAsync($"ADT^{trigger}", time, Pid(patient), string.Join('|', fields));
    }

    /// <summary>All work of a rule, or of all, by due time; without what was moved or is of no account any more.</summary>
    public async Task<List<FollowUpDocument>> WorkAsync(string? rule = null)
    {
        var page = await Store.SearchAsync(new FollowUpSearch(Rule: rule, Limit: 500), CancellationToken.None);
        return [.. page.Items.OrderBy(work => work.DueAt).ThenBy(work => work.Step)];
    }

    /// <summary>Each piece of work as <c>state due reason</c>.</summary>
    public async Task<List<string>> LinesAsync(string? rule = null) =>
        [.. (await WorkAsync(rule)).Select(work => $"{work.State} {Local(work.DueAt)}{(work.Reason is null ? "" : " " + work.Reason)}")];

    /// <summary>Open work alone.</summary>
    public async Task<List<string>> OpenAsync(string? rule = null) =>
        [.. (await WorkAsync(rule)).Where(work => work.IsOpen).Select(work => $"{work.State} {Local(work.DueAt)}")];

    public async Task<List<EventDocument>> EventsAsync(string type) => [.. (await _engine.Store.EventsAsync()).Where(e => e.Type == type)];

    /// <summary>Stores a resource as if a message had brought it, and plans what it makes due by an event about it.</summary>
    public async Task HitAsync(string eventType, string resource, string time, string patientId = "P1")
    {
        var document = await PutAsync(resource, time, patientId);
        var (rules, calendar) = Rules.Current;
        var patient = Core.Storage.Collections.Patients.Read((await _engine.Store.GetAsync(Collections.Patients, patientId, false, CancellationToken.None))!);
        var now = Clock.GetUtcNow();
        var questions = new RuleQuestions(_engine.Store, calendar, now, []);
        var planned = new PlannedWork(rules, now);
        planned.Add(await Store.OfPatientAsync(patientId, CancellationToken.None));
        foreach (var rule in rules.TriggeredBy(eventType).Where(rule => rule.Resource == document.Type))
        {
            var answer = await questions.AskAsync(rule, document, patient, At(time), CancellationToken.None);
            if (answer.Episode is not null)
            {
                planned.Add(await Store.OfPlansAsync([FollowUpDocument.PlanOf(rule.Name, answer.Episode)], CancellationToken.None));
            }

            PlanReconciler.Apply(planned, new RuleHit(rule, document.Id, patientId, answer, At(time), "test"), calendar, now);
        }

        var batch = new WriteBatch();
        planned.WriteTo(batch);
        Assert.IsType<CommitResult.Committed>(await _engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }

    /// <summary>Stores a resource of a patient, who is made when there is none.</summary>
    public async Task<ResourceDocument> PutAsync(string resource, string time, string patientId = "P1")
    {
        var json = JsonNode.Parse(resource)!.AsObject();
        var type = (string)json["resourceType"]!;
        var document = new ResourceDocument
        {
            Id = $"{type}/{(string)json["id"]!}",
            Type = type,
            PatientId = patientId,
            SourceIdentity = "HIS|1",
            Effective = ResourceSummary.EffectiveOf(type, json) ?? At(time),
            Version = 1,
            LastUpdated = At(time),
            Provenance = new Provenance("his", "M1", "1", "r", "s", At(time)),
            Resource = json,
        };
        var batch = new WriteBatch();
        batch.Add(Collections.Resources.Put(document, null));
        if (await _engine.Store.GetAsync(Collections.Patients, patientId, false, CancellationToken.None) is not { } stored)
        {
            batch.Add(Collections.Patients.Put(PatientSummary.Empty(patientId) with { ResourceCounts = new Dictionary<string, int> { [type] = 1 } }, 0));
        }
        else
        {
            var patient = Collections.Patients.Read(stored);
            batch.Add(Collections.Patients.Put(patient with { ResourceCounts = new Dictionary<string, int>(patient.ResourceCounts) { [type] = 1 } }, stored.Version));
        }

        Assert.IsType<CommitResult.Committed>(await _engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
        return document;
    }

    public static string Pid(string patient, string more = "||19800203|F") => $"PID|1||{patient}^^^HIS^MR||王^芳{more}";

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    public static string Stamp(string local) => Stamp(At(local));

    private static string Stamp(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
}
