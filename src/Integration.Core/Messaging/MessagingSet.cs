using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Messaging.Templates;

namespace Integration.Core.Messaging;

/// <summary>All templates and gateways of one moment, by name. Immutable.</summary>
public sealed record MessagingSet(IReadOnlyDictionary<string, MessageTemplate> Templates, IReadOnlyDictionary<string, GatewayDefinition> Gateways)
{
    /// <summary>Folder of templates inside the mappings folder.</summary>
    public const string TemplatesFolder = "templates";

    /// <summary>Folder of gateways inside the mappings folder.</summary>
    public const string GatewaysFolder = "gateways";

    public static MessagingSet Empty { get; } = new(new Dictionary<string, MessageTemplate>(), new Dictionary<string, GatewayDefinition>());

    /// <summary>Reads and checks <c>templates/*.yaml</c> and <c>gateways/*.yaml</c>; every problem with its place, none hides another.</summary>
    /// <returns>Null and at least one problem when anything is wrong.</returns>
    public static (MessagingSet? Set, IReadOnlyList<ConfigurationProblem> Problems) Load(MappingFiles files)
    {
        var problems = new ProblemList();
        var templates = Read(files, TemplatesFolder, problems, (file, text) => new MessageTemplateReader(file, problems).Read(text));
        var gateways = Read(files, GatewaysFolder, problems, (file, text) => new GatewayReader(file, problems).Read(text));
        return problems.Count == 0
            ? (new MessagingSet(templates.ToDictionary(t => t.Name, StringComparer.Ordinal), gateways.ToDictionary(g => g.Name, StringComparer.Ordinal)), [])
            : (null, problems.InOrder());
    }

    /// <summary>What does not fit together for a destination that sends by a gateway.</summary>
    /// <param name="gateway">Name of the gateway; it exists.</param>
    /// <param name="shown">Name of the mappings folder.</param>
    /// <param name="grants">What the destination may be told.</param>
    public IReadOnlyList<ConfigurationProblem> Check(string gateway, string shown, EventGrants grants, FollowUpRuleSet rules)
    {
        var problems = new List<ConfigurationProblem>();
        var channels = Gateways[gateway].Channels.Keys.ToList();
        foreach (var rule in rules.All.Values.Where(rule => rule is { Enabled: true, Mode: FollowUpMode.Auto } && rule.Channels.Intersect(channels).Any()).OrderBy(rule => rule.Name, StringComparer.Ordinal))
        {
            var name = rule.Template ?? rule.Name;
            var file = $"{shown}/{FollowUpRuleLoader.Folder}/{rule.Name}.yaml:1:1";
            if (!Templates.TryGetValue(name, out var template))
            {
                problems.Add(new ConfigurationProblem(
                    file, $"The rule writes to patients, and there is no template '{name}'.",
                    Spelling.Suggest(name, Templates.Keys) is { } nearest ? $"Did you mean {nearest}?" : $"Write {shown}/{TemplatesFolder}/{name}.yaml."));
                continue;
            }

            problems.AddRange(rule.Channels.Intersect(channels).Where(channel => !template.Channels.ContainsKey(channel)).Select(channel => new ConfigurationProblem(
                file, $"The rule writes by {channel}, and template '{name}' has no text for it.", $"Add '{channel}' to {shown}/{TemplatesFolder}/{name}.yaml, or take it out of the rule.")));
        }

        if (channels.Contains(MessageChannels.Sms) && !grants.Covers(DataCategory.Clinical))
        {
            problems.AddRange(Templates.Values.OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(t => t.Channels.GetValueOrDefault(MessageChannels.Sms)?.Clinical ?? []).Select(clinical =>
                new ConfigurationProblem(clinical.Place, $"A text message would tell '{clinical.Name}', and the destination is not granted Clinical.", "Take it out: others read text messages too. Or add Clinical to Grants of the destination.")));
        }

        return problems;
    }

    private static List<T> Read<T>(MappingFiles files, string folder, ProblemList problems, Func<string, string, T?> read)
        where T : class
    {
        var all = new List<T>();
        foreach (var (path, text) in files.Below(folder + "/"))
        {
            var shown = $"{files.Shown}/{folder}/{path}";
            if (!path.EndsWith(".yaml", StringComparison.Ordinal) || path.Contains('/'))
            {
                problems.Add(new SourcePosition(shown, 1, 1), $"The file does not belong here.", $"This folder holds {folder}/NAME.yaml.");
            }
            else if (read(shown, text) is { } one)
            {
                all.Add(one);
            }
        }

        return all;
    }
}

/// <summary>Templates and gateways in use, which a reload swaps whole, and the settings of all messages. Safe for many threads.</summary>
public sealed class MessagingCatalog(MessagingSet set, MessagingSettings settings, string shown, TimeZoneInfo zone)
{
    private volatile MessagingSet _current = set;

    public MessagingSet Current => _current;

    public MessagingSettings Settings => settings;

    /// <summary>Name of the mappings folder, with which places begin.</summary>
    public string Shown => shown;

    /// <summary>By whose clocks times are written.</summary>
    public TimeZoneInfo Zone => zone;

    public void Swap(MessagingSet next) => _current = next;
}
