using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Core.Events.Record;

/// <summary>What a version of a resource says of its state, and how two versions differ. Codes are those of FHIR R4's required value sets.</summary>
internal static class RecordStates
{
    // FHIR R4 observation-status and diagnostic-report-status: what the laboratory stands by.
    private static readonly string[] Released = ["final", "amended", "corrected", "appended"];
    private static readonly string[] SetRight = ["amended", "corrected", "appended"];
    private static readonly string[] Reported = ["preliminary", "partial", .. Released];

    // HL7 v3 ObservationInterpretation, which takes over HL7 table 0078.
    private static readonly string[] CriticalFlags = ["AA", "HH", "LL"];
    private static readonly string[] AbnormalFlags = ["A", "H", "L", "HU", "LU", .. CriticalFlags];

    // HL7 table 0074: departments that look at the person, not at a specimen.
    private static readonly string[] ImagingSections = ["CT", "CTH", "CUS", "DX", "EC", "ECG", "EN", "IMG", "MR", "MRI", "NMR", "NMS", "OUS", "RAD", "RUS", "RX", "US", "VUS", "XRC"];

    private const string SurgicalProcedure = "387713003";
    private const string Imaging = "363679005";
    private const string AccessionType = "ACSN";   // HL7 table 0203

    /// <summary>Element <c>status</c>; null for a resource that is not there or has none.</summary>
    public static string? Status(ResourceDocument? document) => document?.Resource["status"].Text();

    public static bool HasStatus(ResourceDocument? document, params ReadOnlySpan<string> statuses) =>
        Status(document) is { } status && statuses.Contains(status);

    /// <summary>The change brings the resource into one of these states.</summary>
    public static bool Enters(RecordChange change, params ReadOnlySpan<string> statuses) =>
        HasStatus(change.After, statuses) && !HasStatus(change.Before, statuses);

    /// <summary>Nothing but who it belongs to may have changed: it moved between golden records.</summary>
    public static bool Moved(RecordChange change) => change.Before is { } before && before.PatientId != change.After.PatientId;

    /// <summary>An element says something else than before; also one that came or went.</summary>
    public static bool Differs(RecordChange change, string element) =>
        change.Before is { } before && !JsonNode.DeepEquals(before.Resource[element], change.After.Resource[element]);

    public static bool IsReleased(ResourceDocument? document) => HasStatus(document, Released);

    public static bool Releases(RecordChange change) => IsReleased(change.After) && !IsReleased(change.Before);

    /// <summary>A report of a laboratory that has results; else it is one of imaging, of a physician, of pathology in free text.</summary>
    public static bool IsOfResults(ResourceDocument report) =>
        report.Resource["result"] is JsonArray { Count: > 0 }
        && !report.Resource.Objects("category").SelectMany(c => c.Objects("coding")).Any(c => ImagingSections.Contains(c["code"].Text()));

    public static bool IsVitalSign(ResourceDocument observation) =>
        observation.Resource.Objects("category").SelectMany(c => c.Objects("coding")).Any(c => c["code"].Text() == "vital-signs");

    /// <summary>Out of normal limits, and somebody stands by it.</summary>
    public static bool IsAbnormal(ResourceDocument? observation) => IsReleased(observation) && IsFlagged(observation!, AbnormalFlags);

    /// <summary>Out of the limits beyond which a physician must be called. A preliminary value counts: the call cannot wait for its release.</summary>
    public static bool IsCritical(ResourceDocument? observation) => HasStatus(observation, Reported) && IsFlagged(observation!, CriticalFlags);

    /// <summary>A released result says something else, or that it was set right.</summary>
    public static bool IsCorrectedResult(RecordChange change) =>
        IsReleased(change.Before) && IsReleased(change.After)
        && (Enters(change, SetRight) || change.After.Resource.Select(p => p.Key).Union(change.Before!.Resource.Select(p => p.Key)).Any(IsValue(change)));

    /// <summary>A released report was set right, or concludes something else.</summary>
    public static bool IsCorrectedReport(RecordChange change) =>
        IsReleased(change.Before) && IsReleased(change.After)
        && (Enters(change, SetRight) || Differs(change, "conclusion") || Differs(change, "conclusionCode") || Differs(change, "presentedForm"));

    /// <summary>An order that stands, for a day after the one on which it was written.</summary>
    public static bool IsForLater(ResourceDocument? order) =>
        HasStatus(order, "active") && FhirJson.Instant(order!.Resource["authoredOn"].Text()) is { } written
        && FhirJson.Instant(PlannedTime(order)) is { } planned
        && planned > written.AddDays(1);

    /// <summary>An operation that stands and has a time: an order of the category SNOMED CT 387713003, as FHIR R4 servicerequest-category has it.</summary>
    public static bool IsPlannedOperation(ResourceDocument? order) =>
        HasStatus(order, "active") && PlannedTime(order!) is not null
        && order!.Resource.Objects("category").SelectMany(c => c.Objects("coding")).Any(c => c["code"].Text() == SurgicalProcedure);

    /// <summary>An examination at an imaging device: a procedure of the category SNOMED CT 363679005.</summary>
    public static bool IsExam(ResourceDocument procedure) => procedure.Resource["category"].Objects("coding").Any(c => c["code"].Text() == Imaging);

    /// <summary>Number of the order at the imaging department; null: none.</summary>
    public static string? AccessionNumber(ResourceDocument procedure) =>
        procedure.Resource.Objects("identifier").FirstOrDefault(i => i["type"].Objects("coding").Any(c => c["code"].Text() == AccessionType)).Text("value");

    /// <summary>When an order is to be carried out, as the source wrote it; null: it does not say.</summary>
    public static string? PlannedTime(ResourceDocument order) => order.Resource["occurrenceDateTime"].Text() ?? order.Resource["occurrencePeriod"].Text("start");

    /// <summary>A complaint in one of these states, or in any: a Task whose code has the code <c>complaint</c>.</summary>
    public static bool IsComplaint(ResourceDocument? task, params ReadOnlySpan<string> statuses) =>
        task is not null && (statuses.Length == 0 || HasStatus(task, statuses))
        && task.Resource["code"] is JsonObject code && code.Objects("coding").Any(c => c["code"].Text() == "complaint");

    /// <summary>Who has a task: a name, else what refers to them; null: nobody yet.</summary>
    public static string? Handler(ResourceDocument? task) => TextOf(task?.Resource["owner"], ["display"], ["reference"], ["identifier", "value"]);

    /// <summary>Where the patient is: reference, identifier or name of the location that is active; null when the record does not say.</summary>
    public static string? Place(ResourceDocument? encounter) =>
        TextOf(ActivePlace(encounter), ["reference"], ["identifier", "value"], ["display"]);

    /// <summary>The same for a person to read.</summary>
    public static string? PlaceName(ResourceDocument? encounter) =>
        TextOf(ActivePlace(encounter), ["display"], ["identifier", "value"]);

    private static JsonNode? ActivePlace(ResourceDocument? encounter) =>
        encounter?.Resource.Objects("location").LastOrDefault(l => l["status"].Text() is "active" or null)?["location"];

    /// <summary>An amount of money, negative for what is given back; null when the resource names none.</summary>
    public static decimal? Amount(ResourceDocument document, string element) =>
        decimal.TryParse(document.Resource[element].Text("value"), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var amount)
            ? amount
            : null;

    private static string? TextOf(JsonNode? node, params string[][] paths) => paths.Select(path => node.Text(path)).FirstOrDefault(text => text is not null);

    private static Func<string, bool> IsValue(RecordChange change) =>
        element => (element.StartsWith("value", StringComparison.Ordinal) || element is "interpretation" or "dataAbsentReason" or "component") && Differs(change, element);

    private static bool IsFlagged(ResourceDocument observation, string[] flags) =>
        observation.Resource.Objects("interpretation").SelectMany(i => i.Objects("coding")).Any(c => flags.Contains(c["code"].Text()));
}
