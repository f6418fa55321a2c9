using Integration.Adapters.Fhir.Import;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Identity;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Steps;
using Integration.Core.Parsing;

namespace Integration.Host.Commands.Mapping;

/// <summary>What the mapping verbs work on: configuration and mappings as the engine would read them, without an engine, a store or a port.</summary>
internal sealed class MappingWorkspace
{
    private MappingWorkspace(string folder, IConfiguration configuration, FeedContexts feeds, MessageExplainer explainer, MappingLoadResult loaded)
    {
        Folder = folder;
        Configuration = configuration;
        Feeds = feeds;
        Explainer = explainer;
        Mapper = loaded.Mapper;
        Problems = loaded.Problems;
        DefaultFeed = EnabledFeeds(configuration).FirstOrDefault()?.Key ?? "file";
    }

    /// <summary>Absolute path of the mappings folder.</summary>
    public string Folder { get; }

    /// <summary>As the engine would read it.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>What relative paths of the configuration are relative to.</summary>
    public string Home { get; } = EngineHome.Find();

    /// <summary>Whether these are the mappings of the engine rather than others that somebody works on.</summary>
    public bool IsOfEngine => Folder == FolderOf(Configuration, Home);

    public FeedContexts Feeds { get; }

    public MessageExplainer Explainer { get; }

    /// <summary>Null when there are problems.</summary>
    public IMapper? Mapper { get; }

    /// <summary>Everything that is wrong with mappings, match rules and site folders.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; }

    /// <summary>The first feed that is enabled, in ordinal order of name.</summary>
    public string DefaultFeed { get; }

    /// <param name="mappingsFolder">Null: as configured.</param>
    /// <param name="settings">In place of those configured, as <c>Section:Key=value</c>.</param>
    /// <exception cref="ConfigurationException"><c>appsettings.json</c> cannot be read.</exception>
    public static MappingWorkspace Open(string? mappingsFolder, IReadOnlyList<string>? settings = null)
    {
        var home = EngineHome.Find();
        IConfiguration configuration;
        try
        {
            configuration = new ConfigurationBuilder().SetBasePath(home).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables()
                .AddInMemoryCollection((settings ?? []).Select(setting => setting.Split('=', 2)).Select(parts => KeyValuePair.Create(parts[0], parts.ElementAtOrDefault(1)))
                    .GroupBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase).Select(given => given.Last())).Build();
        }
        catch (InvalidDataException e)
        {
            throw new ConfigurationException([new ConfigurationProblem("appsettings.json", e.InnerException?.Message ?? e.Message)]);
        }

        var folder = mappingsFolder is null ? FolderOf(configuration, home) : Path.GetFullPath(mappingsFolder);
        var problems = new List<ConfigurationProblem>();
        var feeds = FeedContexts.Read(configuration, problems);
        var loaded = MappingLoader.Load(folder);
        problems.AddRange(loaded.Problems);
        problems.AddRange(MatchRulesLoader.Load(folder).Problems);
        problems.AddRange(MappingLoader.SitesWithoutFeed(MappingLoader.Sites(folder), feeds.Names));
        var steps = MappingSteps.Load(configuration, folder, feeds.Names, problems);
        loaded = loaded with { Mapper = loaded.Mapper is { } mapper ? steps.Around(mapper) : null };
        if (problems.Count > 0)
        {
            loaded = new MappingLoadResult(null, problems);
        }

        // Not disposed: it holds parsers, which hold nothing.
        var parsers = new ServiceCollection().AddSingleton(configuration).AddAdapters().BuildServiceProvider().GetServices<IMessageParser>();
        return new MappingWorkspace(folder, configuration, feeds, new MessageExplainer(parsers, feeds), loaded);
    }

    /// <summary>The mappings.</summary>
    /// <exception cref="ConfigurationException">With every problem.</exception>
    public IMapper RequireMapper() => Mapper ?? throw new ConfigurationException(Problems);

    /// <summary>The feed asked for, or the default one: for FHIR the first that is enabled and takes it, where there is one.</summary>
    /// <exception cref="ConfigurationException">There is no such feed.</exception>
    public string FeedOf(string? name, string format = Hl7Parser.FormatName) => name switch
    {
        null when format == FhirImport.Format => EnabledFeeds(Configuration).FirstOrDefault(feed => feed["Adapter"]?.StartsWith("Fhir.", StringComparison.OrdinalIgnoreCase) == true)?.Key ?? DefaultFeed,
        null => DefaultFeed,
        _ when Feeds.Names.Contains(name) => name,
        _ => throw new ConfigurationException([new ConfigurationProblem("--feed", $"There is no feed '{name}'.", $"The feeds are {string.Join(", ", Feeds.Names)}.")]),
    };

    private static IEnumerable<IConfigurationSection> EnabledFeeds(IConfiguration configuration) => configuration.GetSection("Feeds").GetChildren()
        .Where(feed => !string.Equals(feed["Enabled"], "false", StringComparison.OrdinalIgnoreCase)).OrderBy(feed => feed.Key, StringComparer.Ordinal);

    private static string FolderOf(IConfiguration configuration, string home) => Path.GetFullPath(configuration["Engine:MappingsFolder"] ?? "mappings", home);
}
