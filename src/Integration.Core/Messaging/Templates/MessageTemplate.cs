using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;

namespace Integration.Core.Messaging.Templates;

/// <summary>One file of <c>mappings/templates</c>, checked. Immutable.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Category">Marketing gets the line that says how to opt out, whatever the rule says that sends it.</param>
/// <param name="Channels">By name of channel.</param>
public sealed record MessageTemplate(string Name, RuleTitle Title, ContactCategory Category, IReadOnlyDictionary<string, TemplateChannel> Channels);

/// <summary>What a template says on one channel.</summary>
/// <param name="Texts">By language.</param>
/// <param name="Code">Number of the text with the provider, where it sends only texts that it has approved; null: none.</param>
public sealed record TemplateChannel(IReadOnlyDictionary<string, PlaceholderText> Texts, string? Code)
{
    /// <summary>Subject of a mail by language; empty: the title of the template.</summary>
    public IReadOnlyDictionary<string, PlaceholderText> Subjects { get; init; } = new Dictionary<string, PlaceholderText>();

    /// <summary>Places of clinical values, as file:line:column, with their names.</summary>
    public IReadOnlyList<(string Place, string Name)> Clinical { get; init; } = [];

    /// <summary>The text in a language; that in the other where it has none.</summary>
    public (string Language, PlaceholderText Text) In(string language) =>
        Texts.TryGetValue(language, out var text) ? (language, text) : Texts.Select(other => (other.Key, other.Value)).First();

    /// <summary>Whether a value is one that says something about health.</summary>
    public static bool IsClinical(string name) => TemplateVariables.Find(name)?.Category == DataCategory.Clinical;
}
