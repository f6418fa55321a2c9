using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using static Integration.Core.Events.DataCategory;
using static Integration.Core.Events.EventValueKind;

namespace Integration.Core.FollowUps.Work;

/// <summary>The events that the life of due work raises.</summary>
public static class FollowUpEvents
{
    private static readonly IReadOnlyList<EventProperty> Common =
    [
        new("rule", Text, Plain, "Name of the rule", IsRequired: true),
        new("category", Text, Plain, "service or marketing", IsRequired: true),
        new("mode", Text, Plain, "auto: the receiver tells the patient; remind: a person decides", IsRequired: true),
        new("due", Time, Plain, "When it is due", IsRequired: true),
        new("team", Text, Plain, "Work-list that it stands on", IsRequired: true),
        new("level", Integer, Plain, "How many escalations were told"),
        new("reason", Text, Plain, "Why it came to this"),
        new("title", Text, Clinical, "Title of the rule in English"),
        new("titleZh", Text, Clinical, "Title of the rule in Chinese"),
        new("episode", Text, Plain, "Resource that it is for, as Type/id"),
        new("owner", Text, Identifying, "Person it is meant for, as the source names them"),
        new("assignee", Text, Identifying, "Person who works on it"),
        new("department", Text, Clinical, "Department that it belongs to"),
    ];

    private static readonly IReadOnlyList<EventProperty> Contact =
    [
        .. Common,
        new("audience", TextList, Plain, "Who is to be told: patient, contact, staff, institution"),
        new("channels", TextList, Plain, "How, in the order of trying"),
        new("template", Text, Plain, "Name of the message template"),
        new("questionnaire", Text, Plain, "Canonical of the questionnaire that is asked"),
        new("bundled", TextList, Plain, "Rules whose work goes into the same message"),
    ];

    public static readonly EventType Due = Row("followUp.due", "Due work has to be done now", "随访到期", Contact);
    public static readonly EventType Overdue = Row("followUp.overdue", "Due work was not done in time", "随访逾期", Common);
    public static readonly EventType Done = Row("followUp.done", "Due work was done", "随访完成", Common);
    public static readonly EventType Refused = Row("followUp.refused", "The patient refused", "患者拒访", Common);
    public static readonly EventType Lost = Row("followUp.lost", "The patient could not be reached", "失访", Common);
    public static readonly EventType Cancelled = Row("followUp.cancelled", "Work that was due is not needed any more", "随访取消", Common);

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<EventType> All { get; } = [Due, Overdue, Done, Refused, Lost, Cancelled];

    /// <param name="rule">Null when it is gone; the event then says less.</param>
    /// <param name="discriminator">Tells several of one type apart, e.g. the level of an escalation.</param>
    internal static EventDocument Of(
        EventType type, FollowUpDocument work, FollowUpRule? rule, DateTimeOffset time, string discriminator = "", IReadOnlyList<string>? bundled = null) => new()
        {
            Id = EventDocument.IdOf(type.Name, work.Id, $"followUps/{work.Id}", discriminator),
            Type = type.Name,
            SchemaVersion = type.SchemaVersion,
            Subject = $"followUps/{work.Id}",
            PatientId = work.PatientId,
            Time = time,
            Cause = work.Id,
            Data = DataOf(type, work, rule, bundled ?? []),
        };

    private static EventType Row(string name, string title, string chineseTitle, IReadOnlyList<EventProperty> data) =>
        new(name, 1, title, chineseTitle, "followUps/ID", data);

    private static JsonObject DataOf(EventType type, FollowUpDocument work, FollowUpRule? rule, IReadOnlyList<string> bundled)
    {
        var data = new JsonObject
        {
            ["rule"] = work.Rule,
            ["category"] = work.Category.ToString().ToLowerInvariant(),
            ["mode"] = work.Mode.ToString().ToLowerInvariant(),
            ["due"] = work.DueAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["team"] = work.Team,
        };
        Set(data, "reason", work.Reason);
        Set(data, "title", rule?.Title.English);
        Set(data, "titleZh", rule?.Title.Chinese);
        Set(data, "episode", work.Subject);
        Set(data, "owner", work.Owner);
        Set(data, "assignee", work.Assignee);
        Set(data, "department", work.Department);
        if (work.Level > 0)
        {
            data["level"] = work.Level;
        }

        if (type == Due && rule is not null)
        {
            data["audience"] = Texts(rule.Audience);
            data["channels"] = Texts(rule.Channels);
            Set(data, "template", rule.Template ?? rule.Name);
            Set(data, "questionnaire", rule.Questionnaire);
            if (bundled.Count > 0)
            {
                data["bundled"] = Texts(bundled);
            }
        }

        return data;
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static void Set(JsonObject data, string name, string? value)
    {
        if (value is not null)
        {
            data[name] = value;
        }
    }
}
