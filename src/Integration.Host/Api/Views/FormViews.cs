using System.ComponentModel;
using System.Text.Json.Nodes;
using Integration.Core.Forms;

namespace Integration.Host.Api.Views;

/// <summary>One form in use.</summary>
internal sealed record FormView(
    string Name,
    [property: Description("What rules and answers know it by.")] string Url,
    string Version, string Title, string TitleZh,
    [property: Description("How many questions it has.")] int Questions,
    [property: Description("Keys of its alerts.")] IReadOnlyList<string> Alerts)
{
    public static FormView Of(Form form) => new(
        form.Name, form.Url, form.Version, form.Title.English, form.Title.Chinese, form.ByLinkId.Values.Count(item => item.IsQuestion), [.. form.Alerts.Select(alert => alert.Key)]);
}

/// <summary>Answers to a form.</summary>
internal sealed record FormAnswersRequest
{
    [Description("Whose answers they are: id of the golden record.")]
    public string? PatientId { get; init; }

    [Description("By linkId: a value, or a list of values. Codes, texts, numbers, true and false; a quantity may be an object with `value`.")]
    public JsonObject? Answers { get; init; }

    [Description("Who wrote them down. Default: the name of the key.")]
    public string? By { get; init; }

    [Description("Makes them known again: the same id is the same response, and later answers replace earlier ones. Default: they are new.")]
    public string? Id { get; init; }
}

/// <summary>Answers that were taken.</summary>
internal sealed record FormAnswersView(
    [property: Description("The message that carries them.")] string MessageId,
    [property: Description("QuestionnaireResponse/ID in the record, a moment later.")] string Reference,
    [property: Description("The first number that the form calculates; null: none.")] decimal? Score,
    [property: Description("Alerts that hold.")] IReadOnlyList<FormAlertView> Alerts)
{
    public static FormAnswersView Of(FormResult.Taken taken) => new(
        taken.MessageId, taken.Reference, taken.Score, [.. taken.Alerts.Select(alert => new FormAlertView(alert.Key, alert.Severity, alert.Text.English, alert.Text.Chinese))]);
}

/// <summary>Answers that somebody has to look at.</summary>
internal sealed record FormAlertView(string Key, [property: Description("warning or critical.")] string Severity, string Text, string TextZh);
