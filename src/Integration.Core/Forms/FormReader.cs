using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Fhir;
using Integration.Core.Mapping.Language;
using Integration.Fhir;

namespace Integration.Core.Forms;

/// <summary>Reads one form: the Questionnaire has to be valid FHIR R4, and something that this engine can ask and calculate.</summary>
/// <param name="file">As shown to people.</param>
/// <param name="problems">Gets everything that is wrong, with its place.</param>
internal sealed partial class FormReader(string file, ProblemList problems)
{
    private const string Root = "Questionnaire";

    private static readonly Dictionary<string, FormItemType> Types = Enum.GetValues<FormItemType>().ToDictionary(FormAnswer.NameOf, StringComparer.Ordinal);

    private readonly List<(string Question, SourcePosition Position)> _named = [];
    private JsonPlaces _places = null!;

    /// <summary>Null, and at least one problem, where the text is no form.</summary>
    public Form? Read(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 256 });
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            problems.Add(new SourcePosition(file, (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1), "This is not JSON.", "A form is a FHIR R4 Questionnaire, see docs/forms.md.");
            return null;
        }

        _places = JsonPlaces.Of(file, bytes, Root);
        if (FhirJsonElement.Text(root, "resourceType") != Root)
        {
            problems.Add(_places.Find(Root), "This is no Questionnaire.", "A form is a FHIR R4 Questionnaire, see docs/forms.md.");
            return null;
        }

        var before = problems.Count;
        foreach (var issue in FhirValidator.Validate(root).Where(issue => issue.Severity == FhirIssueSeverity.Error))
        {
            problems.Add(_places.Find(issue.Expression), $"{issue.Expression}: {issue.Text}");
        }

        foreach (var needed in new[] { "url", "version", "title" })
        {
            if (FhirJsonElement.Text(root, needed) is not { Length: > 0 })
            {
                problems.Add(_places.Find(Root), $"The form has no {needed}.", "Answers name the form by its url and version, people by its title.");
            }
        }

        if (problems.Count > before)
        {
            return null;   // what follows reads valid Questionnaires
        }

        var items = Items(root, Root);
        var alerts = Alerts(root);
        CheckNames(items);
        return problems.Count > before ? null : new Form(name, root, TextOf(root, "title"), items, alerts);
    }

    private List<FormItem> Items(JsonElement parent, string path) =>
        [.. FhirJsonElement.Each(FhirJsonElement.Member(parent, "item")).Select((item, i) => Item(item, string.Create(CultureInfo.InvariantCulture, $"{path}.item[{i}]")))];

    private FormItem Item(JsonElement item, string path)
    {
        var type = FhirJsonElement.Text(item, "type")!;
        if (!Types.TryGetValue(type, out var known))
        {
            problems.Add(_places.Find(path + ".type"), $"Items of type {type} cannot be asked.", "Files go to the endpoint for documents.");
        }

        if (FhirJsonElement.Text(item, "answerValueSet") is not null)
        {
            problems.Add(_places.Find(path + ".answerValueSet"), "The value set is not known here.", "List what may be chosen in answerOption.");
        }

        var options = FhirJsonElement.Each(FhirJsonElement.Member(item, "answerOption")).Select((option, i) => Option(option, $"{path}.answerOption[{i}]")).OfType<FormOption>().ToList();
        if (known == FormItemType.Choice && options.Count == 0 && FhirJsonElement.Text(item, "answerValueSet") is null)
        {
            problems.Add(_places.Find(path), "There is nothing to choose from.", "List it in answerOption.");
        }

        var repeats = FhirJsonElement.Member(item, "repeats").ValueKind == JsonValueKind.True;
        if (repeats && known == FormItemType.Group)
        {
            problems.Add(_places.Find(path + ".repeats"), "Groups cannot be repeated.", "Ask as often as it may come, each with a linkId of its own.");
        }

        return new FormItem(FhirJsonElement.Text(item, "linkId")!, known, TextOf(item, "text"))
        {
            Required = FhirJsonElement.Member(item, "required").ValueKind == JsonValueKind.True,
            Repeats = repeats,
            MaxLength = FhirJsonElement.Member(item, "maxLength") is { ValueKind: JsonValueKind.Number } length ? length.GetInt32() : null,
            Min = Number(item, FormExtensions.MinValue),
            Max = Number(item, FormExtensions.MaxValue),
            Unit = FhirJsonElement.Member(Extension(item, FormExtensions.Unit).Value, "valueCoding"),
            Options = options,
            Conditions = [.. FhirJsonElement.Each(FhirJsonElement.Member(item, "enableWhen")).Select((when, i) => Condition(when, $"{path}.enableWhen[{i}]"))],
            NeedsAllConditions = FhirJsonElement.Text(item, "enableBehavior") == "all",
            Calculation = Expression(item, path, FormExtensions.Calculation),
            Items = Items(item, path),
        };
    }

    private FormOption? Option(JsonElement option, string path)
    {
        if (Choice(option, "value") is not var (property, json))
        {
            return null;
        }

        var value = property == "valueCoding" ? FhirJsonElement.Text(json, "code") ?? FhirJsonElement.Text(json, "display") : FormAnswer.PlainOf(property, json);
        if (value is null || property == "valueReference")
        {
            problems.Add(_places.Find($"{path}.{property}"), "It cannot be told what an answer says to choose this.", "Give it a code.");
            return null;
        }

        var text = property == "valueCoding" && FhirJsonElement.Text(json, "display") is not null ? TextOf(json, "display") : new FormText(value, value);
        return new FormOption(value, text, property, json, Number(option, FormExtensions.OrdinalValue) ?? Number(json, FormExtensions.OrdinalValue));
    }

    private FormCondition Condition(JsonElement when, string path)
    {
        var question = FhirJsonElement.Text(when, "question")!;
        _named.Add((question, _places.Find(path + ".question")));
        var (property, json) = Choice(when, "answer") ?? ("answerBoolean", default);
        return new FormCondition(question, FhirJsonElement.Text(when, "operator")!, FormAnswer.PlainOf("value" + property["answer".Length..], json) ?? "");
    }

    private List<FormAlert> Alerts(JsonElement root)
    {
        var alerts = new List<FormAlert>();
        foreach (var (extension, path) in Extensions(root, Root).Where(e => FhirJsonElement.Text(e.Value, "url") == FormExtensions.Alert))
        {
            var key = FhirJsonElement.Text(Extension(extension, "key").Value, "valueCode");
            var severity = FhirJsonElement.Text(Extension(extension, "severity").Value, "valueCode") ?? "warning";
            var when = Expression(extension, path, "when");
            if (key is null || when is null || severity is not ("warning" or "critical") || alerts.Exists(other => other.Key == key))
            {
                problems.Add(
                    _places.Find(path), "An alert has a key (valueCode) of its own, when (valueExpression), and a severity (valueCode) that is warning or critical.", "See docs/forms.md.");
                continue;
            }

            var text = Extension(extension, "text").Value;
            alerts.Add(new FormAlert(key, when, severity, FhirJsonElement.Text(text, "valueString") is null ? new FormText(key, key) : TextOf(text, "valueString")));
        }

        return alerts;
    }

    private RuleExpression? Expression(JsonElement owner, string path, string url)
    {
        if (Extensions(owner, path).FirstOrDefault(e => FhirJsonElement.Text(e.Value, "url") == url) is not { Path: { } place, Value: var extension })
        {
            return null;
        }

        var expression = FhirJsonElement.Member(extension, "valueExpression");
        var at = _places.Find($"{place}.valueExpression.expression");
        if (FhirJsonElement.Text(expression, "language") != "text/fhirpath" || FhirJsonElement.Text(expression, "expression") is not { } text)
        {
            problems.Add(at, "It must be an expression of FHIRPath.", "Give valueExpression the language text/fhirpath.");
            return null;
        }

        foreach (Match link in LinkIds().Matches(text))
        {
            _named.Add((link.Groups[1].Value, at));
        }

        return new ExpressionCompiler(problems).Compile(new Word(text, at), "QuestionnaireResponse");
    }

    private void CheckNames(List<FormItem> items)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<FormItem>(items);
        while (open.TryPop(out var item))
        {
            known.Add(item.LinkId);
            item.Items.ToList().ForEach(open.Push);
        }

        foreach (var (question, position) in _named.Where(named => !known.Contains(named.Question)))
        {
            problems.AddUnknown(position, $"The form has no item '{question}'.", question, known);
        }
    }

    /// <summary>A text and its translations; Chinese where nothing says what it is.</summary>
    private static FormText TextOf(JsonElement owner, string name)
    {
        var text = FhirJsonElement.Text(owner, name) ?? "";
        var translations = FhirJsonElement.Each(FhirJsonElement.Member(FhirJsonElement.Member(owner, "_" + name), "extension"))
            .Where(e => FhirJsonElement.Text(e, "url") == FormExtensions.Translation).ToList();
        return new FormText(In("en") ?? text, In("zh") ?? text);

        string? In(string language) => translations
            .Where(t => FhirJsonElement.Text(Extension(t, "lang").Value, "valueCode")?.StartsWith(language, StringComparison.Ordinal) == true)
            .Select(t => FhirJsonElement.Text(Extension(t, "content").Value, "valueString")).FirstOrDefault();
    }

    private static decimal? Number(JsonElement owner, string url) =>
        Extension(owner, url).Value is { ValueKind: JsonValueKind.Object } extension && Choice(extension, "value") is (_, { ValueKind: JsonValueKind.Number } number)
            ? number.GetDecimal()
            : null;

    private static (JsonElement Value, string Path) Extension(JsonElement owner, string url) =>
        Extensions(owner, "").FirstOrDefault(e => FhirJsonElement.Text(e.Value, "url") == url);

    private static IEnumerable<(JsonElement Value, string Path)> Extensions(JsonElement owner, string path) =>
        FhirJsonElement.Each(FhirJsonElement.Member(owner, "extension")).Select((extension, i) => (extension, string.Create(CultureInfo.InvariantCulture, $"{path}.extension[{i}]")));

    /// <summary>The one property of a choice element.</summary>
    private static (string Property, JsonElement Json)? Choice(JsonElement owner, string name)
    {
        foreach (var member in owner.EnumerateObject())
        {
            if (member.Name.StartsWith(name, StringComparison.Ordinal) && member.Name.Length > name.Length && char.IsAsciiLetterUpper(member.Name[name.Length]))
            {
                return (member.Name, member.Value);
            }
        }

        return null;
    }

    [GeneratedRegex(@"linkId\s*=\s*'([^']*)'")]
    private static partial Regex LinkIds();
}
