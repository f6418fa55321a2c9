using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Work;
using Integration.Core.Records;

namespace Integration.Core.Messaging.Sending;

/// <summary>The values that a template may put in, of one patient and one piece of work. Pure.</summary>
/// <param name="patient">Golden record.</param>
/// <param name="work">Null: of no work, in a preview.</param>
/// <param name="subject">Resource that the work is for; null: none.</param>
internal sealed class MessageValues(
    PatientDocument patient, FollowUpDocument? work, JsonObject? subject, MessagingSettings settings, TimeZoneInfo zone, string language)
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;
    private static readonly string[] ChineseDays = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

    private bool IsEnglish => language == MessageLanguages.English;

    /// <summary>Null: the record does not say it.</summary>
    public string? Of(string name) => Clean(name switch
    {
        "patientName" => patient.Demographics.Name,
        "honorific" => Honorific,
        "hospital" => settings.HospitalIn(language),
        "hospitalPhone" => settings.HospitalPhone,
        "link" => settings.Link?.Replace("{work}", work?.Id ?? "", StringComparison.Ordinal),
        "appointmentTime" => Start is { } start ? Time(start) : null,
        "appointmentDate" => Start is { } start ? Day(start) : null,
        "department" => subject.Concept("serviceType") ?? subject.Concept("specialty") ?? subject.Concept("performerType") ?? work?.Department,
        "doctor" => Actor("Practitioner"),
        "place" => Actor("Location"),
        "dueDate" => work is null ? null : Day(work.DueAt),
        "diagnosis" => Type == "Condition" ? subject.Concept("code") : subject.Concept("reasonCode"),
        "examination" => Type is "ServiceRequest" or "DiagnosticReport" or "Procedure" or "Observation" ? subject.Concept("code") : null,
        "medication" => subject.Concept("medicationCodeableConcept"),
        "result" => Result,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Templates have no such value."),
    });

    private string? Type => subject.Text("resourceType");

    private string Honorific => (patient.Demographics.Gender, IsEnglish) switch
    {
        ("male", false) => "先生",
        ("female", false) => "女士",
        ("male", true) => "Mr",
        ("female", true) => "Ms",
        _ => "",
    };

    private DateTimeOffset? Start => Type == "Appointment" ? FhirJson.Instant(subject.Text("start")) : null;

    private string? Result => subject?["valueQuantity"] is JsonObject quantity && quantity.Text("value") is { } value
        ? quantity.Text("unit") is { } unit ? $"{value} {unit}" : value
        : subject.Text("valueString") ?? subject.Concept("valueCodeableConcept");

    /// <summary>Display of the first person or place of a type that the resource names.</summary>
    private string? Actor(string type)
    {
        var references = subject.Objects("participant").SelectMany(part => new[] { part["actor"], part["individual"] })
            .Concat(subject.Objects("location").Select(part => part["location"])).Concat(subject.Objects("performer").Select(part => part["actor"] ?? part)).Append(subject?["requester"]);
        return references.OfType<JsonObject>().Where(reference => reference.Text("reference")?.StartsWith(type + "/", StringComparison.Ordinal) == true || reference.Text("type") == type)
            .Select(reference => reference.Text("display")).FirstOrDefault(display => display is { Length: > 0 });
    }

    private string Day(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return IsEnglish ? local.ToString("ddd d MMM", English) : string.Create(English, $"{local.Month}月{local.Day}日（{ChineseDays[(int)local.DayOfWeek]}）");
    }

    private string Time(DateTimeOffset instant) =>
        Day(instant) + (IsEnglish ? ", " : "") + TimeZoneInfo.ConvertTime(instant, zone).ToString("HH:mm", English);

    // What a source sent must not break the lines of a message, nor end it early.
    private static string? Clean(string? text) => text is null ? null : new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
}
