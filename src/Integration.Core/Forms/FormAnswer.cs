using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Mapping.Fhir;

namespace Integration.Core.Forms;

/// <summary>Makes FHIR answers of what people and programs send. Pure.</summary>
internal static class FormAnswer
{
    private const int LongestText = 4000;

    private static readonly string[] LocalTimes = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];
    private static readonly string[] Dates = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];
    private static readonly string[] Times = ["HH:mm", "HH:mm:ss"];

    /// <summary>The code of FHIR R4 item-type.</summary>
    public static string NameOf(FormItemType type) => type == FormItemType.OpenChoice ? "open-choice" : char.ToLowerInvariant(type.ToString()[0]) + type.ToString()[1..];

    /// <summary>A value as conditions compare it: the code of a Coding, the number of a Quantity, anything else as it is written.</summary>
    /// <param name="property"><c>valueCoding</c>.</param>
    public static string? PlainOf(string property, JsonElement value) => property switch
    {
        "valueCoding" => FhirJsonElement.Text(value, "code") ?? FhirJsonElement.Text(value, "display"),
        "valueQuantity" => FhirJsonElement.Member(value, "value") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : null,
        _ => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        },
    };

    /// <summary>One answer as FHIR has it.</summary>
    /// <param name="sent">Text, number, truth, or an object with <c>code</c> or <c>value</c>.</param>
    /// <param name="zone">Of times without an offset.</param>
    /// <param name="problem">Why it is none; does not repeat the answer.</param>
    /// <returns><c>{ "valueX": … }</c>; null where it is no answer to the question.</returns>
    public static JsonObject? Read(FormItem item, JsonNode? sent, TimeZoneInfo zone, out string problem)
    {
        var text = (sent is JsonObject o ? o["code"] ?? o["value"] : sent) is JsonValue plain ? plain.ToString().Trim() : "";
        problem = "";
        switch (item.Type)
        {
            case FormItemType.Boolean:
                problem = "Answer true or false.";
                return text is "true" or "false" ? Of("valueBoolean", text == "true") : null;
            case FormItemType.Integer or FormItemType.Decimal or FormItemType.Quantity:
                return ReadNumber(item, text, out problem);
            case FormItemType.Choice or FormItemType.OpenChoice:
                if (item.Options.FirstOrDefault(option => option.Value == text || option.Text.Chinese == text || option.Text.English == text) is { } chosen)
                {
                    return Of(chosen);
                }

                problem = $"Answer one of {string.Join(", ", item.Options.Select(option => option.Value))}.";
                return item.Type == FormItemType.OpenChoice ? ReadText("valueString", text, item.MaxLength, out problem) : null;
            case FormItemType.Date:
                problem = "Answer a date like 2026-03-01, 2026-03 or 2026.";
                return IsIn(text, Dates) ? Of("valueDate", text) : null;
            case FormItemType.Time:
                problem = "Answer a time of the day like 09:30.";
                return IsIn(text, Times) ? Of("valueTime", text.Length == 5 ? text + ":00" : text) : null;
            case FormItemType.DateTime:
                problem = "Answer a time like 2026-03-01T09:30+08:00.";
                return ReadTime(text, zone);
            default:
                return ReadText(item.Type == FormItemType.Url ? "valueUri" : "valueString", text, item.MaxLength, out problem);
        }
    }

    /// <summary>Whether an answer and what a condition expects are in this order.</summary>
    public static bool Compares(string answer, string operation, string expected)
    {
        var order = decimal.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out var left) && decimal.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var right)
            ? left.CompareTo(right)
            : string.CompareOrdinal(answer, expected);
        return operation switch { "=" => order == 0, "!=" => order != 0, ">" => order > 0, "<" => order < 0, ">=" => order >= 0, "<=" => order <= 0, _ => false };
    }

    /// <summary>The answer that an option is, with what it counts for.</summary>
    public static JsonObject Of(FormOption option)
    {
        var value = JsonNode.Parse(option.Json.GetRawText())!;
        if (value is JsonObject coding && option.Score is { } score)
        {
            AddScore(coding, score);
        }

        return Of(option.Property, value);
    }

    /// <summary>Says in a Coding what it counts for, where nothing does yet.</summary>
    public static void AddScore(JsonObject coding, decimal score)
    {
        if (coding["extension"] is JsonArray known && known.Any(extension => (string?)extension?["url"] == FormExtensions.OrdinalValue))
        {
            return;
        }

        var extensions = coding["extension"] as JsonArray ?? [];
        extensions.Add(new JsonObject { ["url"] = FormExtensions.OrdinalValue, ["valueDecimal"] = score });
        coding["extension"] = extensions.Parent is null ? extensions : extensions.DeepClone();
    }

    private static JsonObject Of(string property, JsonNode value) => new() { [property] = value };

    private static JsonObject? ReadNumber(FormItem item, string text, out string problem)
    {
        problem = item.Type == FormItemType.Integer ? "Answer a whole number." : "Answer a number.";
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || (item.Type == FormItemType.Integer && (number != decimal.Truncate(number) || Math.Abs(number) > int.MaxValue)))
        {
            return null;
        }

        if (number < item.Min || number > item.Max)
        {
            problem = (item.Min, item.Max) switch
            {
                ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"Answer a number from {min} to {max}."),
                ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $"Answer {min} or more."),
                _ => string.Create(CultureInfo.InvariantCulture, $"Answer {item.Max} or less."),
            };
            return null;
        }

        return item.Type switch
        {
            FormItemType.Integer => Of("valueInteger", (int)number),
            FormItemType.Decimal => Of("valueDecimal", number),
            _ => Of("valueQuantity", QuantityOf(item, number)),
        };
    }

    private static JsonObject QuantityOf(FormItem item, decimal number)
    {
        var quantity = new JsonObject { ["value"] = number };
        if ((FhirJsonElement.Text(item.Unit, "display") ?? FhirJsonElement.Text(item.Unit, "code")) is { } unit)
        {
            quantity["unit"] = unit;
        }

        if (FhirJsonElement.Text(item.Unit, "code") is { } code)
        {
            quantity["system"] = FhirJsonElement.Text(item.Unit, "system") ?? "http://unitsofmeasure.org";
            quantity["code"] = code;
        }

        return quantity;
    }

    private static JsonObject? ReadText(string property, string text, int? longest, out string problem)
    {
        problem = text.Length == 0 ? "Answer something." : $"Answer at most {longest ?? LongestText} characters.";
        return text.Length > 0 && text.Length <= (longest ?? LongestText) ? Of(property, text) : null;
    }

    private static JsonObject? ReadTime(string text, TimeZoneInfo zone)
    {
        if (DateTime.TryParseExact(text, LocalTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return Of("valueDateTime", new DateTimeOffset(local, zone.GetUtcOffset(local)).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        }

        return IsIn(text, Dates) ? Of("valueDateTime", text)
            : text.Length >= 17 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? Of("valueDateTime", time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture))
            : null;
    }

    private static bool IsIn(string text, string[] formats) => DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out _);
}
