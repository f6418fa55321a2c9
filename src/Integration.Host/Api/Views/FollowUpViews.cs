using System.ComponentModel;
using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;

namespace Integration.Host.Api.Views;

/// <summary>One piece of due work.</summary>
internal sealed record FollowUpView(
    string Id,
    string Rule,
    [property: Description("Null when the rule is gone.")] string? Title,
    string? TitleZh,
    FollowUpState State,
    [property: Description("Why it is in that state; null where the state says all.")] string? Reason,
    string PatientId,
    [property: Description("Resource that it is for, as Type/id; null for a day of the calendar.")] string? Subject,
    DateTimeOffset Due,
    [property: Description("When the engine looks at it again; null: never.")] DateTimeOffset? Next,
    FollowUpMode Mode,
    ContactCategory Category,
    string Team,
    string? Owner,
    string? Department,
    string? Assignee,
    [property: Description("Escalations told; above 0 it is, or was, overdue.")] int Level,
    string? Questionnaire,
    IReadOnlyList<FollowUpAttempt> Attempts,
    IReadOnlyList<FollowUpComment> Comments,
    FollowUpOutcome? Outcome,
    DateTimeOffset Created,
    DateTimeOffset? Closed,
    [property: Description("Id of the message, of the work before it, or `calendar`.")] string Cause)
{
    public static FollowUpView Of(FollowUpDocument work, FollowUpRule? rule) => new(
        work.Id, work.Rule, rule?.Title.English, rule?.Title.Chinese, work.State, work.Reason, work.PatientId, work.Subject, work.DueAt, work.NextAt, work.Mode,
        work.Category, work.Team, work.Owner, work.Department, work.Assignee, work.Level, rule?.Questionnaire, work.Attempts, work.Comments, work.Outcome,
        work.Created, work.ClosedAt, work.Cause);
}

/// <summary>Work that was not done as its protocol says.</summary>
internal sealed record DeviationView(
    DeviationKind Kind,
    [property: Description("Days beyond the tolerance; 0 where time is not what deviates.")] double Days,
    FollowUpView Work)
{
    public static DeviationView Of(ProtocolDeviation deviation, FollowUpRule rule) => new(deviation.Kind, Math.Round(deviation.Days, 1), FollowUpView.Of(deviation.Work, rule));
}

/// <summary>Figures of what was due in a period.</summary>
internal sealed record FollowUpFiguresView(
    [property: Description("Rule, team or department; empty where the work has none.")] string Key,
    long Total, long Open, long Overdue, long Done, long InTime, long Refused, long Lost, long Cancelled,
    [property: Description("Done of all that was due, 0 to 1; null when nothing was.")] double? Rate,
    [property: Description("Done before it was overdue, of all done.")] double? Timeliness,
    [property: Description("Somebody was reached, of all that ended.")] double? Reach)
{
    public static FollowUpFiguresView Of(FollowUpFigures figures) => new(
        figures.Key, figures.Total, figures.Open, figures.Overdue, figures.Done, figures.InTime, figures.Refused, figures.Lost, figures.Cancelled, figures.Rate,
        figures.Timeliness, figures.Reach);
}

/// <summary>One rule in use.</summary>
internal sealed record FollowUpRuleView(
    string Name, string Title, string TitleZh, bool Enabled, ContactCategory Category, FollowUpMode Mode, string Team,
    [property: Description("Types of events that make it hit; empty for rules of the calendar.")] IReadOnlyList<string> On,
    [property: Description("When it is due, as the rule says it.")] IReadOnlyList<string> Due,
    string Version)
{
    public static FollowUpRuleView Of(FollowUpRule rule) => new(
        rule.Name, rule.Title.English, rule.Title.Chinese, rule.Enabled, rule.Category, rule.Mode, rule.Team, rule.On, [.. rule.Due.Select(due => due.Text)], rule.Version);
}

/// <summary>Whom a rule would hit.</summary>
internal sealed record RulePreviewView(
    string Rule, DateTimeOffset From, DateTimeOffset Below,
    [property: Description("All hits, also those not listed.")] int Total,
    [property: Description("Resources, or patients and days, that the rule was asked about.")] int LookedAt,
    IReadOnlyList<PreviewHit> Hits)
{
    public static RulePreviewView Of(FollowUpRule rule, DateTimeOffset from, DateTimeOffset below, PreviewResult result) =>
        new(rule.Name, from, below, result.Total, result.LookedAt, result.Hits);
}

/// <summary>Somebody takes work, tries it, ends it or says something about it.</summary>
internal sealed record FollowUpRequest
{
    [Description("The person who acts, as the CRM names them. Default: the name of the key.")]
    public string? By { get; init; }

    [Description("For assign: the person who gets it.")]
    public string? To { get; init; }

    [Description("For finish: done, refused or lost.")]
    public string? State { get; init; }

    [Description("For attempts: what came of it, e.g. noAnswer, busy, callBack.")]
    public string? Result { get; init; }

    [Description("For attempts: somebody was spoken to.")]
    public bool Reached { get; init; }

    [Description("For comments: the remark. For attempts and finish: what was said.")]
    public string? Note { get; init; }

    [Description("For assign, cancel and reopen: why.")]
    public string? Reason { get; init; }

    [Description("For finish: answers by linkId. Those to a form of the engine are checked against it and become a QuestionnaireResponse; others are kept as sent.")]
    public JsonObject? Answers { get; init; }
}
