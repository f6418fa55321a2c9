using Integration.Core.Events;
using Integration.Core.Events.Record;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Intake;
using Integration.Tests.FhirAdapter;
using Integration.Tests.FollowUps;

namespace Integration.Tests.Events;

/// <summary>Events that a rule judges, and those of complaints, tiers and planned operations, through the real walk: each once, whatever is repeated.</summary>
public sealed class JudgedEventsTests
{
    private const string Now = "2026-03-16 10:00";

    /// <summary>The limits stand in the rules; the same report again, and its replay, raise nothing.</summary>
    [Theory]
    [InlineData("8480-6^收缩压", "180", "checkup.findingA", "checkup-class-a")]
    [InlineData("8480-6^收缩压", "179", "checkup.findingB", "checkup-class-b")]
    [InlineData("718-7^血红蛋白", "60", "checkup.findingA", "checkup-class-a")]
    [InlineData("718-7^血红蛋白", "90", "checkup.findingB", "checkup-class-b")]
    [InlineData("718-7^血红蛋白", "91", "", "")]
    public async Task When_a_finding_is_out_of_the_limits_of_a_rule_Should_tell_its_class_once(string code, string value, string type, string rule)
    {
        await using var engine = await FollowUpEngine.StartAsync(Now);
        var message = await engine.SendAsync("ORU^R01", Now, Results(code, value, "F"));

        await engine.SendAsync("ORU^R01", "2026-03-16 10:05", Results(code, value, "F"));
        await ReplayAsync(engine.Engine, message);

        var events = (await engine.Engine.Store.EventsAsync()).Where(e => e.Type.StartsWith("checkup.", StringComparison.Ordinal)).ToList();
        Assert.Equal(type, string.Join(' ', events.Select(e => e.Type)));
        Assert.All(events, e =>
        {
            Assert.Equal((rule, value, message.Id, message.PatientId), ((string)e.Data["rule"]!, ((string)e.Data["value"]!).Split(' ')[0], e.Cause, e.PatientId));
            Assert.Empty(e.Data.Select(p => p.Key).Except(EventCatalog.Find(e.Type)!.Data.Select(p => p.Name)));
        });
    }

    /// <summary>A receiver without the clinical grant hears that there is a finding and not what was found.</summary>
    [Fact]
    public async Task When_a_receiver_is_granted_nothing_Should_not_say_what_was_found()
    {
        await using var engine = await FollowUpEngine.StartAsync(Now);
        await engine.SendAsync("ORU^R01", Now, Results("8480-6^收缩压", "185", "F"));
        var finding = Assert.Single(await engine.EventsAsync("checkup.findingA"));

        var text = System.Text.Encoding.UTF8.GetString(CloudEvent.Write(finding, EventGrants.PlainOnly, CloudEvent.UsualSource).Span);

        Assert.Contains("checkup-class-a", text, StringComparison.Ordinal);
        Assert.DoesNotContain("185", text, StringComparison.Ordinal);
        Assert.DoesNotContain("8480-6", text, StringComparison.Ordinal);
    }

    /// <summary>What is read in of years ago is no finding to act on.</summary>
    [Fact]
    public async Task When_a_finding_is_of_long_ago_Should_not_tell_it()
    {
        await using var engine = await FollowUpEngine.StartAsync(Now);

        await engine.SendAsync("ORU^R01", "2024-03-16 10:00", Results("8480-6^收缩压", "185", "F"));

        Assert.Empty(await engine.EventsAsync("checkup.findingA"));
    }

    [Fact]
    public async Task When_the_rule_is_switched_off_Should_raise_nothing()
    {
        await using var engine = await FollowUpEngine.StartAsync(Now);
        engine.Keep("critical-result");

        await engine.SendAsync("ORU^R01", Now, Results("8480-6^收缩压", "185", "F"));

        Assert.Empty(await engine.EventsAsync("checkup.findingA"));
    }

    /// <summary>A rule may listen to what another one judged, in the same commit.</summary>
    [Fact]
    public async Task When_a_rule_listens_to_a_finding_Should_plan_in_the_same_message()
    {
        await using var engine = await FollowUpEngine.StartAsync(Now);
        engine.Use("""
            title: { en: Judge, zh: 判 }
            on: [result.abnormal]
            resource: Observation
            raises: checkup.findingA
            due: at once
            team: duty
            """, "judge");
        var judge = engine.Rules.Current.Rules.All["judge"];
        engine.Use("""
            title: { en: Hear, zh: 听 }
            on: [checkup.findingA]
            resource: Observation
            due: 1 day after event
            team: lead
            """, "hear");
        engine.Rules.Swap(new FollowUpRuleSet([judge, engine.Rules.Current.Rules.All["hear"]], engine.Rules.Current.Rules.Days));

        await engine.SendAsync("ORU^R01", Now, Results("8480-6^收缩压", "150", "F"));

        Assert.Equal(["Planned 2026-03-16 10:00"], await engine.OpenAsync("judge"));
        Assert.Equal(["Planned 2026-03-17 10:00"], await engine.OpenAsync("hear"));
    }

    /// <summary>Three days before its end, in the commit that tells the patient; refused writing does not keep it back.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_a_supply_runs_out_Should_tell_it_on_the_day_once(bool optedOut)
    {
        await using var engine = await FollowUpEngine.StartAsync(Now);
        engine.Keep("medication-renewal");
        await engine.HitAsync("medication.dispensed", Dispense, Now);
        if (optedOut)
        {
            await engine.PutAsync(
                """{"resourceType":"Consent","id":"c1","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},"category":[{"coding":[{"system":"urn:integration:contact","code":"contact"}]}],"provision":{"type":"deny"}}""", Now);
        }

        await engine.SweepAtAsync("2026-04-10 09:59");
        Assert.Empty(await engine.EventsAsync("medication.runningOut"));
        await engine.SweepAtAsync("2026-04-10 10:00");
        await engine.SweepAsync();

        var told = Assert.Single(await engine.EventsAsync("medication.runningOut"));
        Assert.Equal(("MedicationDispense/1", "P1", 28m), (told.Subject, told.PatientId, (decimal)told.Data["days"]!));
        Assert.Equal(FollowUpEngine.At("2026-04-10 10:00"), told.Time);
    }

    [Fact]
    public async Task When_a_complaint_lives_its_life_Should_tell_each_step_once()
    {
        await using var engine = await FhirEngine.StartAsync();
        var first = await SendAsync(engine, Complaint("requested", "心内科", 1));
        await SendAsync(engine, Complaint("accepted", "心内科", 2));
        await SendAsync(engine, Complaint("accepted", "医务处", 3));
        await SendAsync(engine, Complaint("completed", "医务处", 4));
        await SendAsync(engine, Complaint("completed", "医务处", 5));
        await ReplayAsync(engine, first);

        var events = (await engine.Store.EventsAsync()).Where(e => e.Type.StartsWith("complaint.", StringComparison.Ordinal)).ToList();

        Assert.Equal(["complaint.received", "complaint.accepted", "complaint.transferred", "complaint.answered"], events.Select(e => e.Type));
        Assert.All(events, e => Assert.Equal(first.PatientId, e.PatientId));
        Assert.Equal("TS-0007", (string)events[0].Data["serialNumber"]!);
        Assert.Equal("医务处", (string)events[3].Data["handler"]!);
    }

    [Fact]
    public async Task When_the_member_tier_changes_Should_tell_each_change_once()
    {
        await using var engine = await FhirEngine.StartAsync();
        await SendAsync(engine, Member("iron", 1));
        var up = await SendAsync(engine, Member("gold", 2));
        await SendAsync(engine, Member("gold", 3));
        await SendAsync(engine, Member("iron", 4));
        await SendAsync(engine, Member("gold", 5));
        await ReplayAsync(engine, up);

        var changes = (await engine.Store.EventsAsync()).Where(e => e.Type == "patient.tierChanged").Select(e => $"{e.Data["previousTier"]} {e.Data["tier"]}");

        Assert.Equal(["iron gold", "gold iron", "iron gold"], changes);
    }

    [Fact]
    public async Task When_an_operation_is_planned_moved_and_cancelled_Should_tell_each_once()
    {
        await using var engine = await FhirEngine.StartAsync();
        var planned = await SendAsync(engine, Operation("active", "2026-03-20T09:00:00+08:00", 1));
        await SendAsync(engine, Operation("active", "2026-03-20T09:00:00+08:00", 2));
        await SendAsync(engine, Operation("active", "2026-03-23T09:00:00+08:00", 3));
        await SendAsync(engine, Operation("revoked", "2026-03-23T09:00:00+08:00", 4));
        await ReplayAsync(engine, planned);

        var types = (await engine.Store.EventTypesAsync()).Where(type => type.StartsWith("operation.", StringComparison.Ordinal));

        Assert.Equal(["operation.planned", "operation.moved", "operation.cancelled"], types);
    }

    [Fact]
    public void JudgedEvents_AreNoChangesByThemselves() =>
        Assert.All(JudgedEvent.All, e => Assert.Contains(RecordEventTypes.All, type => type.Type.Name == e.Name && type.Resource == e.Resource));

    private const string Dispense =
        """{"resourceType":"MedicationDispense","id":"1","status":"completed","medicationCodeableConcept":{"coding":[{"code":"A"}]},"daysSupply":{"value":28},"whenHandedOver":"2026-03-16T10:00:00+08:00"}""";

    private static string[] Results(string code, string value, string status) =>
    [
        FollowUpEngine.Pid("1001"), "PV1|1|N", "OBR|1|O1|F1|JC^体检|||20260316090000||||||||||||||||||F",
        $"OBX|1|NM|{code}^LN||{value}|||A|||{status}|||20260316090000",
    ];

    private static async Task<JournaledMessage> SendAsync(TestEngine engine, string resource)
    {
        var message = await engine.SendFhirAsync(resource);
        Assert.Equal(MessageState.Done, message.State);
        return message;
    }

    private static async Task ReplayAsync(TestEngine engine, JournaledMessage message)
    {
        Assert.True(await engine.Journal.RequestReplayAsync(message.Id, CancellationToken.None));
        await engine.RunAsync();
    }

    private static string Complaint(string status, string owner, int hour) => Bundle(
        $$"""
        {"resourceType":"Task","id":"t1","meta":{"lastUpdated":"2026-03-16T0{{hour}}:00:00Z"},"identifier":[{"system":"urn:crm:complaints","value":"TS-0007"}],"status":"{{status}}","intent":"order",
        "code":{"coding":[{"code":"complaint"}]},"for":{"reference":"Patient/p1"},"authoredOn":"2026-03-16T09:00:00+08:00","owner":{"display":"{{owner}}"} }
        """);

    private static string Operation(string status, string time, int hour) => Bundle(
        $$"""
        {"resourceType":"ServiceRequest","id":"o1","meta":{"lastUpdated":"2026-03-16T0{{hour}}:00:00Z"},"status":"{{status}}","intent":"order",
        "category":[{"coding":[{"system":"http://snomed.info/sct","code":"387713003"}]}],"code":{"coding":[{"code":"81.54"}]},"subject":{"reference":"Patient/p1"},"occurrenceDateTime":"{{time}}"}
        """);

    private static string Bundle(string resource) =>
        """{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:his","value":"1001"}]}},{"resource":"""
        + resource + "}]}";

    private static string Member(string tier, int hour) =>
        $$$"""
        {"resourceType":"Patient","id":"p1","meta":{"lastUpdated":"2026-03-16T0{{{hour}}}:00:00Z"},"identifier":[{"system":"urn:his","value":"1001"}],
        "extension":[{"url":"urn:integration:member-tier","valueCoding":{"code":"{{{tier}}}"}}]}
        """;
}
