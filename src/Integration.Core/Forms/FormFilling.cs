using System.Text.Json;
using System.Text.Json.Nodes;

namespace Integration.Core.Forms;

/// <summary>Why an answer cannot be taken.</summary>
/// <param name="LinkId">The item; empty: the answers as a whole.</param>
/// <param name="Text">What to do, without the answer itself.</param>
public sealed record FormProblem(string LinkId, string Text);

/// <summary>Answers to a form, checked against it: only what is asked is answered, all of it that has to be, each as its type says.</summary>
internal sealed class FormFilling
{
    private readonly Dictionary<string, List<JsonObject>> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private readonly List<FormProblem> _problems = [];
    private readonly Form _form;

    private FormFilling(Form form) => _form = form;

    /// <summary>Empty: the answers can be taken.</summary>
    public IReadOnlyList<FormProblem> Problems => _problems;

    /// <param name="answers">By linkId: a value, or a list of them.</param>
    /// <param name="zone">Of times without an offset.</param>
    public static FormFilling Of(Form form, JsonObject answers, TimeZoneInfo zone)
    {
        var filling = new FormFilling(form);
        foreach (var (linkId, sent) in answers)
        {
            filling.Read(linkId, sent, zone);
        }

        foreach (var item in form.Items)
        {
            filling.Check(item, isAsked: true);
        }

        return filling;
    }

    /// <summary>The items of a QuestionnaireResponse: what was asked, with its text, so that it can be read without the form.</summary>
    public JsonArray Items() => ItemsOf(_form.Items);

    private void Read(string linkId, JsonNode? sent, TimeZoneInfo zone)
    {
        if (!_form.ByLinkId.TryGetValue(linkId, out var item) || !item.IsQuestion)
        {
            _problems.Add(new FormProblem(linkId, item is null ? "The form has no such question." : "Nobody is asked this."));
            return;
        }

        var values = sent is JsonArray several ? [.. several] : new[] { sent };
        if (values.Length > 1 && !item.Repeats)
        {
            _problems.Add(new FormProblem(linkId, "One answer only."));
            return;
        }

        foreach (var value in values.Where(value => value is not null))
        {
            if (FormAnswer.Read(item, value, zone, out var problem) is { } answer)
            {
                (_answers.TryGetValue(linkId, out var given) ? given : _answers[linkId] = []).Add(answer);
            }
            else
            {
                _problems.Add(new FormProblem(linkId, problem));
            }
        }
    }

    private void Check(FormItem item, bool isAsked)
    {
        isAsked = isAsked && IsAsked(item);
        _asked[item.LinkId] = isAsked;
        var isAnswered = _answers.ContainsKey(item.LinkId);
        if (isAnswered && !isAsked)
        {
            _problems.Add(new FormProblem(item.LinkId, "After the other answers this is not asked. Leave it out."));
        }
        else if (item is { Required: true, IsQuestion: true } && isAsked && !isAnswered && !_problems.Exists(problem => problem.LinkId == item.LinkId))
        {
            _problems.Add(new FormProblem(item.LinkId, "It has to be answered."));
        }

        foreach (var child in item.Items)
        {
            Check(child, isAsked);
        }
    }

    private bool IsAsked(FormItem item) =>
        item.Conditions.Count == 0 || (item.NeedsAllConditions ? item.Conditions.All(Holds) : item.Conditions.Any(Holds));

    private bool Holds(FormCondition condition)
    {
        // What is not asked is not answered, whatever was sent.
        var answers = _asked.GetValueOrDefault(condition.Question, true) ? _answers.GetValueOrDefault(condition.Question) ?? [] : [];
        return condition.Operator == "exists"
            ? answers.Count > 0 == (condition.Expected == "true")
            : answers.Exists(answer => Plain(answer) is { } plain && FormAnswer.Compares(plain, condition.Operator, condition.Expected));
    }

    private static string? Plain(JsonObject answer)
    {
        var (property, value) = answer.First();
        return FormAnswer.PlainOf(property, JsonSerializer.SerializeToElement(value));
    }

    private JsonArray ItemsOf(IReadOnlyList<FormItem> items)
    {
        var written = new JsonArray();
        foreach (var item in items.Where(item => _asked.GetValueOrDefault(item.LinkId) && item.Type != FormItemType.Display))
        {
            var children = ItemsOf(item.Items);
            var answers = _answers.GetValueOrDefault(item.LinkId);
            if (children.Count == 0 && answers is null)
            {
                continue;
            }

            var entry = new JsonObject { ["linkId"] = item.LinkId };
            if (item.Text.Chinese.Length > 0)
            {
                entry["text"] = item.Text.Chinese;
            }

            if (answers is not null)
            {
                entry["answer"] = new JsonArray([.. answers.Select(answer => answer.DeepClone())]);
                if (children.Count > 0)
                {
                    entry["answer"]![0]!["item"] = children;   // FHIR R4 questionnaireresponse.html: items below a question stand in its answer
                }
            }
            else
            {
                entry["item"] = children;
            }

            written.Add((JsonNode)entry);
        }

        return written;
    }
}
