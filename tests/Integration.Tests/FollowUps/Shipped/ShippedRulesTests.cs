using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Versions;
using Integration.Tests.Mapping;

namespace Integration.Tests.FollowUps.Shipped;

/// <summary>The rules of mappings/follow-ups, each with what must and what must not make it hit. Events happen on Monday, 16 March 2026, at 10:00.</summary>
public sealed class ShippedRulesTests
{
    private const string Now = "2026-03-16 10:00";

    public static TheoryData<string, string, string, string[]> Hits => new()
    {
        { "critical-result", "result.critical", Observation("2823-3", 6.9), ["2026-03-16 10:00"] },
        { "checkup-class-a", "result.abnormal", Observation("8480-6", 180), ["2026-03-16 10:00"] },
        { "checkup-class-a", "result.abnormal", Observation("8480-6", 179), [] },
        { "checkup-class-a", "result.abnormal", Observation("8462-4", 110), ["2026-03-16 10:00"] },
        { "checkup-class-a", "result.abnormal", Observation("8462-4", 109), [] },
        { "checkup-class-a", "result.abnormal", Observation("8867-4", 150), ["2026-03-16 10:00"] },
        { "checkup-class-a", "result.abnormal", Observation("8867-4", 149), [] },
        { "checkup-class-a", "result.abnormal", Observation("8867-4", 45), ["2026-03-16 10:00"] },
        { "checkup-class-a", "result.abnormal", Observation("8867-4", 46), [] },
        { "checkup-class-a", "result.critical", Observation("718-7", 60), ["2026-03-16 10:00"] },
        { "checkup-class-a", "result.critical", Observation("718-7", 61), [] },
        { "checkup-class-a", "result.critical", Observation("777-3", 30), ["2026-03-16 10:00"] },
        { "checkup-class-a", "result.critical", Observation("777-3", 31), [] },
        { "checkup-class-b", "result.abnormal", Observation("8480-6", 179), ["2026-04-15 10:00"] },
        { "checkup-class-b", "result.abnormal", Observation("8480-6", 180), [] },
        { "checkup-class-b", "result.abnormal", Observation("8480-6", 159), [] },
        { "checkup-class-b", "result.abnormal", Observation("8462-4", 109), ["2026-04-15 10:00"] },
        { "checkup-class-b", "result.abnormal", Observation("8867-4", 46), ["2026-04-15 10:00"] },
        { "checkup-class-b", "result.abnormal", Observation("8867-4", 45), [] },
        { "checkup-class-b", "result.abnormal", Observation("718-7", 61), ["2026-04-15 10:00"] },
        { "checkup-class-b", "result.abnormal", Observation("718-7", 60), [] },
        { "checkup-class-b", "result.abnormal", Observation("777-3", 31), ["2026-04-15 10:00"] },
        { "before-operation", "operation.planned", Operation("81.54", "2026-03-20T14:00:00+08:00"), ["2026-03-19 10:00"] },
        { "before-operation", "operation.planned", Operation("45.23", "2026-03-20T14:00:00+08:00"), [] },
        { "before-colonoscopy", "operation.planned", Operation("45.2301", "2026-03-20T14:00:00+08:00"), ["2026-03-17 10:00", "2026-03-19 10:00"] },
        { "before-colonoscopy", "operation.planned", Operation("81.54", "2026-03-20T14:00:00+08:00"), [] },
        { "member-tier-change", "patient.tierChanged", Member("gold"), ["2026-03-16 10:00"] },
        { "member-tier-change", "patient.tierChanged", """{"resourceType":"Patient","id":"1"}""", [] },
        { "complaint-acceptance", "complaint.received", Complaint("requested"), ["2026-03-16 10:00"] },
        { "complaint-acceptance", "complaint.received", Complaint("in-progress"), [] },
        { "complaint-feedback", "complaint.received", Complaint("requested"), ["2026-03-23 10:00"] },
        { "complaint-feedback", "complaint.transferred", Complaint("completed"), [] },
        { "vital-sign-warning", "vitalSign.outOfLimits", Observation("8867-4", 130), ["2026-03-16 10:00"] },
        { "chronic-out-of-target", "vitalSign.outOfLimits", Observation("8480-6", 165), ["2026-03-30 10:00"] },
        { "chronic-out-of-target", "vitalSign.outOfLimits", Observation("8462-4", 100), ["2026-03-30 10:00"] },
        { "chronic-out-of-target", "vitalSign.outOfLimits", Observation("8480-6", 159), [] },
        { "chronic-out-of-target", "result.abnormal", Observation("4548-4", 9), ["2026-03-30 10:00"] },
        { "chronic-out-of-target", "result.abnormal", Observation("4548-4", 8.9), [] },
        {
            "after-operation", "operation.done", """{"resourceType":"Procedure","id":"1","status":"completed","performedPeriod":{"start":"2026-03-16T01:00:00Z","end":"2026-03-16T02:00:00Z"}}""",
            ["2026-03-17 10:00", "2026-03-19 10:00", "2026-03-23 10:00", "2026-04-15 10:00"]
        },
        {
            "after-operation", "operation.done", """{"resourceType":"Procedure","id":"1","status":"completed","performedDateTime":"2026-03-16T09:00:00+08:00"}""",
            ["2026-03-17 09:00", "2026-03-19 09:00", "2026-03-23 09:00", "2026-04-15 09:00"]
        },
        { "after-payment", "invoice.paid", Invoice(186.4), ["2026-03-17 15:00"] },
        { "after-payment", "invoice.paid", Invoice(0), [] },
        { "after-payment", "invoice.paid", Invoice(-20), [] },
        { "medication-renewal", "medication.dispensed", Dispense("A", 28), ["2026-04-10 10:00"] },
        { "medication-renewal", "medication.dispensed", Dispense("A", 3), [] },
        { "recheck-due", "order.scheduled", Order("2026-06-20"), ["2026-06-17 10:00"] },
        { "first-visit-not-booked", "patient.registered", """{"resourceType":"Patient","id":"1"}""", ["2026-03-19 10:00"] },
        { "visit-satisfaction", "encounter.ended", Visit("1", "AMB"), ["2026-03-16 12:00"] },
        { "visit-satisfaction", "encounter.ended", Visit("1", "IMP"), [] },
        {
            "key-group-plan", "programme.joined", Programme("oncology"),
            ["2026-03-18 10:00", "2026-04-15 10:00", "2026-06-15 10:00", "2026-09-15 10:00", "2027-03-15 10:00"]
        },
        { "key-group-plan", "programme.joined", Programme("research"), [] },
        { "research-follow-up", "programme.joined", Programme("research"), ["2026-04-14 10:00", "2026-06-13 10:00", "2026-09-11 10:00"] },
        { "research-follow-up", "programme.joined", Programme("oncology"), [] },
        { "membership-expiring", "membership.changed", Member("2026-12-31", 1200), ["2026-11-30 10:00"] },
        { "department-follow-up", "encounter.ended", Visit("1", "AMB").Replace("\"id\"", "\"serviceType\":{\"text\":\"心内科门诊\"},\"id\"", StringComparison.Ordinal), ["2026-03-30 10:00"] },
        { "department-follow-up", "encounter.ended", Visit("1", "AMB"), [] },
        { "referral-partner-silent", "referral.received", Referral("1", "EAST", "2026-03-16"), ["2026-04-15 09:00"] },
    };

    [Theory]
    [MemberData(nameof(Hits))]
    public async Task Rule_Resource_IsDueThen(string rule, string eventType, string resource, string[] due)
    {
        await using var engine = await KeepAsync(rule);

        await engine.HitAsync(eventType, resource, Now);

        Assert.Equal(due, (await engine.WorkAsync(rule)).Select(work => FollowUpEngine.Local(work.DueAt)));
    }

    [Fact]
    public void Rules_AsShipped_AreValidAndHeardOf()
    {
        var (rules, problems) = FollowUpRuleLoader.Load(MappingFiles.Read(MappingSamples.MappingsFolder), EventCatalog.Names);

        Assert.Empty(problems);
        Assert.True(rules!.All.Count >= 24);
        Assert.All(rules.All.Values, rule => Assert.True(rule.Title.Chinese.Length > 0 && rule.Team.Length > 0));
    }

    /// <summary>The examination came before the day: nobody is reminded of it.</summary>
    [Theory]
    [InlineData("HbA1c", 0)]
    [InlineData("CBC", 1)]
    public async Task RecheckDue_ExaminationDone_TellsNobody(string code, int told)
    {
        await using var engine = await KeepAsync("recheck-due");
        await engine.HitAsync("order.scheduled", Order("2026-06-20"), Now);
        await engine.PutAsync(
            "{\"resourceType\":\"DiagnosticReport\",\"id\":\"1\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"" + code + "\"}]},\"effectiveDateTime\":\"2026-06-10T01:00:00Z\"}", "2026-06-10 09:00");

        await engine.SweepAtAsync("2026-06-17 10:00");

        Assert.Equal(told, (await engine.EventsAsync("followUp.due")).Count);
    }

    [Theory]
    [InlineData("IMP", "in-progress", 0)]
    [InlineData("IMP", "finished", 1)]
    [InlineData("AMB", "in-progress", 1)]
    public async Task CheckupClassA_PatientInHospital_IsLeftToTheWard(string patientClass, string status, int called)
    {
        await using var engine = await KeepAsync("checkup-class-a");
        await engine.PutAsync(
            "{\"resourceType\":\"Encounter\",\"id\":\"1\",\"status\":\"" + status + "\",\"class\":{\"code\":\"" + patientClass + "\"},\"period\":{\"start\":\"2026-03-10T08:00:00+08:00\"}}", Now);

        await engine.HitAsync("result.abnormal", Observation("8480-6", 185), Now);

        Assert.Equal(called, (await engine.WorkAsync("checkup-class-a")).Count(work => work.IsOpen));
    }

    /// <summary>Taking it up is not enough: it has to be read back, which ends it.</summary>
    [Theory]
    [InlineData(false, "checkup-lead")]
    [InlineData(true, "checkup-duty")]
    public async Task CheckupClassA_NotReadBackIn15Minutes_GoesUp(bool readBack, string team)
    {
        await using var engine = await KeepAsync("checkup-class-a");
        await engine.HitAsync("result.abnormal", Observation("8480-6", 185), Now);
        await engine.SweepAsync();
        var work = Assert.Single(await engine.WorkAsync());
        await engine.Actions.ClaimAsync(work.Id, "nurse", "key", CancellationToken.None);
        if (readBack)
        {
            await engine.Actions.FinishAsync(work.Id, Core.FollowUps.Work.FollowUpState.Done, "nurse", "read back", null, "key", CancellationToken.None);
        }

        await engine.SweepAtAsync("2026-03-16 10:14");
        Assert.Empty(await engine.EventsAsync("followUp.overdue"));
        await engine.SweepAtAsync("2026-03-16 10:15");

        Assert.Equal(readBack ? 0 : 1, (await engine.EventsAsync("followUp.overdue")).Count);
        Assert.Equal(team, Assert.Single(await engine.WorkAsync()).Team);
    }

    /// <summary>Whoever was examined again is not called; another kind of examination is none.</summary>
    [Theory]
    [InlineData("8480-6", 0)]
    [InlineData("718-7", 1)]
    public async Task CheckupClassB_ExaminedAgain_CallsNobody(string code, int called)
    {
        await using var engine = await KeepAsync("checkup-class-b");
        await engine.HitAsync("result.abnormal", Observation("8480-6", 165), Now);
        engine.GoTo("2026-04-01 10:00");
        await engine.PutAsync(
            Observation(code, 130).Replace("\"id\":\"1\"", "\"id\":\"2\",\"effectiveDateTime\":\"2026-04-01T09:00:00+08:00\"", StringComparison.Ordinal).Replace("\"local\"", "\"other\"", StringComparison.Ordinal),
            "2026-04-01 10:00");

        await engine.SweepAtAsync("2026-04-15 10:00");

        Assert.Equal(called, (await engine.EventsAsync("followUp.due")).Count);
    }

    /// <summary>Moved, it is told of the new day only; cancelled, of none. Through the walk, so that the events are the real ones.</summary>
    [Fact]
    public async Task BeforeOperation_MovedThenCancelled_FollowsIt()
    {
        await using var engine = await FollowUpEngine.StartAsync(
            Now, ("Feeds:emr:Adapter", "Fhir.Endpoint"), ("Feeds:emr:Listen", "127.0.0.1:0"), ("Feeds:emr:AssigningAuthority", FhirAdapter.FhirEngine.Authority));
        engine.Keep("before-operation", "before-colonoscopy");
        await SendOperationAsync(engine, "active", "2026-03-20T14:00:00+08:00", 1);
        Assert.Equal(["Planned 2026-03-19 10:00"], await engine.OpenAsync());

        await SendOperationAsync(engine, "active", "2026-03-24T14:00:00+08:00", 2);
        Assert.Equal(["Planned 2026-03-23 10:00"], await engine.OpenAsync());

        await SendOperationAsync(engine, "revoked", "2026-03-24T14:00:00+08:00", 3);
        Assert.Empty(await engine.OpenAsync());
        await engine.SweepAtAsync("2026-03-23 10:00");
        Assert.Empty(await engine.EventsAsync("followUp.due"));
    }

    /// <summary>Each change is told, also back to a tier that was there before; the same said again is none.</summary>
    [Fact]
    public async Task MemberTierChange_EveryChange_IsToldOnce()
    {
        await using var engine = await KeepAsync("member-tier-change");
        await engine.HitAsync("patient.tierChanged", Member("gold"), Now);
        await engine.HitAsync("patient.tierChanged", Member("gold"), Now);
        await engine.SweepAsync();
        await engine.HitAsync("patient.tierChanged", Member("iron"), "2026-03-17 10:00");
        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal(2, (await engine.EventsAsync("followUp.due")).Count);
    }

    /// <summary>Leaving the programme ends the plan, through the walk.</summary>
    [Fact]
    public async Task KeyGroupPlan_ProgrammeLeft_Ends()
    {
        await using var engine = await FollowUpEngine.StartAsync(
            Now, ("Feeds:emr:Adapter", "Fhir.Endpoint"), ("Feeds:emr:Listen", "127.0.0.1:0"), ("Feeds:emr:AssigningAuthority", FhirAdapter.FhirEngine.Authority));
        engine.Keep("key-group-plan");
        await engine.SendFhirAsync("emr", Programme("entitled", "active", 1));
        Assert.Equal(5, (await engine.OpenAsync()).Count);

        await engine.SendFhirAsync("emr", Programme("entitled", "finished", 2));

        Assert.Empty(await engine.OpenAsync());
    }

    /// <summary>Renewed, it is due before the new end; the old day tells nobody.</summary>
    [Fact]
    public async Task MembershipExpiring_Renewed_MovesToTheNewEnd()
    {
        await using var engine = await KeepAsync("membership-expiring");
        await engine.HitAsync("membership.changed", Member("2026-04-30", 1200), Now);

        await engine.HitAsync("membership.changed", Member("2027-04-30", 900), "2026-03-20 10:00");
        await engine.SweepAtAsync("2026-03-30 10:00");

        Assert.Empty(await engine.EventsAsync("followUp.due"));
        Assert.Equal(["Planned 2027-03-30 10:00"], await engine.OpenAsync());
    }

    /// <summary>Who asked and never came is written to only with consent to marketing, and not after coming.</summary>
    [Theory]
    [InlineData(false, false, "Cancelled 2026-03-23 10:00 noConsent")]
    [InlineData(true, false, "Done 2026-03-23 10:00 sent")]
    [InlineData(true, true, "Cancelled 2026-03-23 10:00 stopped")]
    public async Task ProspectNurture_WithoutConsentOrAfterComing_IsNotSent(bool consent, bool came, string expected)
    {
        await using var engine = await KeepAsync("prospect-nurture");
        await engine.HitAsync("patient.registered", """{"resourceType":"Patient","id":"1"}""", Now);
        if (consent)
        {
            await engine.PutAsync(
                """{"resourceType":"Consent","id":"c","status":"active","dateTime":"2026-03-16T10:00:00+08:00","category":[{"coding":[{"system":"urn:integration:contact","code":"marketing"}]}],"provision":{"type":"permit"}}""", Now);
        }

        if (came)
        {
            await engine.PutAsync(Visit("9", "AMB"), "2026-03-18 10:00");
        }

        await engine.SweepAtAsync("2026-03-23 10:00");

        Assert.Equal(expected, (await engine.LinesAsync())[0]);
    }

    /// <summary>Nobody takes it up within a day: it goes up. Somebody does, by the source or here: it does not.</summary>
    [Theory]
    [InlineData(false, "patient-relations-lead")]
    [InlineData(true, "patient-relations")]
    public async Task ComplaintAcceptance_NotTakenUpInADay_GoesUp(bool claimed, string team)
    {
        await using var engine = await KeepAsync("complaint-acceptance");
        await engine.HitAsync("complaint.received", Complaint("requested"), Now);
        await engine.SweepAsync();
        if (claimed)
        {
            await engine.Actions.ClaimAsync(Assert.Single(await engine.WorkAsync()).Id, "clerk", "key", CancellationToken.None);
        }

        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal(team, Assert.Single(await engine.WorkAsync()).Team);
    }

    [Fact]
    public async Task FirstVisit_BookedOnDayTwo_CallsNobody()
    {
        await using var engine = await KeepAsync("first-visit-not-booked");
        await engine.SendAsync("ADT^A04", Now, FollowUpEngine.Pid("1001"), "PV1|1|N");
        Assert.Equal(["Planned 2026-03-19 10:00"], await engine.OpenAsync());

        engine.GoTo("2026-03-18 10:00");
        await engine.SendAppointmentAsync("S12", "2026-03-18 10:00", "2026-03-25 09:00");
        await engine.SweepAtAsync("2026-03-19 10:00");

        Assert.Equal(["Cancelled 2026-03-19 10:00 stopped"], await engine.LinesAsync());
    }

    /// <summary>Each supply starts anew, each drug by itself.</summary>
    [Fact]
    public async Task MedicationRenewal_NextSupply_TakesItsPlace()
    {
        await using var engine = await KeepAsync("medication-renewal");
        await engine.HitAsync("medication.dispensed", Dispense("A", 28), Now);
        await engine.HitAsync("medication.dispensed", Dispense("B", 14, "2"), Now);

        await engine.HitAsync("medication.dispensed", Dispense("A", 56, "3").Replace("2026-03-16", "2026-03-26", StringComparison.Ordinal), "2026-03-26 10:00");

        Assert.Equal(["Planned 2026-03-27 10:00", "Planned 2026-05-18 10:00"], await engine.OpenAsync());
    }

    [Fact]
    public async Task AfterOperation_AnotherOperation_StartsAnew()
    {
        await using var engine = await KeepAsync("after-operation");
        const string First = """{"resourceType":"Procedure","id":"1","status":"completed","performedDateTime":"2026-03-16T09:00:00+08:00"}""";
        await engine.HitAsync("operation.done", First, Now);
        await engine.SweepAtAsync("2026-03-17 09:30");

        await engine.HitAsync("operation.done", First.Replace("\"1\"", "\"2\"", StringComparison.Ordinal).Replace("03-16", "03-18", StringComparison.Ordinal), "2026-03-18 10:00");

        Assert.Equal(["Planned 2026-03-19 09:00", "Planned 2026-03-21 09:00", "Planned 2026-03-25 09:00", "Planned 2026-04-17 09:00"], await engine.OpenAsync());
    }

    /// <summary>An older operation that is told late does not take the place of a newer one.</summary>
    [Fact]
    public async Task AfterOperation_OlderOperationToldLate_ChangesNothing()
    {
        await using var engine = await KeepAsync("after-operation");
        const string Newer = """{"resourceType":"Procedure","id":"1","status":"completed","performedDateTime":"2026-03-16T09:00:00+08:00"}""";
        await engine.HitAsync("operation.done", Newer, Now);
        var before = await engine.LinesAsync();

        await engine.HitAsync("operation.done", Newer.Replace("\"1\"", "\"2\"", StringComparison.Ordinal).Replace("03-16", "03-14", StringComparison.Ordinal), "2026-03-14 10:00");

        Assert.Equal(before, await engine.LinesAsync());
    }

    [Fact]
    public async Task VisitSatisfaction_TwoVisitsOfADay_AskOnce()
    {
        await using var engine = await KeepAsync("visit-satisfaction");

        await engine.HitAsync("encounter.ended", Visit("1", "AMB"), Now);
        await engine.HitAsync("encounter.ended", Visit("2", "AMB"), Now);

        Assert.Single(await engine.WorkAsync());
    }

    /// <summary>Two of the sessions of a course were missed; one alone is no interruption, two of different courses are none.</summary>
    [Theory]
    [InlineData("PT", 1)]
    [InlineData("CHEMO", 0)]
    public async Task TreatmentInterrupted_SecondMissed_IsWork(string course, int work)
    {
        await using var engine = await KeepAsync("treatment-interrupted");
        await engine.HitAsync("appointment.missed", Missed("1", "PT", "2026-03-02"), "2026-03-02 10:00");
        Assert.Empty(await engine.WorkAsync());

        await engine.HitAsync("appointment.missed", Missed("2", course, "2026-03-16"), Now);

        Assert.Equal(work, (await engine.WorkAsync()).Count);
    }

    [Fact]
    public async Task ReferralPartner_NewReferralOfAnyPatient_StartsAnew()
    {
        await using var engine = await KeepAsync("referral-partner-silent");
        await engine.HitAsync("referral.received", Referral("1", "EAST", "2026-03-16"), Now);
        await engine.HitAsync("referral.received", Referral("2", "WEST", "2026-03-16"), Now, "P2");

        await engine.HitAsync("referral.received", Referral("3", "EAST", "2026-03-20"), "2026-03-20 10:00", "P3");

        Assert.Equal(["Planned 2026-04-15 09:00", "Planned 2026-04-20 09:00"], await engine.OpenAsync());
    }

    /// <summary>A month after a visit with the diagnosis, then every three months from each call that was made; once a patient.</summary>
    [Theory]
    [InlineData("I10.x00", "Planned 2026-07-16 10:00")]
    [InlineData("E11.900", "Planned 2026-07-16 10:00")]
    [InlineData("J06.900", "")]
    public async Task ChronicFollowUp_Done_IsPlannedAgain(string diagnosis, string next)
    {
        await using var engine = await KeepAsync("chronic-follow-up");
        await engine.PutAsync(
            "{\"resourceType\":\"Condition\",\"id\":\"1\",\"recordedDate\":\"2020-03-01\",\"code\":{\"coding\":[{\"code\":\"" + diagnosis + "\"}]}}", Now);
        await engine.HitAsync("encounter.ended", Visit("1", "AMB"), Now);
        await engine.HitAsync("encounter.ended", Visit("2", "AMB"), Now);
        await engine.SweepAtAsync("2026-04-16 10:00");

        foreach (var work in await engine.WorkAsync())
        {
            await engine.Actions.FinishAsync(work.Id, Core.FollowUps.Work.FollowUpState.Done, "nurse", "well", null, "key", CancellationToken.None);
        }

        Assert.Equal(next, string.Join(',', await engine.OpenAsync()));
    }

    /// <summary>Money given back inside the delay ends it.</summary>
    [Fact]
    public async Task AfterPayment_InvoiceCancelled_TellsNobody()
    {
        await using var engine = await KeepAsync("after-payment");
        await engine.HitAsync("invoice.paid", Invoice(100), Now);
        await engine.PutAsync(Invoice(100).Replace("balanced", "cancelled", StringComparison.Ordinal), "2026-03-16 18:00");

        await engine.SweepAtAsync("2026-03-17 15:00");

        Assert.Equal(["Cancelled 2026-03-17 15:00 conditionGone"], await engine.LinesAsync());
    }

    /// <summary>A third of the stays, always the same third.</summary>
    [Fact]
    public void Sample_ManyEpisodes_TakesItsPart()
    {
        var (rules, _) = FollowUpRuleLoader.Load(MappingFiles.Read(MappingSamples.MappingsFolder), EventCatalog.Names);
        var rule = rules!.All["discharge-satisfaction"];

        var taken = Enumerable.Range(0, 10_000).Count(i => Core.FollowUps.Planning.RuleQuestions.IsSampled(rule, $"Encounter/{i}"));

        Assert.InRange(taken, 3_100, 3_500);
    }

    private static async Task SendOperationAsync(FollowUpEngine engine, string status, string time, int hour)
    {
        var operation = Operation("81.54", time).Replace("\"active\"", $"\"{status}\"", StringComparison.Ordinal)
            .Replace("\"id\":\"1\"", $"\"id\":\"1\",\"intent\":\"order\",\"subject\":{{\"reference\":\"Patient/p1\"}},\"meta\":{{\"lastUpdated\":\"2026-03-16T0{hour}:00:00Z\"}}", StringComparison.Ordinal);
        var message = await FhirAdapter.FhirEngine.SendFhirAsync(engine.Engine,
            "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p1\",\"identifier\":[{\"system\":\"urn:his\",\"value\":\"1001\"}]}},{\"resource\":"
            + operation + "}]}");
        Assert.Equal(Core.Intake.MessageState.Done, message.State);
    }

    private static string Operation(string code, string time) =>
        "{\"resourceType\":\"ServiceRequest\",\"id\":\"1\",\"status\":\"active\",\"category\":[{\"coding\":[{\"code\":\"387713003\"}]}],\"code\":{\"coding\":[{\"code\":\"" + code
        + "\"}]},\"occurrenceDateTime\":\"" + time + "\"}";

    private static string Member(string tier) =>
        "{\"resourceType\":\"Patient\",\"id\":\"1\",\"extension\":[{\"url\":\"urn:integration:member-tier\",\"valueCoding\":{\"code\":\"" + tier + "\"}}]}";

    private static string Complaint(string status) =>
        "{\"resourceType\":\"Task\",\"id\":\"1\",\"status\":\"" + status + "\",\"code\":{\"coding\":[{\"code\":\"complaint\"}]},\"authoredOn\":\"2026-03-16T09:30:00+08:00\"}";

    private static async Task<FollowUpEngine> KeepAsync(string rule)
    {
        var engine = await FollowUpEngine.StartAsync(Now);
        engine.Keep(rule);
        return engine;
    }

    private static string Observation(string code, double value) =>
        "{\"resourceType\":\"Observation\",\"id\":\"1\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"local\"},{\"system\":\"http://loinc.org\",\"code\":\"" + code
        + "\"}]},\"valueQuantity\":{\"value\":" + value.ToString(System.Globalization.CultureInfo.InvariantCulture) + "}}";

    private static string Invoice(double total) =>
        "{\"resourceType\":\"Invoice\",\"id\":\"1\",\"status\":\"balanced\",\"date\":\"2026-03-16T10:00:00+08:00\",\"totalGross\":{\"value\":"
        + total.ToString(System.Globalization.CultureInfo.InvariantCulture) + "}}";

    private static string Dispense(string drug, int days, string id = "1") =>
        "{\"resourceType\":\"MedicationDispense\",\"id\":\"" + id + "\",\"status\":\"completed\",\"medicationCodeableConcept\":{\"coding\":[{\"code\":\"" + drug
        + "\"}]},\"daysSupply\":{\"value\":" + days + "},\"whenHandedOver\":\"2026-03-16T10:00:00+08:00\"}";

    private static string Order(string day) =>
        "{\"resourceType\":\"ServiceRequest\",\"id\":\"1\",\"status\":\"active\",\"code\":{\"coding\":[{\"code\":\"HbA1c\"}]},\"authoredOn\":\"2026-03-16\",\"occurrenceDateTime\":\"" + day + "\"}";

    private static string Visit(string id, string kind) =>
        "{\"resourceType\":\"Encounter\",\"id\":\"" + id + "\",\"status\":\"finished\",\"class\":{\"code\":\"" + kind + "\"},\"period\":{\"start\":\"2026-03-16T01:00:00Z\",\"end\":\"2026-03-16T02:00:00Z\"}}";

    private static string Missed(string id, string course, string day) =>
        "{\"resourceType\":\"Appointment\",\"id\":\"" + id + "\",\"status\":\"noshow\",\"serviceType\":[{\"coding\":[{\"code\":\"" + course + "\"}]}],\"start\":\"" + day + "T09:00:00+08:00\"}";

    private static string Programme(string code) => "{\"resourceType\":\"EpisodeOfCare\",\"id\":\"1\",\"status\":\"active\",\"type\":[{\"coding\":[{\"code\":\"" + code
        + "\"}]}],\"period\":{\"start\":\"2026-03-15\"}}";

    private static string Programme(string code, string status, int version) => Programme(code).Replace("\"active\"", $"\"{status}\"", StringComparison.Ordinal)
        .Replace("\"id\"", $"\"meta\":{{\"versionId\":\"{version}\"}},\"patient\":{{\"type\":\"Patient\",\"identifier\":{{\"system\":\"HIS\",\"value\":\"1001\"}}}},\"id\"", StringComparison.Ordinal);

    private static string Member(string end, int points) => "{\"resourceType\":\"Account\",\"id\":\"1\",\"status\":\"active\",\"type\":{\"coding\":[{\"code\":\"membership\"}]},"
        + "\"servicePeriod\":{\"end\":\"" + end + "\"},\"extension\":[{\"url\":\"urn:integration:member-points\",\"valueDecimal\":" + points + "}]}";

    private static string Referral(string id, string partner, string day) =>
        "{\"resourceType\":\"ServiceRequest\",\"id\":\"" + id + "\",\"status\":\"active\",\"authoredOn\":\"" + day
        + "\",\"extension\":[{\"url\":\"urn:hl7v2:referring-organization\",\"valueReference\":{\"display\":\"" + partner + "\"}}]}";
}
