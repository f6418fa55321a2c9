using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Integration.Core.Mapping.Outbound;

/// <summary>FHIR primitives as HL7 v2 writes them.</summary>
internal static class OutboundText
{
    /// <summary>The text of a primitive as FHIR has it, numbers with all their digits; null for an object.</summary>
    public static string? Of(JsonNode node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    /// <summary>The text of a primitive of the type, in HL7's form: dates without separators, booleans as HL7 table 0136.</summary>
    /// <param name="zone">Times of day are written by its clock, with its offset.</param>
    /// <returns>Null when the value is not of the type.</returns>
    public static string? Of(JsonNode node, string typeName, TimeZoneInfo zone) => Of(node) is not { } text ? null : typeName switch
    {
        "date" or "dateTime" or "instant" => Time(text, zone),
        "time" => text.Replace(":", "", StringComparison.Ordinal),
        "boolean" => text == "true" ? "Y" : "N",
        _ => text,
    };

    /// <summary>FHIR date, dateTime or instant as <c>YYYY[MM[DD[HHMMSS[.S…]+ZZZZ]]]</c>, with the precision it has. HL7 v2.5.1 §2.A.22 (DTM).</summary>
    public static string? Time(string text, TimeZoneInfo zone)
    {
        if (!text.Contains('T', StringComparison.Ordinal))
        {
            return text.Replace("-", "", StringComparison.Ordinal);
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return null;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var end = dot < 0 ? dot : text.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9');

        // HL7 has at most four digits behind the point.
        var fraction = dot < 0 ? "" : text[dot..(end < 0 ? text.Length : dot + 1 + end)];
        return Stamp(instant, zone, fraction.Length > 5 ? fraction[..5] : fraction);
    }

    /// <summary>An instant by the clock of the zone, with offset.</summary>
    public static string Stamp(DateTimeOffset instant, TimeZoneInfo zone, string fraction = "")
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return local.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + fraction
            + local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
    }
}
