using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Feeds;
using Integration.Core.FollowUps;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Forms;
using Integration.Core.Identity;
using Integration.Core.Incidents;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Mapping.Steps;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging;
using Integration.Core.Retention;
using Integration.Core.Settings;
using Integration.Core.Vitals.Limits;
using Microsoft.Extensions.Configuration;

namespace Integration.Core;

/// <summary>
/// Everything a site configures that must fit together: mappings, match rules, feeds. Loaded and checked as one, before a port is opened;
/// it exists only if all of it is valid.
/// </summary>
public sealed class EnginePlan
{
    private readonly IReadOnlyList<(IInboundAdapterFactory Factory, IConfigurationSection Settings)> _feeds;

    private EnginePlan(
        IMapper mapper, MatchRules matchRules, IReadOnlyList<(IInboundAdapterFactory Factory, IConfigurationSection Settings)> feeds, FeedContexts contexts,
        IntakeSettings intake)
    {
        Mapper = mapper;
        MatchRules = new MatchRuleCatalog(matchRules);
        _feeds = feeds;
        Contexts = contexts;
        Intake = intake;
    }

    public IMapper Mapper { get; }

    /// <summary>Who is who; a reload changes what is in it.</summary>
    public MatchRuleCatalog MatchRules { get; }

    public FeedContexts Contexts { get; }

    public IntakeSettings Intake { get; }

    /// <summary>What becomes of messages as they grow old.</summary>
    public required RetentionSettings Retention { get; init; }

    /// <summary>When something is an incident.</summary>
    public required IncidentSettings Incidents { get; init; }

    /// <summary>The site's own code behind the mappings.</summary>
    public required MappingSteps Steps { get; init; }

    /// <summary>Absolute path of the folder that holds <c>hl7v2</c> and <c>identity</c>.</summary>
    public required string MappingsFolder { get; init; }

    /// <summary>What <see cref="Mapper"/> and <see cref="Outbound"/> were compiled from.</summary>
    public required MappingFiles MappingFiles { get; init; }

    /// <summary>What the record says to other systems; a reload changes what is in it.</summary>
    public required OutboundMappings Outbound { get; init; }

    /// <summary>When what is due; a reload changes what is in it.</summary>
    public required FollowUpRuleCatalog FollowUpRules { get; init; }

    /// <summary>What people are asked; a reload changes what is in it.</summary>
    public required FormCatalog Forms { get; init; }

    /// <summary>When vital signs are out of limits; a reload changes what is in it.</summary>
    public required VitalLimitCatalog VitalLimits { get; init; }

    /// <summary>What holds for all follow-ups.</summary>
    public required FollowUpSettings FollowUps { get; init; }

    /// <summary>What patients are written, and how it is sent; a reload changes what is in it.</summary>
    public required MessagingCatalog Messaging { get; init; }

    /// <summary>Keys under <c>Feeds</c>, those not enabled too.</summary>
    public required IReadOnlyList<string> FeedNames { get; init; }

    private IReadOnlyList<Func<ConfiguredDestination>> Destinations { get; init; } = [];

    /// <param name="configuration">The whole configuration; sections <c>Feeds</c>, <c>MappingSteps</c>, <c>Destinations</c>, <c>Retention</c>, <c>Incidents</c>, <c>FollowUps</c>, <c>Messaging</c> and <c>Engine</c> are read.</param>
    /// <param name="mappingsFolder">Absolute path of the folder that holds <c>hl7v2</c> and <c>identity</c>.</param>
    /// <exception cref="ConfigurationException">With every problem there is.</exception>
    public static EnginePlan Load(
        IConfiguration configuration, string mappingsFolder, IEnumerable<IInboundAdapterFactory> factories,
        IEnumerable<IOutboundAdapterFactory> outboundFactories) =>
        Load(configuration, mappingsFolder, factories, outboundFactories, MappingLoader.Load(mappingsFolder));

    /// <inheritdoc cref="Load(IConfiguration, string, IEnumerable{IInboundAdapterFactory}, IEnumerable{IOutboundAdapterFactory})"/>
    /// <param name="mappings">Of that folder. Several plans may be made of them; each has its own to swap.</param>
    internal static EnginePlan Load(
        IConfiguration configuration, string mappingsFolder, IEnumerable<IInboundAdapterFactory> factories,
        IEnumerable<IOutboundAdapterFactory> outboundFactories, MappingLoadResult mappings)
    {
        var problems = new List<ConfigurationProblem>();
        var feedNames = configuration.GetSection("Feeds").GetChildren().Select(s => s.Key).ToList();
        problems.AddRange(mappings.Problems);
        var (rules, ruleProblems) = MatchRulesLoader.Load(mappingsFolder);
        problems.AddRange(ruleProblems);
        var followUpRules = LoadFollowUpRules(mappings.Files, problems);
        var vitalLimits = LoadVitalLimits(mappings.Files, problems);
        var followUps = FollowUpSettings.Read(configuration, problems);
        problems.AddRange(MappingLoader.SitesWithoutFeed(MappingLoader.Sites(mappingsFolder), feedNames));

        var steps = MappingSteps.Load(configuration, mappingsFolder, feedNames, problems);
        var (engine, storage) = (new SettingsReader(configuration.GetSection("Engine")), new SettingsReader(configuration.GetSection("Storage")));
        IntakeLimits.Read(engine, storage);
        problems.AddRange([.. engine.Problems, .. storage.Problems]);

        var contexts = new Dictionary<string, FeedContext>(StringComparer.Ordinal);
        var intake = new Dictionary<string, FeedIntakeSettings>(StringComparer.Ordinal);
        FeedIntakeSettings.Check(configuration.GetSection("Engine"), problems);
        var zone = FeedContexts.ReadZone("Engine:TimeZone", configuration["Engine:TimeZone"], problems);
        var feeds = PlanFeeds(configuration, factories, contexts, intake, problems);
        var context = new OutboundContext(new OutboundMappings(new Dictionary<string, OutboundPlan>()), zone)
        {
            Messaging = LoadMessaging(configuration, mappingsFolder, mappings.Files, zone, problems),
            Rules = followUpRules,
        };
        if (mappings.Outbound is { } outbound)
        {
            context.Mappings.Swap(outbound);
        }

        var retention = RetentionSettings.Read(configuration, intake, problems);
        var incidents = IncidentSettings.Read(configuration, problems);
        var destinations = PlanDestinations(configuration, contexts.Keys, context, outboundFactories, problems);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : new EnginePlan(mappings.Mapper!, rules!, feeds, new FeedContexts(contexts, zone), new IntakeSettings(intake))
            {
                Destinations = destinations,
                Retention = retention,
                Incidents = incidents,
                Steps = steps,
                MappingsFolder = mappingsFolder,
                MappingFiles = mappings.Files!,
                Outbound = context.Mappings,
                FollowUpRules = new FollowUpRuleCatalog(followUpRules, zone),
                VitalLimits = new VitalLimitCatalog(vitalLimits),
                Forms = new FormCatalog(mappings.Forms!),
                FollowUps = followUps,
                Messaging = context.Messaging,
                FeedNames = feedNames,
            };
    }

    /// <summary>The enabled feeds, in ordinal order of name. Called once; they are not started.</summary>
    public IReadOnlyList<ConfiguredFeed> CreateFeeds(IMessageIntake intake) =>
        [.. _feeds.Select(f => new ConfiguredFeed(f.Settings.Key, f.Factory.Name, f.Factory.Create(f.Settings.Key, f.Settings, intake)))];

    /// <summary>The enabled destinations, in ordinal order of name. Called once.</summary>
    public IReadOnlyList<ConfiguredDestination> CreateDestinations() => [.. Destinations.Select(create => create())];

    private static FollowUpRuleSet LoadFollowUpRules(MappingFiles? files, List<ConfigurationProblem> problems)
    {
        if (files is null)
        {
            return FollowUpRuleSet.Empty;
        }

        var (rules, found) = FollowUpRuleLoader.Load(files, EventCatalog.Names);
        problems.AddRange(found);
        return rules ?? FollowUpRuleSet.Empty;
    }

    private static MessagingCatalog LoadMessaging(
        IConfiguration configuration, string mappingsFolder, MappingFiles? files, TimeZoneInfo zone, List<ConfigurationProblem> problems)
    {
        var settings = MessagingSettings.Read(configuration, problems);
        var (set, found) = files is null ? (null, []) : MessagingSet.Load(files);
        problems.AddRange(found);
        return new MessagingCatalog(set ?? MessagingSet.Empty, settings, files?.Shown ?? Path.GetFileName(mappingsFolder), zone);
    }

    private static VitalLimitRules LoadVitalLimits(MappingFiles? files, List<ConfigurationProblem> problems)
    {
        if (files is null)
        {
            return VitalLimitRules.None;
        }

        var (rules, found) = VitalLimitLoader.Load(files);
        problems.AddRange(found);
        return rules ?? VitalLimitRules.None;
    }

    /// <param name="contexts">Gets what each enabled feed is to its mappings, by name.</param>
    /// <param name="intake">Gets its settings of intake.</param>
    private static List<(IInboundAdapterFactory Factory, IConfigurationSection Settings)> PlanFeeds(
        IConfiguration configuration, IEnumerable<IInboundAdapterFactory> factories, Dictionary<string, FeedContext> contexts, Dictionary<string, FeedIntakeSettings> intake,
        List<ConfigurationProblem> problems)
    {
        var feeds = new List<(IInboundAdapterFactory, IConfigurationSection)>();
        var byName = factories.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetSection("Feeds").GetChildren().OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (string.Equals(section["Enabled"], "false", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            section["TimeZone"] ??= configuration["Engine:TimeZone"] ?? FeedContexts.DefaultTimeZone;   // the adapter reads it too
            contexts[section.Key] = FeedContexts.Read(section, problems);
            intake[section.Key] = FeedIntakeSettings.Read(section, configuration.GetSection("Engine"), problems);
            if (FindFactory(section, "feed", byName, problems) is { } factory)
            {
                problems.AddRange(factory.Validate(section.Key, section));
                feeds.Add((factory, section));
            }
        }

        return feeds;
    }

    private static List<Func<ConfiguredDestination>> PlanDestinations(
        IConfiguration configuration, IReadOnlyCollection<string> feeds, OutboundContext context, IEnumerable<IOutboundAdapterFactory> factories,
        List<ConfigurationProblem> problems)
    {
        var byName = factories.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);
        var destinations = new List<Func<ConfiguredDestination>>();
        var (delivery, events) = (new SettingsReader(configuration.GetSection("Delivery")), new SettingsReader(configuration.GetSection("Events")));
        delivery.CheckKeys("Delivery", ["Sandbox"]);
        events.CheckKeys("Events", ["Source"]);
        var sandbox = delivery.Choice("Sandbox", SandboxMode.People);
        var source = events.Parsed(
            "Source", text => Uri.TryCreate(text, UriKind.Absolute, out _) ? text : null, "It must be an absolute URI.", "Write it like urn:hospital:east.") ?? CloudEvent.UsualSource;
        problems.AddRange([.. delivery.Problems, .. events.Problems]);
        foreach (var section in configuration.GetSection("Destinations").GetChildren().OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (string.Equals(section["Enabled"], "false", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var factory = FindFactory(section, "destination", byName, problems);
            var options = DestinationSettings.Read(section, feeds, context.TimeZone, factory, sandbox, problems) with { EventSource = source };
            if (factory is not null)
            {
                problems.AddRange(factory.Validate(options, section, context));
                destinations.Add(() => new ConfiguredDestination(options, factory.Name, factory.Create(options, section, context)));
            }
        }

        return destinations;
    }

    private static T? FindFactory<T>(IConfigurationSection section, string what, Dictionary<string, T> byName, List<ConfigurationProblem> problems)
        where T : class
    {
        var known = string.Join(", ", byName.Keys.Order(StringComparer.Ordinal));
        if (section["Adapter"] is not { Length: > 0 } name)
        {
            problems.Add(new ConfigurationProblem($"{section.Path}:Adapter", $"The {what} names no adapter.", $"Set it to one of: {known}."));
            return null;
        }

        if (!byName.TryGetValue(name, out var factory))
        {
            problems.Add(new ConfigurationProblem($"{section.Path}:Adapter", $"There is no adapter '{name}'.", $"Set it to one of: {known}."));
        }

        return factory;
    }
}
