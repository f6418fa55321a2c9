using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Messaging.Templates;

/// <summary>Reads one template file. What is wrong goes to the problem list with its place; the rest is still read.</summary>
/// <param name="file">Path as shown to people, <c>mappings/templates/birthday.yaml</c>.</param>
internal sealed class MessageTemplateReader(string file, ProblemList problems)
{
    private static readonly string[] Keys = ["title", "category", .. MessageChannels.All];

    /// <summary>Null when it cannot be used, which has then been reported.</summary>
    public MessageTemplate? Read(string yaml)
    {
        if (new MappingFileReader(file, problems).ReadRoot(yaml, "A template", Keys) is not { } block)
        {
            return null;
        }

        var before = problems.Count;
        var texts = new YamlTexts(file, yaml, problems);
        var title = ReadTitle(block);
        var category = block.Choice("category", ContactCategory.Service, ("service", ContactCategory.Service), ("marketing", ContactCategory.Marketing));
        var channels = new Dictionary<string, TemplateChannel>(StringComparer.Ordinal);
        foreach (var channel in MessageChannels.All)
        {
            if (block.Node(channel) is { } node && YamlBlock.Read(node, file, $"'{channel}'", channel == MessageChannels.Email ? [.. MessageLanguages.All, "subject"] : [.. MessageLanguages.All, "code"], problems) is { } inner)
            {
                channels[channel] = ReadChannel(inner, channel, texts);
            }
        }

        if (channels.Count == 0 && problems.Count == before)
        {
            problems.Add(block.Position, "A template says nothing on any channel.", $"Write a text below {string.Join(", ", MessageChannels.All)}.");
        }

        return problems.Count == before ? new MessageTemplate(Path.GetFileNameWithoutExtension(file), title, category, channels) : null;
    }

    private RuleTitle ReadTitle(YamlBlock block)
    {
        if (block.Node("title") is not { } node)
        {
            problems.Add(block.Position, "A template needs the key 'title'.", "Write it as title: { en: Appointment reminder, zh: 预约提醒 }.");
            return new RuleTitle("", "");
        }

        return YamlBlock.Read(node, file, "A title", ["en", "zh"], problems) is { } title
            ? new RuleTitle(title.RequiredWord("en", "A title").Text, title.RequiredWord("zh", "A title").Text)
            : new RuleTitle("", "");
    }

    private TemplateChannel ReadChannel(YamlBlock block, string channel, YamlTexts texts)
    {
        var clinical = new List<(string Place, string Name)>();
        var byLanguage = new Dictionary<string, PlaceholderText>(StringComparer.Ordinal);
        foreach (var language in MessageLanguages.All)
        {
            if (block.Node(language) is { } node && texts.Read(node, $"'{language}'", (name, position) => Check(name, position, clinical)) is { } text)
            {
                byLanguage[language] = text;
            }
        }

        if (MessageLanguages.All.All(language => block.Node(language) is null))
        {
            problems.Add(block.Position, $"'{channel}' has no text.", "Write it below zh or en, or both.");
        }

        return new TemplateChannel(byLanguage, block.Word("code")?.Text) { Clinical = clinical, Subjects = ReadSubjects(block, texts) };
    }

    private Dictionary<string, PlaceholderText> ReadSubjects(YamlBlock block, YamlTexts texts)
    {
        var subjects = new Dictionary<string, PlaceholderText>(StringComparer.Ordinal);
        if (block.Node("subject") is not { } node || YamlBlock.Read(node, file, "'subject'", [.. MessageLanguages.All], problems) is not { } inner)
        {
            return subjects;
        }

        foreach (var language in MessageLanguages.All)
        {
            var clinical = new List<(string Place, string Name)>();
            if (inner.Node(language) is { } text && texts.Read(text, "'subject'", (name, position) => Check(name, position, clinical)) is { } subject)
            {
                subjects[language] = subject;
            }

            foreach (var (_, name) in clinical)
            {
                problems.Add(YamlBlock.PositionOf(inner.Node(language)!, file), $"A subject must not tell '{name}': it is shown where others look on.", "Put it into the text.");
            }
        }

        return subjects;
    }

    private void Check(string name, SourcePosition position, List<(string Place, string Name)> clinical)
    {
        if (TemplateVariables.Find(name) is null)
        {
            problems.AddUnknown(position, $"There is no value '{name}' for templates.", name, TemplateVariables.All.Select(variable => variable.Name));
        }
        else if (TemplateChannel.IsClinical(name))
        {
            clinical.Add((position.ToString(), name));
        }
    }
}
