using Integration.Core.Intake;
using Integration.Core.Records;

namespace Integration.Tests.Mapping;

/// <summary>Whole flows of one domain: what a row of messages leaves in the record.</summary>
public sealed class MessageFlowTests
{
    private const string Pid = "PID|1||1001^^^HIS^PI||张三||19491231|1";
    private const string Visit = "PV1|1|I|心内科^302^01||||||||||||||||V1";

    private int _sent;

    [Fact]
    public async Task When_the_patient_does_not_come_Should_hold_one_no_show_however_often_it_is_told()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Booking("S12", "20260301083000", "20260305090000"));
        await engine.SendAsync(Booking("S13", "20260302083000", "20260306090000"));
        var missed = await engine.SendAsync(Booking("S26", "20260306100000", "20260306090000"));

        var again = await engine.SendAsync(Booking("S26", "20260306103000", "20260306090000"));

        var appointment = await OneAsync(engine, missed.PatientId!, "Appointment");
        var earlier = await engine.Records.HistoryAsync(appointment.Id, CancellationToken.None);
        Assert.Equal(["noshow", "booked", "booked"], [(string)appointment.Resource["status"]!, .. earlier.Select(v => (string)v.Resource["status"]!)]);
        Assert.Equal("2026-03-06T09:00:00+08:00", (string)appointment.Resource["start"]!);
        Assert.Contains(again.Changes, c => c is { Type: "Appointment", Action: "unchanged" });
    }

    [Theory]
    [InlineData("S14", "booked")]
    [InlineData("S15", "cancelled")]
    [InlineData("S16", "cancelled")]
    [InlineData("S17", "entered-in-error")]
    public async Task When_an_appointment_changes_Should_keep_one_with_the_status(string trigger, string status)
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Booking("S12", "20260301083000", "20260305090000"));

        var changed = await engine.SendAsync(Booking(trigger, "20260302083000", "20260305090000"));

        Assert.Equal(status, (string)(await OneAsync(engine, changed.PatientId!, "Appointment")).Resource["status"]!);
    }

    [Fact]
    public async Task When_charges_and_refunds_come_Should_add_up_to_the_bill_of_the_visit_to_the_cent()
    {
        await using var engine = await TestEngine.StartAsync();
        var first = await engine.SendAsync(Message("DFT^P03", "20260301100000", Pid + "||||||||||ACC1", Visit,
            "FT1|1|F1||20260301||CG|A^血常规|||1|20.05|20.05", "FT1|2|F2||20260301||CG|B^胶囊|||3||15.83", "FT1|3|F3||20260301||CG|C^床位费|||||60.10",
            "FT1|4|P1||20260301||PY|XJ^现金|||1|500.00"));
        await engine.SendAsync(Message("DFT^P03", "20260302100000", Pid + "||||||||||ACC1", Visit,
            "FT1|1|F2||20260302||CR|B^胶囊|||1||15.83", "FT1|2|F1||20260302||CR|A^血常规|||1|20.05|20.05"));
        await engine.SendAsync(Message("DFT^P03", "20260302110000", Pid, "PV1|1|O|||||||||||||||||V2", "FT1|1|F9||20260302||CG|A^血常规|||1|0.10"));

        var charges = (await engine.Records.ResourcesAsync(first.PatientId!, "ChargeItem", 100, null, CancellationToken.None)).Resources;
        var encounters = (await engine.Records.ResourcesAsync(first.PatientId!, "Encounter", 100, null, CancellationToken.None)).Resources
            .ToDictionary(e => (string)e.Resource["identifier"]![0]!["value"]!, e => e.Id);
        Assert.Equal(20.05m + (3 * 15.83m) + 60.10m - 15.83m - 20.05m, SumOf(charges, encounters["V1"]));
        Assert.Equal(0.10m, SumOf(charges, encounters["V2"]));
        Assert.Equal(5, charges.Count(c => c.Resource["account"] is not null));
        Assert.Equal(500.00m, (decimal)(await OneAsync(engine, first.PatientId!, "PaymentReconciliation")).Resource["paymentAmount"]!["value"]!);
    }

    [Fact]
    public async Task When_a_medicine_is_ordered_dispensed_and_given_Should_link_all_by_the_placers_number()
    {
        await using var engine = await TestEngine.StartAsync();
        var order = await engine.SendAsync(Message("RDE^O11", "20260301100000", Pid, Visit, "ORC|NW|RX1^HIS", "RXE||A^阿莫西林|0.5||g", "RXR|PO^口服"));
        await engine.SendAsync(Message("RDS^O13", "20260301110000", Pid, Visit, "ORC|RE|RX1^HIS", "RXD|1|A^阿莫西林|20260301110000|14|粒"));
        await engine.SendAsync(Message("RAS^O17", "20260301120000", Pid, Visit, "ORC|RE|RX1^HIS", "RXA|0|1|20260301120000||A^阿莫西林|0.5|g"));

        var request = await OneAsync(engine, order.PatientId!, "MedicationRequest");
        var dispense = await OneAsync(engine, order.PatientId!, "MedicationDispense");
        var administration = await OneAsync(engine, order.PatientId!, "MedicationAdministration");
        var number = request.Resource["identifier"]![0]!;
        Assert.Equal("RX1", (string)number["value"]!);
        foreach (var link in new[] { dispense.Resource["authorizingPrescription"]![0]!["identifier"]!, administration.Resource["request"]!["identifier"]! })
        {
            Assert.Equal(((string)number["system"]!, (string)number["value"]!), ((string)link["system"]!, (string)link["value"]!));
        }
    }

    [Fact]
    public async Task When_a_partner_refers_Should_count_each_referral_once()
    {
        await using var engine = await TestEngine.StartAsync();
        var asked = await engine.SendAsync(Referral("I12", "20260301100000", "ZZ1"));
        Assert.Equal(1, await ReferralsOfAsync(engine, asked.PatientId!, "社区中心"));

        await engine.SendAsync(Referral("I13", "20260301110000", "ZZ1"));
        await engine.SendAsync(Referral("I12", "20260302100000", "ZZ2"));
        Assert.Equal(2, await ReferralsOfAsync(engine, asked.PatientId!, "社区中心"));

        await engine.SendAsync(Referral("I14", "20260303100000", "ZZ2"));
        Assert.Equal(1, await ReferralsOfAsync(engine, asked.PatientId!, "社区中心"));
    }

    [Fact]
    public async Task When_staff_is_renamed_Should_keep_the_old_name_on_old_records()
    {
        await using var engine = await TestEngine.StartAsync();
        var added = await engine.SendAsync(Staff("20260101100000", "李明"));
        var visit = await engine.SendAsync(Message("ADT^A01", "20260301100000", Pid, "PV1|1|I|心内科^302^01||||D1001^李明||||||||||||V1"));

        var renamed = await engine.SendAsync(Staff("20260302100000", "李铭"));

        Assert.Equal((MessageState.Done, MessageState.Done), (added.State, renamed.State));
        Assert.Null(renamed.PatientId);
        var practitioner = Assert.Single((await engine.Records.ResourcesAsync("", "Practitioner", 10, null, CancellationToken.None)).Resources);
        Assert.Equal("李铭", (string)practitioner.Resource["name"]![0]!["text"]!);
        Assert.Equal("李明", (string)Assert.Single(await engine.Records.HistoryAsync(practitioner.Id, CancellationToken.None)).Resource["name"]![0]!["text"]!);
        var attending = (await OneAsync(engine, visit.PatientId!, "Encounter")).Resource["participant"]![0]!["individual"]!;
        Assert.Equal("李明", (string)attending["display"]!);
        Assert.Equal((string)practitioner.Resource["identifier"]![0]!["value"]!, (string)attending["identifier"]!["value"]!);
        Assert.Single((await engine.Records.SearchAsync(new PatientSearch(), CancellationToken.None)).Patients);
    }

    [Fact]
    public async Task When_a_document_is_replaced_Should_supersede_the_old_one_in_either_order()
    {
        foreach (var oldFirst in new[] { true, false })
        {
            await using var engine = await TestEngine.StartAsync();
            string[] first = Message("MDM^T02", "20260301100000", Pid, Visit, "TXA|1|DS^小结|TX|20260301||||||||DOC1^HIS|||||AU||AV", "OBX|1|TX|S^小结||初稿");
            string[] second = Message("MDM^T10", "20260302100000", Pid, Visit, "TXA|1|DS^小结|TX|20260302||||||||DOC2^HIS|DOC1^HIS||||AU||AV", "OBX|1|TX|S^小结||终稿");
            await engine.SendAsync(oldFirst ? first : second);
            var last = await engine.SendAsync(oldFirst ? second : first);

            var documents = (await engine.Records.ResourcesAsync(last.PatientId!, "DocumentReference", 10, null, CancellationToken.None)).Resources
                .ToDictionary(d => (string)d.Resource["masterIdentifier"]!["value"]!, d => d.Resource);
            Assert.Equal(("superseded", "current"), ((string)documents["DOC1"]["status"]!, (string)documents["DOC2"]["status"]!));
            Assert.NotNull(documents["DOC1"]["content"]![0]!["attachment"]!["data"]);
            Assert.Equal("DOC1", (string)documents["DOC2"]["relatesTo"]![0]!["target"]!["identifier"]!["value"]!);
        }
    }

    [Fact]
    public async Task When_a_visit_moves_Should_take_its_results_along_and_stay_moved_when_older_messages_come()
    {
        await using var engine = await TestEngine.StartAsync();
        var wrong = await engine.SendAsync(Message("ADT^A01", "20260301100000", "PID|1||2002^^^HIS^PI||李四", Visit, "DG1|1||I10^高血压^I10||20260301|A"));
        string[] result = Message("ORU^R01", "20260301110000", "PID|1||2002^^^HIS^PI||李四", Visit, "OBR|1|P1^HIS|L1^LIS|GLU^葡萄糖||||||||||||||||||||||F", "OBX|1|NM|GLU^葡萄糖||5.6|mmol/L|||||F");
        await engine.SendAsync(result);

        var moved = await engine.SendAsync(Message("ADT^A45", "20260302100000", Pid, "MRG|2002^^^HIS^PI||||V1", Visit));
        var late = await engine.SendAsync([result[0].Replace("|C", "|CX", StringComparison.Ordinal), .. result[1..]]);

        var right = (await engine.Records.GetAsync(moved.PatientId!, CancellationToken.None))!.ResourceCounts;
        Assert.Equal((1, 1, 1, 1), (right["Encounter"], right["Condition"], right["Observation"], right["DiagnosticReport"]));
        var left = (await engine.Records.GetAsync(wrong.PatientId!, CancellationToken.None))!;
        Assert.Equal(["Patient"], left.ResourceCounts.Keys);
        Assert.Empty(left.Sections);
        Assert.Equal(wrong.PatientId, late.PatientId);
        var observation = await OneAsync(engine, moved.PatientId!, "Observation");
        var subject = (await engine.Records.ResourcesAsync(moved.PatientId!, "Patient", 10, null, CancellationToken.None)).Resources.Single().Id;
        Assert.Equal(subject, (string)observation.Resource["subject"]!["reference"]!);
    }

    private static decimal SumOf(IReadOnlyList<ResourceDocument> charges, string encounter) =>
        charges.Where(c => (string?)c.Resource["context"]?["reference"] == encounter).Sum(c => (decimal)c.Resource["priceOverride"]!["value"]!);

    private static async Task<int> ReferralsOfAsync(TestEngine engine, string patientId, string partner) =>
        (await engine.Records.ResourcesAsync(patientId, "ServiceRequest", 100, null, CancellationToken.None)).Resources
            .Count(r => (string?)r.Resource["status"] == "active" && (string?)r.Resource["extension"]![0]!["valueReference"]!["display"] == partner);

    private static async Task<ResourceDocument> OneAsync(TestEngine engine, string patientId, string type) =>
        Assert.Single((await engine.Records.ResourcesAsync(patientId, type, 10, null, CancellationToken.None)).Resources);

    private string[] Booking(string trigger, string time, string start) => Message(
        $"SIU^{trigger}", time, $"SCH|YY1^HIS|YY2^GH||||{trigger}|复诊|FOLLOWUP|15|min|^^15^{start}", Pid, "AIS|1||0301^心内科门诊");

    private string[] Referral(string trigger, string time, string number) => Message(
        $"REF^{trigger}", time, $"RF1||R|MED|||{number}^SQ|20260301", "PRD|RP|陈^社||^^^社区中心|||S7^工号", Pid);

    private string[] Staff(string time, string name) => Message(
        "MFN^M02", time, "MFI|STF||UPD|||AL", "MFE|MUP|1|20260302|D1001|ST", $"STF|D1001|D1001^^^HIS|{name}|P|M||A|0301^心血管内科");

    private string[] Message(string type, string time, params string[] segments) =>
        [$"MSH|^~\\&|HIS|EAST|||{time}||{type}|C{++_sent}|P|2.5.1|||||CHN|UNICODE UTF-8", .. segments];
}
