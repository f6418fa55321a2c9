using System.Text.Json.Nodes;
using Integration.Core.Mapping;

namespace Integration.Core.Records;

/// <summary>How each FHIR resource type reads as one line: its section in the patient-360 summary, when it applies, title, detail, flag.</summary>
internal static class ResourceSummary
{
    private static readonly Dictionary<string, Shape> Shapes = new(StringComparer.Ordinal)
    {
        ["Encounter"] = new("encounters", ["period.start"],
            r => r.Text("serviceType", "text") ?? r.Text("location", "location", "display") ?? r.Text("class", "display") ?? r.Text("class", "code"), EncounterDetail),
        ["Condition"] = new("diagnoses", ["onsetDateTime", "recordedDate"], r => r.Concept("code"), r => r.Concept("category")),
        ["AllergyIntolerance"] = new("allergies", ["onsetDateTime", "recordedDate"], r => r.Concept("code"),
            r => r.Objects("reaction").Select(x => x.Concept("manifestation")).FirstOrDefault() ?? r.Text("criticality")),
        ["Observation"] = new("results", ["effectiveDateTime", "effectivePeriod.start", "issued"], r => r.Concept("code"), ObservationDetail),
        ["DiagnosticReport"] = new("reports", ["effectiveDateTime", "effectivePeriod.start", "issued"], r => r.Concept("code"), r => r.Text("conclusion")),
        ["ServiceRequest"] = new("orders", ["authoredOn", "occurrenceDateTime"], r => r.Concept("code"), r => r.Text("priority")),
        ["Procedure"] = new("procedures", ["performedDateTime", "performedPeriod.start"], r => r.Concept("code"), _ => null),
        ["ImagingStudy"] = new("imaging", ["started"], r => r.Text("description") ?? r.Concept("procedureCode") ?? r.Text("modality", "code"),
            r => Join(r.Text("modality", "code"), r.Text("numberOfInstances") is { } instances ? $"× {instances}" : null)),
        ["Appointment"] = new("appointments", ["start", "created"], r => r.Concept("serviceType") ?? r.Concept("appointmentType") ?? r.Text("description"),
            r => string.Join("、", r.Objects("participant").Select(p => p.Text("actor", "display")).OfType<string>())),
        ["MedicationRequest"] = new("medications", ["authoredOn"], r => r.Concept("medicationCodeableConcept"), r => r.Text("dosageInstruction", "text")),
        ["MedicationDispense"] = new("dispenses", ["whenHandedOver", "whenPrepared"], r => r.Concept("medicationCodeableConcept"),
            r => Join(r.Text("quantity", "value"), r.Text("quantity", "unit"))),
        ["MedicationAdministration"] = new("administrations", ["effectiveDateTime", "effectivePeriod.start"], r => r.Concept("medicationCodeableConcept"),
            r => Join(r.Text("dosage", "dose", "value"), r.Text("dosage", "dose", "unit"))),
        ["Immunization"] = new("immunizations", ["occurrenceDateTime", "recorded"], r => r.Concept("vaccineCode"), r => r.Text("lotNumber")),
        ["DocumentReference"] = new("documents", ["date", "context.period.start"], r => r.Text("description") ?? r.Concept("type"), r => r.Text("author", "display")),
        ["ChargeItem"] = new("charges", ["occurrenceDateTime", "enteredDate"], r => r.Concept("code"), ChargeDetail),
        ["PaymentReconciliation"] = new("payments", ["paymentDate", "created"], r => r.Text("disposition"),
            r => Join(r.Text("paymentAmount", "value"), r.Text("paymentAmount", "currency"))),
        ["Account"] = new("accounts", ["servicePeriod.start"], r => r.Text("name") ?? r.Text("identifier", "value"), _ => null),
        ["Coverage"] = new("coverage", ["period.start"], r => r.Text("payor", "display") ?? r.Concept("type"), r => r.Text("subscriberId")),
        ["RelatedPerson"] = new("contacts", ["period.start"], r => FhirJson.Name(r["name"] is JsonArray { Count: > 0 } names ? names[0] : null),
            r => Join(r.Concept("relationship"), r.Text("telecom", "value"))),
    };

    /// <summary>Section of the type in the summary; null for types that have none.</summary>
    public static string? SectionOf(string type) => Shapes.TryGetValue(type, out var shape) ? shape.Section : null;

    /// <summary>Resource type of a section.</summary>
    public static string TypeOf(string section) => Shapes.First(s => s.Value.Section == section).Key;

    /// <summary>Sections in the order they are shown.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. Shapes.Values.Select(s => s.Section).Where(s => s != "contacts")];

    /// <summary>When the resource applies; null when it does not say.</summary>
    public static DateTimeOffset? EffectiveOf(string type, JsonObject resource)
    {
        foreach (var path in Shapes.TryGetValue(type, out var shape) ? shape.TimePaths : [])
        {
            if (FhirJson.Instant(resource.Text(path)) is { } instant)
            {
                return instant;
            }
        }

        return null;
    }

    /// <summary>One line about the resource.</summary>
    public static SummaryEntry Describe(ResourceDocument document)
    {
        var resource = document.Resource;
        var shape = Shapes.GetValueOrDefault(document.Type);
        var detail = shape?.Detail(resource);
        return new SummaryEntry(document.Id, EffectiveOf(document.Type, resource), shape?.Title(resource) ?? document.Type,
            string.IsNullOrEmpty(detail) ? null : detail, StatusOf(resource), FlagOf(resource))
        {
            Link = document.Type == "ImagingStudy" ? ViewerOf(resource) : null,
        };
    }

    // As the mapping of DICOM writes it: an Endpoint of this one study, inside it.
    private static string? ViewerOf(JsonObject study) =>
        study.Objects("contained").FirstOrDefault(endpoint => endpoint.Text("id") == "viewer").Text("address") is { } address && LinkTemplate.IsWebAddress(address) ? address : null;

    // Status is a code in most types and a CodeableConcept with the code inside in Condition and AllergyIntolerance.
    private static string? StatusOf(JsonObject resource) =>
        resource["status"] is JsonValue status ? status.Text() : resource.Text("clinicalStatus", "coding", "code");

    private static string? FlagOf(JsonObject resource) =>
        resource["interpretation"].Text("coding", "code") is { } code && code is not ("N" or "") ? code : null;

    private static string? EncounterDetail(JsonObject r) => Join(
        r.Text("class", "code"), r.Text("location", "location", "display"),
        r.Text("period", "end") is { } end ? $"→ {end}" : null);

    private static string? ObservationDetail(JsonObject r) => Join(
        ObservationValue(r), r.Objects("referenceRange").Select(x => x.Text("text")).FirstOrDefault() is { } range ? $"[{range}]" : null);

    /// <summary>The value of an Observation as one text; null when it has none, or one of a kind that a line does not show.</summary>
    public static string? ObservationValue(JsonObject r) =>
        r["valueQuantity"] is { } quantity
            ? Join(quantity.Text("comparator") + quantity.Text("value"), quantity.Text("unit"))
            : r.Text("valueString") ?? r.Concept("valueCodeableConcept") ?? r.Text("valueDateTime") ?? r.Text("valueInteger")
              ?? (r["valueRatio"] is { } ratio ? $"{ratio.Text("numerator", "value")}:{ratio.Text("denominator", "value")}" : null)
              ?? (r["valueRange"] is { } range ? $"{range.Text("low", "value")}-{range.Text("high", "value")}" : null);

    private static string? ChargeDetail(JsonObject r) => Join(
        r.Text("quantity", "value") is { } quantity ? $"× {quantity}" : null,
        r.Text("priceOverride", "value") is { } price ? $"{price} {r.Text("priceOverride", "currency") ?? "CNY"}" : null);

    private static string? Join(params string?[] parts)
    {
        var text = string.Join(' ', parts.Where(p => !string.IsNullOrEmpty(p)));
        return text.Length == 0 ? null : text;
    }

    private sealed record Shape(string Section, string[] TimeElements, Func<JsonObject, string?> Title, Func<JsonObject, string?> Detail)
    {
        public string[][] TimePaths { get; } = [.. TimeElements.Select(e => e.Split('.'))];
    }
}
