using Integration.Adapters.Fhir.Polling;
using Integration.Core.Settings;

namespace Integration.Adapters.Fhir.Bulk;

/// <summary>What a server is asked to export.</summary>
internal enum FhirBulkLevel
{
    /// <summary>Everything.</summary>
    System,

    /// <summary>What belongs to patients.</summary>
    Patient,

    /// <summary>What belongs to those who are in a Group.</summary>
    Group,
}

/// <summary>Settings of one <c>Fhir.Bulk</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record FhirBulkOptions : FhirFeedOptions
{
    private FhirBulkOptions(FhirFeedOptions common)
        : base(common)
    {
    }

    public FhirBulkOptions()
    {
    }

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        [.. FhirFeedSettings.Keys, "BaseUrl", "Level", "Group", "Types", "Every", "Schedule", "Since", .. FhirAuthentication.Keys];

    /// <summary>Base address of the server, without a slash at its end. Required.</summary>
    public Uri BaseUrl { get; init; } = new("http://localhost/");

    /// <summary>Default: everything.</summary>
    public FhirBulkLevel Level { get; init; }

    /// <summary>Id of the Group; required for that level only.</summary>
    public string Group { get; init; } = "";

    /// <summary>Resource types that are asked for, in the order in which their files are read; empty: all, patients first.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Time from the end of one export to the beginning of the next, default 1 day, 1 second to 30 days.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(1);

    /// <summary>It is asked at set times, which the engine keeps, and <see cref="Every"/> is only the longest pause behind a round that failed.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Where the first export begins; null: with everything there is.</summary>
    public DateTimeOffset? Since { get; init; }

    public FhirAuthentication Authentication { get; init; } = new();

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static FhirBulkOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {FhirBulkAdapterFactory.AdapterName} feed", Keys);
        var defaults = new FhirBulkOptions();
        var (level, group) = (settings.Choice("Level", defaults.Level), settings.Text("Group") ?? "");
        if ((level == FhirBulkLevel.Group) != (group.Length > 0))
        {
            settings.Report("Group", "Group and Level: Group go together.", "Set both, with the id of the Group at the server, or neither.");
        }

        return new(FhirFeedSettings.ReadWithoutAnswer(settings))
        {
            BaseUrl = FhirServerSettings.BaseUrl(settings) ?? defaults.BaseUrl,
            Level = level,
            Group = group,
            Types = FhirServerSettings.Types(settings),
            IsScheduled = settings.Has("Schedule"),
            Every = settings.Time("Every", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), defaults.Every),
            Since = FhirServerSettings.Since(settings),
            Authentication = FhirAuthentication.Read(settings),
        };
    }
}
