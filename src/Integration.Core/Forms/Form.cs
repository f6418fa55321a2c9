using System.Collections.Frozen;
using System.Text.Json;
using Integration.Core.FollowUps.Rules;

namespace Integration.Core.Forms;

/// <summary>A form of <c>mappings/forms</c>: a FHIR R4 Questionnaire that was checked. Immutable; safe for many threads.</summary>
public sealed class Form
{
    internal Form(string name, JsonElement questionnaire, FormText title, IReadOnlyList<FormItem> items, IReadOnlyList<FormAlert> alerts)
    {
        (Name, Questionnaire, Title, Items, Alerts) = (name, questionnaire, title, items, alerts);
        Url = questionnaire.GetProperty("url").GetString()!;
        Version = questionnaire.GetProperty("version").GetString()!;
        ByLinkId = items.SelectMany(WithChildren).ToFrozenDictionary(item => item.LinkId, StringComparer.Ordinal);
    }

    /// <summary>Name of its file, without <c>.json</c>.</summary>
    public string Name { get; }

    /// <summary>What rules and answers know it by.</summary>
    public string Url { get; }

    /// <summary>Rises with every edit that people see.</summary>
    public string Version { get; }

    public FormText Title { get; }

    /// <summary>In the order of asking.</summary>
    public IReadOnlyList<FormItem> Items { get; }

    /// <summary>Answers that somebody has to look at.</summary>
    public IReadOnlyList<FormAlert> Alerts { get; }

    /// <summary>The Questionnaire as it is written in the file.</summary>
    public JsonElement Questionnaire { get; }

    /// <summary>Every item of every depth.</summary>
    public IReadOnlyDictionary<string, FormItem> ByLinkId { get; }

    /// <summary>What answers to it name: <c>url|version</c>.</summary>
    public string Canonical => $"{Url}|{Version}";

    public override string ToString() => Canonical;

    private static IEnumerable<FormItem> WithChildren(FormItem item) => item.Items.SelectMany(WithChildren).Prepend(item);
}

/// <summary>A text that people read. A form without a translation says the same in both.</summary>
public sealed record FormText(string English, string Chinese);

/// <summary>What an item is, <c>Questionnaire.item.type</c> of FHIR R4 without attachments and references.</summary>
public enum FormItemType
{
    Group,
    Display,
    Boolean,
    Decimal,
    Integer,
    Date,
    DateTime,
    Time,
    String,
    Text,
    Url,
    Choice,
    OpenChoice,
    Quantity,
}

/// <summary>One question, group or remark.</summary>
/// <param name="LinkId">What answers name it by.</param>
public sealed record FormItem(string LinkId, FormItemType Type, FormText Text)
{
    public bool Required { get; init; }

    /// <summary>It may have several answers.</summary>
    public bool Repeats { get; init; }

    /// <summary>Of a text, in characters; null: no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Of a number or quantity; null: no limit.</summary>
    public decimal? Min { get; init; }

    /// <inheritdoc cref="Min"/>
    public decimal? Max { get; init; }

    /// <summary>The Coding of a quantity's unit, or a Coding with the unit of a number; undefined: none.</summary>
    public JsonElement Unit { get; init; }

    /// <summary>What may be chosen, in the order of the form; empty for other types.</summary>
    public IReadOnlyList<FormOption> Options { get; init; } = [];

    /// <summary>When it is asked; empty: always.</summary>
    public IReadOnlyList<FormCondition> Conditions { get; init; } = [];

    /// <summary>All of the conditions have to hold; false: one of them.</summary>
    public bool NeedsAllConditions { get; init; }

    /// <summary>It is calculated of the answers and not asked; null: a person answers.</summary>
    public RuleExpression? Calculation { get; init; }

    public IReadOnlyList<FormItem> Items { get; init; } = [];

    /// <summary>A person is asked.</summary>
    public bool IsQuestion => Calculation is null && Type is not (FormItemType.Group or FormItemType.Display);
}

/// <summary>One thing that may be chosen.</summary>
/// <param name="Value">What an answer says: the code of a Coding, or the value.</param>
/// <param name="Property">Name of the value in FHIR: <c>valueCoding</c>, <c>valueString</c> …</param>
/// <param name="Json">The value as the form writes it.</param>
/// <param name="Score">What it counts for (extension <c>ordinalValue</c>); null: nothing.</param>
public sealed record FormOption(string Value, FormText Text, string Property, JsonElement Json, decimal? Score);

/// <summary>One condition of an item, <c>Questionnaire.item.enableWhen</c>.</summary>
/// <param name="Question">The item that it looks at.</param>
/// <param name="Operator"><c>exists = != &gt; &lt; &gt;= &lt;=</c>.</param>
/// <param name="Expected">The answer to compare with, as <see cref="FormAnswer.PlainOf"/> has it; <c>true</c> or <c>false</c> for <c>exists</c>.</param>
public sealed record FormCondition(string Question, string Operator, string Expected);

/// <summary>Answers that somebody has to look at.</summary>
/// <param name="Key">Unique within the form.</param>
/// <param name="When">A condition on the QuestionnaireResponse.</param>
/// <param name="Severity"><c>warning</c> or <c>critical</c>.</param>
public sealed record FormAlert(string Key, RuleExpression When, string Severity, FormText Text);
