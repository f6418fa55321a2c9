using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Rules;
using Integration.Fhir.FhirPath;

namespace Integration.Core.Forms;

/// <summary>
/// What a form makes of answers: what each counts for, the items that are calculated, and which alerts hold. All of it is written into the
/// QuestionnaireResponse; doing it again changes nothing. For one thread.
/// </summary>
internal sealed class FormScoring
{
    private readonly List<string> _failed = [];
    private readonly Form _form;
    private readonly JsonObject _response;
    private decimal? _score;

    private FormScoring(Form form, JsonObject response) => (_form, _response) = (form, response);

    /// <param name="response">Gets what was found out. Whoever answered, what the form calculates takes the place of what was sent.</param>
    /// <returns>linkId of items, and keys of alerts, whose expression could not be evaluated on these answers; mostly empty.</returns>
    public static IReadOnlyList<string> Apply(Form form, JsonObject response)
    {
        var scoring = new FormScoring(form, response);
        scoring.Annotate(response);
        scoring.Calculate(form.Items, response);
        scoring.WriteExtensions();
        return scoring._failed;
    }

    /// <summary>Codings of options say what they are called and count for.</summary>
    private void Annotate(JsonObject owner)
    {
        foreach (var entry in Entries(owner))
        {
            var options = (string?)entry["linkId"] is { } linkId && _form.ByLinkId.TryGetValue(linkId, out var item) ? item.Options : [];
            foreach (var answer in Objects(entry["answer"]))
            {
                if (answer["valueCoding"] is JsonObject coding && options.FirstOrDefault(option => option.Property == "valueCoding" && option.Value == Text(coding["code"])) is { } option)
                {
                    coding["display"] ??= option.Text.Chinese;
                    if (option.Score is { } score)
                    {
                        FormAnswer.AddScore(coding, score);
                    }
                }

                Annotate(answer);
            }

            Annotate(entry);
        }
    }

    private void Calculate(IReadOnlyList<FormItem> items, JsonObject owner)
    {
        foreach (var item in items)
        {
            var entry = Entries(owner).FirstOrDefault(entry => Text(entry["linkId"]) == item.LinkId);
            if (item.Calculation is { } calculation)
            {
                if (Value(calculation, item) is { } answer)
                {
                    entry ??= Insert(owner, items, item);
                    entry["answer"] = new JsonArray(answer);
                }
            }
            else if (item.Items.Any(HasCalculation))
            {
                var below = entry is null ? [] : Objects(entry["answer"]).FirstOrDefault() ?? entry;
                Calculate(item.Items, below);
                if (entry is null && below["item"] is { } made)
                {
                    Insert(owner, items, item)["item"] = made.DeepClone();
                }
            }
        }
    }

    private JsonObject? Value(RuleExpression calculation, FormItem item)
    {
        try
        {
            if (calculation.Value(JsonSerializer.SerializeToElement(_response), FhirPathContext.None) is not { } value
                || FormAnswer.Read(item with { Min = null, Max = null }, value, TimeZoneInfo.Utc, out _) is not { } answer)
            {
                return null;
            }

            if (item.Type is FormItemType.Integer or FormItemType.Decimal or FormItemType.Quantity)
            {
                _score ??= decimal.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);
            }

            return answer;
        }
        catch (FhirPathException)
        {
            _failed.Add(item.LinkId);
            return null;
        }
    }

    private void WriteExtensions()
    {
        var extensions = new JsonArray([.. Objects(_response["extension"])
            .Where(extension => Text(extension["url"]) is not (FormExtensions.Alert or FormExtensions.Score)).Select(extension => extension.DeepClone())]);
        if (_score is { } score)
        {
            extensions.Add((JsonNode)new JsonObject { ["url"] = FormExtensions.Score, ["valueDecimal"] = score });
        }

        var answers = JsonSerializer.SerializeToElement(_response);
        foreach (var alert in _form.Alerts.Where(alert => Holds(alert, answers)))
        {
            extensions.Add((JsonNode)new JsonObject
            {
                ["url"] = FormExtensions.Alert,
                ["extension"] = new JsonArray(
                    new JsonObject { ["url"] = "key", ["valueCode"] = alert.Key },
                    new JsonObject { ["url"] = "severity", ["valueCode"] = alert.Severity },
                    new JsonObject { ["url"] = "text", ["valueString"] = alert.Text.Chinese }),
            });
        }

        if (extensions.Count > 0)
        {
            _response["extension"] = extensions;
        }
        else
        {
            _response.Remove("extension");
        }
    }

    private bool Holds(FormAlert alert, JsonElement answers)
    {
        try
        {
            return alert.When.Holds(answers, FhirPathContext.None);
        }
        catch (FhirPathException)
        {
            _failed.Add(alert.Key);
            return false;
        }
    }

    /// <summary>Puts an entry where the form has it.</summary>
    private static JsonObject Insert(JsonObject owner, IReadOnlyList<FormItem> items, FormItem item)
    {
        var entry = new JsonObject { ["linkId"] = item.LinkId };
        if (item.Text.Chinese.Length > 0)
        {
            entry["text"] = item.Text.Chinese;
        }

        if (owner["item"] is not JsonArray entries)
        {
            owner["item"] = entries = [];
        }

        var before = items.TakeWhile(other => other != item).Select(other => other.LinkId).ToHashSet(StringComparer.Ordinal);
        var at = entries.Count;
        while (at > 0 && !before.Contains(Text(entries[at - 1]?["linkId"]) ?? ""))
        {
            at--;
        }

        entries.Insert(at, entry);
        return entry;
    }

    private static bool HasCalculation(FormItem item) => item.Calculation is not null || item.Items.Any(HasCalculation);

    private static IEnumerable<JsonObject> Entries(JsonObject owner) => Objects(owner["item"]);

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => list is JsonArray array ? array.OfType<JsonObject>() : [];

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
