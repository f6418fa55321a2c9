using System.Globalization;
using Integration.Core.Settings;
using Integration.Fhir;

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
        [.. FhirFeedSettings.Keys, "BaseUrl", "Types", "Poll", "Overlap", "PageSize", "Since", .. FhirAuthentication.Keys];

    /// <summary>Base address of the server, without a slash at its end. Required.</summary>
    public Uri BaseUrl { get; init; } = new("http://localhost/");

    /// <summary>Resource types that are asked for, in this order. Required: patients before what is about them saves work.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Time between two rounds, default 1 minute, 1 second to 1 day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(1);

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

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static FhirPollOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {FhirPollAdapterFactory.AdapterName} feed", Keys);
        var defaults = new FhirPollOptions();
        if (settings.Text("BaseUrl") is null)
        {
            settings.Report("BaseUrl", "The server is missing.", "Set it to its base address, e.g. https://emr.hospital.local/fhir.");
        }

        var types = settings.Texts("Types");
        if (types.Count == 0)
        {
            settings.Report("Types", "It does not say what to ask for.", "List resource types, e.g. [ \"Patient\", \"Encounter\", \"Observation\" ].");
        }

        foreach (var type in types.Where(type => FhirSchema.Find(type) is not { Kind: FhirTypeKind.Resource, IsAbstract: false }))
        {
            settings.Report("Types", $"FHIR R4 has no resource type '{type}'.", "Write it as in the standard, e.g. MedicationRequest.");
        }

        var baseUrl = settings.Parsed("BaseUrl", Address, "It must be an address of http or https without a question mark.", "Write it like https://emr.hospital.local/fhir.");
        var common = FhirFeedSettings.ReadWithoutAnswer(settings);
        return new(common)
        {
            BaseUrl = baseUrl ?? defaults.BaseUrl,
            Types = types,
            Poll = settings.Time("Poll", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.Poll),
            Overlap = settings.Time("Overlap", TimeSpan.Zero, TimeSpan.FromDays(1), defaults.Overlap),
            PageSize = settings.Number("PageSize", 1, 10_000, defaults.PageSize),
            Since = settings.Parsed("Since", Instant, "It must be a moment with its offset.", "Write it like 2026-01-01T00:00:00+08:00.")?.Value,
            Authentication = FhirAuthentication.Read(settings),
        };
    }

    internal static Uri? Address(string text) =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0 && address.UserInfo.Length == 0 ? address : null;

    private static Moment? Instant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? new Moment(instant) : null;

    private sealed record Moment(DateTimeOffset Value);
}
