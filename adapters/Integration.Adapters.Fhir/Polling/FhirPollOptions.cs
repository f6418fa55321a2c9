using Integration.Core.Settings;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Settings of one <c>Fhir.Poll</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record FhirPollOptions : FhirFeedOptions
{
    private FhirPollOptions(FhirFeedOptions common)
        : base(common)
    {
    }

    public FhirPollOptions()
    {
    }

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        [.. FhirFeedSettings.Keys, "BaseUrl", "Types", "Poll", "Schedule", "Overlap", "PageSize", "Since", .. FhirAuthentication.Keys, .. FhirNotificationOptions.Keys];

    /// <summary>Base address of the server, without a slash at its end. Required.</summary>
    public Uri BaseUrl { get; init; } = new("http://localhost/");

    /// <summary>Resource types that are asked for, in this order. Required: patients before what is about them saves work.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Time between two rounds, default 1 minute, 1 second to 1 day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>It is asked at set times, which the engine keeps, and <see cref="Poll"/> is only the longest pause behind a round that failed.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>
    /// How far each question reaches back before the newest version seen, default 5 minutes, 0 to 1 day: for what the server commits later than it stamps.
    /// What has been handed over is not handed over again.
    /// </summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Resources in a page (<c>_count</c>), default 200, 1 to 10,000; servers may give fewer.</summary>
    public int PageSize { get; init; } = 200;

    /// <summary>Where the first round begins; null: with everything there is.</summary>
    public DateTimeOffset? Since { get; init; }

    public FhirAuthentication Authentication { get; init; } = new();

    /// <summary>Where the server's subscriptions notify; null: the server is asked by the clock only.</summary>
    public FhirNotificationOptions? Notifications { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static FhirPollOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {FhirPollAdapterFactory.AdapterName} feed", Keys);
        var defaults = new FhirPollOptions();
        if (settings.Texts("Types").Count == 0)
        {
            settings.Report("Types", "It does not say what to ask for.", "List resource types, e.g. [ \"Patient\", \"Encounter\", \"Observation\" ].");
        }

        var common = FhirFeedSettings.ReadWithoutAnswer(settings);
        return new(common)
        {
            BaseUrl = FhirServerSettings.BaseUrl(settings) ?? defaults.BaseUrl,
            Types = FhirServerSettings.Types(settings),
            IsScheduled = settings.Has("Schedule"),
            Poll = settings.Time("Poll", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.Poll),
            Overlap = settings.Time("Overlap", TimeSpan.Zero, TimeSpan.FromDays(1), defaults.Overlap),
            PageSize = settings.Number("PageSize", 1, 10_000, defaults.PageSize),
            Since = FhirServerSettings.Since(settings),
            Authentication = FhirAuthentication.Read(settings),
            Notifications = FhirNotificationOptions.Read(settings),
        };
    }
}
