using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Events.Record;
using Integration.Core.Records;

namespace Integration.Tests.Events;

/// <summary>Which events a change is: two versions of a resource and the names of the events between them.</summary>
public sealed class RecordEventsTests
{
    private const string Ward1 = """ "location":[{"location":{"display":"心内科"},"status":"active"}]""";
    private const string Ward2 = """ "location":[{"location":{"display":"心内科"},"status":"completed"},{"location":{"display":"骨科"},"status":"active"}]""";
    private const string High = """ "interpretation":[{"coding":[{"code":"H"}]}]""";
    private const string Critical = """ "interpretation":[{"coding":[{"code":"HH"}]}]""";
    private const string Vital = """ "category":[{"coding":[{"code":"vital-signs"}]}]""";
    private const string Results = """ "result":[{"reference":"Observation/1"}]""";
    private const string Radiology = """ "category":[{"coding":[{"code":"RAD"}]}]""";
    private const string Gold = """ "extension":[{"url":"urn:integration:member-tier","valueCoding":{"code":"gold"}}]""";
    private const string Surgery = """ "category":[{"coding":[{"code":"387713003"}]}]""";
    private const string Imaging = """ "category":{"coding":[{"code":"363679005"}]}""";
    private const string Tenth = """ "authoredOn":"2026-03-10","occurrenceDateTime":"2026-03-10" """;
    private const string Card = """ "type":{"coding":[{"code":"membership"}]},"extension":[{"url":"urn:integration:member-points","valueDecimal":1200}] """;
    private const string Pain = """ "extension":[{"url":"urn:integration:form-alert","extension":[{"url":"key","valueCode":"pain"},{"url":"severity","valueCode":"critical"}]}] """;
    private const string Complaint = """ "code":{"coding":[{"code":"complaint"}]}""";
    private const string Ward = """ "owner":{"display":"心内科"}""";
    private const string Office = """ "owner":{"display":"医务处"}""";
    private const string Nine = """ "start":"2026-03-05T09:00:00+08:00" """;
    private const string Ten = """ "start":"2026-03-05T10:00:00+08:00" """;

    /// <summary>A name of a type that begins with <c>no:</c> is not there; before empty: a new resource.</summary>
    public static TheoryData<string, string, string, string> Changes => new()
    {
        { "Patient", "", "", "patient.updated" },
        { "Patient", """ "gender":"male" """, """ "gender":"female" """, "patient.updated" },
        { "Patient", """ "gender":"male" """, """ "deceasedDateTime":"2026-03-05" """, "patient.updated patient.deceased" },
        { "Patient", """ "deceasedBoolean":true""", """ "deceasedDateTime":"2026-03-05" """, "patient.updated" },
        { "Patient", "", Gold, "patient.updated" },
        { "Patient", """ "gender":"male" """, Gold, "patient.updated patient.tierChanged" },
        { "Patient", Gold, Gold.Replace("gold", "platinum", StringComparison.Ordinal), "patient.updated patient.tierChanged" },
        { "Patient", Gold, """ "gender":"male" """, "patient.updated patient.tierChanged" },
        { "Patient", Gold, $""" "gender":"male",{Gold}""", "patient.updated" },
        { "Encounter", "", """ "status":"planned" """, "" },
        { "Encounter", "", """ "status":"in-progress" """, "encounter.started" },
        { "Encounter", """ "status":"planned" """, """ "status":"arrived" """, "encounter.started" },
        { "Encounter", """ "status":"arrived" """, """ "status":"in-progress" """, "" },
        { "Encounter", $""" "status":"in-progress",{Ward1} """, $""" "status":"in-progress",{Ward2} """, "encounter.moved" },
        { "Encounter", $""" "status":"in-progress",{Ward1} """, $""" "status":"finished",{Ward2} """, "encounter.ended" },
        { "Encounter", """ "status":"finished" """, """ "status":"finished","class":{"code":"IMP"}""", "" },
        { "Encounter", """ "status":"finished" """, """ "status":"in-progress" """, "encounter.resumed" },
        { "Encounter", """ "status":"in-progress" """, """ "status":"cancelled" """, "encounter.cancelled" },
        { "Encounter", """ "status":"cancelled" """, """ "status":"entered-in-error" """, "" },
        { "Appointment", "", $""" "status":"booked",{Nine} """, "appointment.booked" },
        { "Appointment", "", $""" "status":"waitlist",{Nine} """, "" },
        { "Appointment", $""" "status":"pending",{Nine} """, $""" "status":"booked",{Ten} """, "appointment.booked" },
        { "Appointment", $""" "status":"booked",{Nine} """, $""" "status":"booked",{Ten} """, "appointment.moved" },
        { "Appointment", $""" "status":"booked",{Nine} """, $""" "status":"booked","comment":"空腹",{Nine} """, "" },
        { "Appointment", $""" "status":"booked",{Nine} """, $""" "status":"cancelled",{Nine} """, "appointment.cancelled" },
        { "Appointment", $""" "status":"cancelled",{Nine} """, $""" "status":"entered-in-error",{Nine} """, "" },
        { "Appointment", $""" "status":"booked",{Nine} """, $""" "status":"noshow",{Nine} """, "appointment.missed" },
        { "Appointment", $""" "status":"noshow",{Nine} """, $""" "status":"noshow","comment":"电话未接",{Nine} """, "" },
        { "Appointment", $""" "status":"noshow",{Nine} """, $""" "status":"booked",{Ten} """, "appointment.moved" },
        { "Appointment", "", $""" "status":"noshow",{Nine} """, "appointment.missed" },
        { "Appointment", $""" "status":"booked",{Nine} """, $""" "status":"fulfilled",{Nine} """, "appointment.kept" },
        { "Appointment", $""" "status":"arrived",{Nine} """, $""" "status":"fulfilled",{Nine} """, "" },
        { "DiagnosticReport", "", $""" "status":"preliminary",{Results} """, "" },
        { "DiagnosticReport", "", $""" "status":"final",{Results} """, "result.final" },
        { "DiagnosticReport", $""" "status":"preliminary",{Results} """, $""" "status":"final",{Results} """, "result.final" },
        { "DiagnosticReport", $""" "status":"final",{Results} """, $""" "status":"final","issued":"2026",{Results} """, "" },
        { "DiagnosticReport", $""" "status":"final",{Results} """, $""" "status":"corrected",{Results} """, "report.corrected" },
        { "DiagnosticReport", "", $""" "status":"final",{Radiology},{Results} """, "report.final" },
        { "DiagnosticReport", """ "status":"final","conclusion":"正常" """, """ "status":"final","conclusion":"结节" """, "report.corrected" },
        { "Observation", "", """ "status":"final","valueString":"6.1" """, "" },
        { "Observation", "", $""" "status":"final",{High} """, "result.abnormal" },
        { "Observation", "", $""" "status":"preliminary",{High} """, "" },
        { "Observation", $""" "status":"preliminary",{High} """, $""" "status":"final",{High} """, "result.abnormal" },
        { "Observation", "", $""" "status":"preliminary",{Critical} """, "result.critical" },
        { "Observation", $""" "status":"preliminary",{Critical} """, $""" "status":"final",{Critical} """, "" },
        { "Observation", $""" "status":"final",{High} """, $""" "status":"final",{Critical} """, "result.corrected result.critical" },
        { "Observation", $""" "status":"final",{High} """, $""" "status":"final","note":[],{High} """, "" },
        { "Observation", """ "status":"final","valueString":"6.1" """, """ "status":"corrected","valueString":"6.1" """, "result.corrected" },
        { "Observation", """ "status":"final","valueString":"6.1" """, """ "status":"final","valueQuantity":{"value":6.2}""", "result.corrected" },
        { "Observation", "", $""" "status":"entered-in-error",{Critical} """, "" },
        { "Observation", "", $""" "status":"final",{High},{Vital} """, "vitalSign.outOfLimits" },
        { "ImagingStudy", "", """ "status":"available" """, "study.available" },
        { "Procedure", "", """ "status":"completed" """, "operation.done" },
        { "Procedure", """ "status":"in-progress" """, """ "status":"completed" """, "operation.done" },
        { "Procedure", "", $""" "status":"in-progress",{Imaging} """, "exam.started" },
        { "Procedure", $""" "status":"in-progress",{Imaging} """, $""" "status":"in-progress","note":[],{Imaging} """, "" },
        { "Procedure", $""" "status":"in-progress",{Imaging} """, $""" "status":"completed",{Imaging} """, "exam.completed" },
        { "Procedure", $""" "status":"in-progress",{Imaging} """, $""" "status":"stopped",{Imaging} """, "exam.discontinued" },
        { "ServiceRequest", "", $""" "status":"active",{Tenth},{Surgery}""", "operation.planned" },
        { "ServiceRequest", "", $""" "status":"active",{Tenth}""", "" },
        { "ServiceRequest", "", $""" "status":"active",{Surgery}""", "" },
        { "ServiceRequest", $""" "status":"draft",{Tenth},{Surgery}""", $""" "status":"active",{Tenth},{Surgery}""", "operation.planned" },
        { "ServiceRequest", $""" "status":"active",{Tenth},{Surgery}""", $""" "status":"active","occurrencePeriod":{"{"}"start":"2026-03-12"{"}"},{Surgery}""", "operation.moved" },
        { "ServiceRequest", $""" "status":"active",{Tenth},{Surgery}""", $""" "status":"active","note":[],{Tenth},{Surgery}""", "" },
        { "ServiceRequest", $""" "status":"active",{Tenth},{Surgery}""", $""" "status":"revoked",{Tenth},{Surgery}""", "operation.cancelled" },
        { "ServiceRequest", $""" "status":"active",{Tenth},{Surgery}""", $""" "status":"completed",{Tenth},{Surgery}""", "" },
        { "Task", "", $""" "status":"draft",{Complaint}""", "" },
        { "Task", "", $""" "status":"requested",{Complaint}""", "complaint.received" },
        { "Task", "", """ "status":"requested","code":{"coding":[{"code":"fulfill"}]}""", "" },
        { "Task", "", $""" "status":"in-progress",{Complaint}""", "complaint.received complaint.accepted" },
        { "Task", $""" "status":"requested",{Complaint}""", $""" "status":"accepted",{Complaint}""", "complaint.accepted" },
        { "Task", $""" "status":"accepted",{Complaint}""", $""" "status":"in-progress",{Complaint}""", "" },
        { "Task", $""" "status":"accepted",{Ward},{Complaint}""", $""" "status":"accepted",{Office},{Complaint}""", "complaint.transferred" },
        { "Task", $""" "status":"accepted",{Complaint}""", $""" "status":"accepted",{Office},{Complaint}""", "" },
        { "Task", $""" "status":"accepted",{Complaint}""", $""" "status":"completed",{Complaint}""", "complaint.answered" },
        { "Task", $""" "status":"completed",{Complaint}""", $""" "status":"in-progress",{Complaint}""", "" },
        { "Task", $""" "status":"requested",{Complaint}""", $""" "status":"cancelled",{Complaint}""", "complaint.withdrawn" },
        { "MedicationRequest", "", """ "status":"active" """, "medication.ordered" },
        { "MedicationRequest", """ "status":"active" """, """ "status":"stopped" """, "medication.stopped" },
        { "MedicationDispense", "", """ "status":"completed" """, "medication.dispensed" },
        { "ChargeItem", "", """ "status":"billable","priceOverride":{"value":50.00}""", "charge.posted" },
        { "ChargeItem", "", """ "status":"billable","priceOverride":{"value":-50.00}""", "charge.refunded" },
        { "ChargeItem", "", """ "status":"billable","quantity":{"value":-1}""", "charge.refunded" },
        { "PaymentReconciliation", "", """ "status":"active","paymentAmount":{"value":50}""", "payment.received" },
        { "PaymentReconciliation", "", """ "status":"active","paymentAmount":{"value":-50}""", "payment.refunded" },
        { "Invoice", """ "status":"issued" """, """ "status":"balanced" """, "invoice.paid" },
        { "Invoice", """ "status":"balanced" """, """ "status":"cancelled" """, "invoice.cancelled" },
        { "QuestionnaireResponse", """ "status":"in-progress" """, """ "status":"completed" """, "survey.answered" },
        { "QuestionnaireResponse", "", $""" "status":"completed",{Pain} """, "survey.answered survey.alert" },
        { "QuestionnaireResponse", $""" "status":"completed",{Pain} """, $""" "status":"completed","language":"zh",{Pain} """, "" },
        { "Consent", "", """ "status":"active" """, "consent.changed" },
        { "EpisodeOfCare", "", """ "status":"active" """, "programme.joined" },
        { "EpisodeOfCare", """ "status":"active" """, """ "status":"active","period":{"start":"2026-03-01"} """, "" },
        { "EpisodeOfCare", """ "status":"active" """, """ "status":"finished" """, "programme.left" },
        { "EpisodeOfCare", """ "status":"planned" """, """ "status":"cancelled" """, "" },
        { "Account", "", $""" "status":"active",{Card} """, "membership.changed" },
        { "Account", "", """ "status":"active" """, "" },
        { "Account", $""" "status":"active",{Card} """, $""" "status":"active","name":"x",{Card} """, "" },
        { "Account", $""" "status":"active",{Card} """, $""" "status":"active",{Card.Replace("1200", "1300", StringComparison.Ordinal)} """, "membership.changed" },
        { "Condition", "", """ "status":"active" """, "" },
        { "ServiceRequest", "", """ "status":"active","authoredOn":"2026-03-01","occurrenceDateTime":"2026-06-01" """, "order.scheduled" },
        { "ServiceRequest", "", """ "status":"active","authoredOn":"2026-03-01","occurrenceDateTime":"2026-03-01" """, "" },
        {
            "ServiceRequest", "",
            """ "status":"active","extension":[{"url":"urn:hl7v2:referring-organization","valueReference":{"display":"EAST"}}] """, "referral.received"
        },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Of_TwoVersions_NamesTheEventsBetween(string type, string before, string after, string expected) =>
        Assert.Equal(expected, string.Join(' ', RecordEvents.Of(Change(type, before, after)).Select(t => t.Type.Name)));

    [Fact]
    public void Of_AResourceThatOnlyChangedHands_IsNothing()
    {
        var before = Version("Appointment", 3, """ "status":"noshow" """);

        Assert.Empty(RecordEvents.Of(new RecordChange(before, before with { PatientId = "p2" })));
    }

    [Fact]
    public void Catalog_EveryTypeOfTheTable_IsRaisedByAnExampleOfThisTest()
    {
        var raised = Changes.SelectMany(row => row.Data.Item4.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToHashSet();

        Assert.Equal(["checkup.findingA", "checkup.findingB", "medication.runningOut", "patient.merged", "patient.registered", "patient.unmerged", "vitalSign.recovered"], RecordEventTypes.All.Select(t => t.Type.Name).Except(raised).Order());
    }

    [Fact]
    public void DataOf_EveryType_HoldsWhatItsSchemaRequiresAndNothingElse()
    {
        foreach (var (type, before, after, _) in Changes.Select(row => row.Data))
        {
            var change = Change(type, before, after);
            foreach (var raised in RecordEvents.Of(change))
            {
                var names = raised.DataOf(change).Select(p => p.Key).ToList();
                Assert.Empty(names.Except(raised.Type.Data.Select(p => p.Name)));
                Assert.Empty(raised.Type.Data.Where(p => p.IsRequired).Select(p => p.Name).Except(names));
            }
        }
    }

    [Fact]
    public void All_Types_HaveOneNameEachAndRequireOnlyWhatEverybodyMaySee()
    {
        Assert.Equal(EventCatalog.All.Count, EventCatalog.All.Select(t => t.Name).Distinct().Count());
        Assert.All(EventCatalog.All, t => Assert.Matches("^[a-z][A-Za-z]+\\.[a-z][A-Za-z]+$", t.Name));
        Assert.All(EventCatalog.All.SelectMany(t => t.Data).Where(p => p.IsRequired), p => Assert.Equal(DataCategory.Plain, p.Category));
        Assert.All(EventCatalog.All, t => Assert.Equal(t.Data.Count, t.Data.Select(p => p.Name).Distinct().Count()));
    }

    private static RecordChange Change(string type, string before, string after) =>
        new(before.Length == 0 ? null : Version(type, 1, before), Version(type, 2, after));

    private static ResourceDocument Version(string type, int version, string members) => new()
    {
        Id = $"{type}/1",
        Type = type,
        PatientId = "p1",
        SourceIdentity = "HIS|1",
        Effective = DateTimeOffset.UnixEpoch,
        Version = version,
        LastUpdated = DateTimeOffset.UnixEpoch,
        Provenance = new Provenance("his", "m1", "v1", "rule", "source", DateTimeOffset.UnixEpoch),
        Resource = JsonNode.Parse($$"""{ "resourceType": "{{type}}"{{(members.Length > 0 ? "," : "")}} {{members}} }""")!.AsObject(),
    };
}
