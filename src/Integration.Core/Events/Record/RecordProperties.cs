using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Forms;
using Integration.Core.Records;
using static Integration.Core.Events.DataCategory;
using static Integration.Core.Events.EventValueKind;

namespace Integration.Core.Events.Record;

/// <summary>Properties of the events of the record. As few as a receiver needs to decide what to do; it reads more over the API.</summary>
internal static class RecordProperties
{
    private static readonly RecordProperty Status = new(
        new("status", Text, Plain, "FHIR status of the resource after the change", IsRequired: true), c => RecordStates.Status(c.After));

    public static IReadOnlyList<RecordProperty> Nothing { get; } = [];

    public static IReadOnlyList<RecordProperty> Deceased { get; } =
    [
        Of("time", Time, Plain, "When the person died", c => c.After.Resource["deceasedDateTime"].Text()),
    ];

    public static IReadOnlyList<RecordProperty> Tier { get; } =
    [
        Of("tier", Text, Financial, "Code of the tier; absent: none any more", c => MemberTier.Of(c.After)),
        Of("previousTier", Text, Financial, "Code of the tier before; absent: none", c => MemberTier.Of(c.Before)),
    ];

    public static IReadOnlyList<RecordProperty> Membership { get; } =
    [
        Status,
        Of("expires", Time, Plain, "When it ends", c => c.After.Resource["servicePeriod"].Text("end")),
        Of("memberNumber", Text, Identifying, "Number of the membership at its source", c => c.After.Resource["identifier"].Text("value")),
        new(new("points", Number, Financial, "Points"), c => Records.Membership.Points(c.After)),
        new(new("balance", Number, Financial, "Money on the card"), c => Records.Membership.Balance(c.After)),
    ];

    public static IReadOnlyList<RecordProperty> Programme { get; } =
    [
        Status,
        Of("start", Time, Plain, "When it began", c => c.After.Resource["period"].Text("start")),
        Of("end", Time, Plain, "When it ended", c => c.After.Resource["period"].Text("end")),
        Of("kind", Text, Clinical, "Code of the programme", c => c.After.Resource["type"].Text("coding", "code")),
        Of("title", Text, Clinical, "Name of the programme", c => c.After.Resource.Concept("type")),
    ];

    public static IReadOnlyList<RecordProperty> Encounter { get; } =
    [
        Status,
        Of("class", Text, Plain, "Class of the visit: code of HL7 v3 ActCode such as IMP, AMB, EMER", c => c.After.Resource["class"].Text("code")),
        Of("start", Time, Plain, "When it began", c => c.After.Resource["period"].Text("start")),
        Of("end", Time, Plain, "When it ended", c => c.After.Resource["period"].Text("end")),
        Of("visitNumber", Text, Identifying, "Number of the visit at its source", c => c.After.Resource["identifier"].Text("value")),
        Of("department", Text, Clinical, "Department", c => c.After.Resource.Concept("serviceType")),
        Of("place", Text, Clinical, "Where the patient is: ward, room and bed", c => RecordStates.PlaceName(c.After)),
    ];

    public static IReadOnlyList<RecordProperty> EncounterMoved { get; } =
    [
        .. Encounter, Of("previousPlace", Text, Clinical, "Where the patient was", c => RecordStates.PlaceName(c.Before)),
    ];

    public static IReadOnlyList<RecordProperty> Appointment { get; } =
    [
        Status,
        Of("start", Time, Plain, "When it begins", c => c.After.Resource["start"].Text()),
        Of("end", Time, Plain, "When it ends", c => c.After.Resource["end"].Text()),
        Of("appointmentNumber", Text, Identifying, "Number of the appointment at its source", c => c.After.Resource["identifier"].Text("value")),
        Of("service", Text, Clinical, "What was booked", c => c.After.Resource.Concept("serviceType")),
    ];

    public static IReadOnlyList<RecordProperty> AppointmentMoved { get; } =
    [
        .. Appointment, Of("previousStart", Time, Plain, "When it was to begin before", c => c.Before?.Resource["start"].Text()),
    ];

    public static IReadOnlyList<RecordProperty> Report { get; } =
    [
        Status,
        Of("issued", Time, Plain, "When it was released", c => c.After.Resource["issued"].Text()),
        new(new("encounter", Text, Plain, "Encounter/ID of the visit"), c => c.After.Resource["encounter"].Text("reference")),
        new(new("results", Integer, Plain, "How many results it has"), c => c.After.Resource["result"] is JsonArray { Count: > 0 } results ? results.Count : null),
        Of("reportNumber", Text, Identifying, "Number of the report at its source", c => c.After.Resource["identifier"].Text("value")),
        Of("code", Text, Clinical, "What was examined", c => c.After.Resource.Concept("code")),
    ];

    public static IReadOnlyList<RecordProperty> Result { get; } =
    [
        Status,
        Of("effective", Time, Plain, "When it was observed", c => c.After.Resource["effectiveDateTime"].Text() ?? c.After.Resource["effectivePeriod"].Text("start")),
        Of("encounter", Text, Plain, "Encounter/ID of the visit", c => c.After.Resource["encounter"].Text("reference")),
        Of("code", Text, Clinical, "What was observed", c => c.After.Resource.Concept("code")),
        Of("interpretation", Text, Clinical, "Flag such as H or LL", c => c.After.Resource["interpretation"].Text("coding", "code")),
        Of("value", Text, Clinical, "The value as text", c => ResourceSummary.ObservationValue(c.After.Resource)),
    ];

    /// <summary>What follows <see cref="Result"/> is filled in by <see cref="Vitals.VitalSignWatch"/>.</summary>
    public static IReadOnlyList<RecordProperty> VitalSign { get; } =
    [
        .. Result,
        Of("sign", Text, Clinical, "Name of the vital sign, such as heart-rate", _ => null),
        Of("side", Text, Clinical, "high or low: the limit that was broken", _ => null),
        new(new("limit", Number, Clinical, "That limit"), _ => null),
        new(new("measured", Number, Clinical, "The value in the unit of the limit"), _ => null),
        Of("unit", Text, Clinical, "UCUM code of that unit", _ => null),
    ];

    public static IReadOnlyList<RecordProperty> Study { get; } =
    [
        Status,
        Of("started", Time, Plain, "When it was taken", c => c.After.Resource["started"].Text()),
        new(new("instances", Integer, Plain, "How many instances it has"), c => WholeNumber(c.After.Resource["numberOfInstances"])),
        Of("studyInstanceUid", Text, Identifying, "DICOM Study Instance UID", c => c.After.Resource["identifier"].Text("value")),
        Of("modality", Text, Clinical, "DICOM modality", c => c.After.Resource["modality"].Text("code")),
    ];

    public static IReadOnlyList<RecordProperty> Operation { get; } =
    [
        Status,
        Of("performed", Time, Plain, "When it was done", c => c.After.Resource["performedDateTime"].Text() ?? c.After.Resource["performedPeriod"].Text("start")),
        Of("encounter", Text, Plain, "Encounter/ID of the visit", c => c.After.Resource["encounter"].Text("reference")),
        Of("code", Text, Clinical, "What was done", c => c.After.Resource.Concept("code")),
    ];

    public static IReadOnlyList<RecordProperty> Exam { get; } =
    [
        Status,
        Of("start", Time, Plain, "When it began", c => c.After.Resource["performedPeriod"].Text("start") ?? c.After.Resource["performedDateTime"].Text()),
        Of("end", Time, Plain, "When it ended", c => c.After.Resource["performedPeriod"].Text("end")),
        Of("encounter", Text, Plain, "Encounter/ID of the visit", c => c.After.Resource["encounter"].Text("reference")),
        Of("accessionNumber", Text, Identifying, "Number of the order at the imaging department", c => RecordStates.AccessionNumber(c.After)),
        Of("code", Text, Clinical, "What was examined", c => c.After.Resource.Concept("code")),
    ];

    public static IReadOnlyList<RecordProperty> PlannedOperation { get; } =
    [
        Status,
        Of("planned", Time, Plain, "When it is to be done", c => RecordStates.PlannedTime(c.After)),
        Of("encounter", Text, Plain, "Encounter/ID of the visit", c => c.After.Resource["encounter"].Text("reference")),
        Of("code", Text, Clinical, "What is to be done", c => c.After.Resource.Concept("code")),
    ];

    public static IReadOnlyList<RecordProperty> Medication { get; } =
    [
        Status,
        Of("time", Time, Plain, "When it was ordered or handed over", c => c.After.Resource["whenHandedOver"].Text() ?? c.After.Resource["authoredOn"].Text()),
        Of("encounter", Text, Plain, "Encounter/ID of the visit", c => (c.After.Resource["encounter"] ?? c.After.Resource["context"]).Text("reference")),
        Of("medication", Text, Clinical, "The drug", c => c.After.Resource.Concept("medicationCodeableConcept")),
    ];

    public static IReadOnlyList<RecordProperty> Supply { get; } =
    [
        .. Medication,
        new(new("days", Number, Clinical, "How many days the supply lasts"), c => Decimal(c.After.Resource["daysSupply"])),
    ];

    public static IReadOnlyList<RecordProperty> Charge { get; } =
    [
        Status,
        Of("time", Time, Plain, "When it was charged", c => c.After.Resource["occurrenceDateTime"].Text() ?? c.After.Resource["enteredDate"].Text()),
        new(new("amount", Number, Financial, "Price of the item; negative for what is given back"), c => Decimal(c.After.Resource["priceOverride"])),
        Of("currency", Text, Financial, "ISO 4217", c => c.After.Resource["priceOverride"].Text("currency")),
        Of("item", Text, Clinical, "What was charged for", c => c.After.Resource.Concept("code")),
    ];

    public static IReadOnlyList<RecordProperty> Payment { get; } =
    [
        Status,
        Of("time", Time, Plain, "Day of the payment", c => c.After.Resource["paymentDate"].Text()),
        new(new("amount", Number, Financial, "What was paid; negative for what was given back"), c => Decimal(c.After.Resource["paymentAmount"])),
        Of("currency", Text, Financial, "ISO 4217", c => c.After.Resource["paymentAmount"].Text("currency")),
    ];

    public static IReadOnlyList<RecordProperty> Invoice { get; } =
    [
        Status,
        Of("time", Time, Plain, "Date of the invoice", c => c.After.Resource["date"].Text()),
        Of("invoiceNumber", Text, Identifying, "Number of the invoice at its source", c => c.After.Resource["identifier"].Text("value")),
        new(new("amount", Number, Financial, "Sum of the invoice"), c => Decimal(c.After.Resource["totalGross"])),
        Of("currency", Text, Financial, "ISO 4217", c => c.After.Resource["totalGross"].Text("currency")),
    ];

    /// <summary>FHIR Task, so that a complaint has a life: who has it, what came of it.</summary>
    public static IReadOnlyList<RecordProperty> Complaint { get; } =
    [
        Status,
        Of("received", Time, Plain, "When the patient complained", c => c.After.Resource["authoredOn"].Text()),
        Of("encounter", Text, Plain, "Encounter/ID of the visit", c => c.After.Resource["encounter"].Text("reference")),
        Of("serialNumber", Text, Identifying, "Number of the complaint at its source", c => c.After.Resource["identifier"].Text("value")),
        Of("handler", Text, Identifying, "Department or person that has it", c => RecordStates.Handler(c.After)),
        Of("kind", Text, Clinical, "What it is about", c => c.After.Resource.Concept("reasonCode")),
    ];

    public static IReadOnlyList<RecordProperty> Survey { get; } =
    [
        Status,
        Of("authored", Time, Plain, "When it was answered", c => c.After.Resource["authored"].Text()),
        Of("questionnaire", Text, Plain, "Canonical address of the questionnaire", c => c.After.Resource["questionnaire"].Text()),
        Of("followUp", Text, Plain, "Id of the due work that asked", c => c.After.Resource["identifier"].Text("system") == FormResponses.FollowUpSystem ? c.After.Resource["identifier"].Text("value") : null),
        new(new("score", Number, Clinical, "What the form's first calculated number came to"), c => FormAlerts.ScoreOf(c.After.Resource)?.DeepClone()),
    ];

    public static IReadOnlyList<RecordProperty> SurveyAlert { get; } =
    [
        .. Survey,
        Of("severity", Text, Plain, "warning or critical, the worst of what holds", c => FormAlerts.SeverityOf(c.After.Resource)),
        new(new("alerts", TextList, Clinical, "Keys of the form's alerts that hold"), c => new JsonArray([.. FormAlerts.KeysOf(c.After.Resource).Select(key => (JsonNode)key)])),
    ];

    public static IReadOnlyList<RecordProperty> Consent { get; } =
    [
        Status,
        Of("provision", Text, Plain, "permit or deny", c => c.After.Resource["provision"].Text("type")),
        Of("scope", Text, Plain, "Code of what it is about", c => c.After.Resource["scope"].Text("coding", "code")),
    ];

    /// <summary>Properties of an event that a rule raises; who raises it fills the rest in.</summary>
    public static IReadOnlyList<RecordProperty> Judged(IReadOnlyList<RecordProperty> properties) =>
        [Of("rule", Text, Plain, "Name of the follow-up rule that says so", _ => null), .. properties];

    private static RecordProperty Of(string name, EventValueKind kind, DataCategory category, string title, Func<RecordChange, string?> read) =>
        new(new(name, kind, category, title), c => read(c));

    private static JsonValue? Decimal(JsonNode? money) =>
        decimal.TryParse(money.Text("value"), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? JsonValue.Create(amount) : null;

    private static JsonValue? WholeNumber(JsonNode? number) =>
        int.TryParse(number.Text(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? JsonValue.Create(value) : null;
}
