using System.Globalization;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Studies;
using Integration.Core.Intake;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>What <c>Dicom.Find</c> and <c>Dicom.Qido</c> feeds have in common, section <c>Feeds:NAME</c>.</summary>
internal record StudyPollOptions
{
    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> CommonKeys { get; } =
        ["Adapter", "Enabled", "TimeZone", "Poll", "Schedule", "OverlapDays", "Since", "Until", "AssigningAuthority", "Charset", .. ImagingLinks.Keys, .. FeedIntakeSettings.Keys];

    /// <summary>Time between two rounds, default 5 minutes, 1 second to 1 day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>It is asked at set times, which the engine keeps, and <see cref="Poll"/> is only the longest pause behind a round that failed.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>
    /// How many days each round reaches back before the last one that was read whole, default 2, 0 to 366: in them, studies that grow or are corrected are noticed.
    /// </summary>
    public int OverlapDays { get; init; } = 2;

    /// <summary>The study date at which the first round begins; null: the overlap before today.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The last study date that is asked for: a range of the past, beside a feed that asks for what is new. Null: no end.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Who gives the patient's id where the archive names no issuer (0010,0021): default the feed's name.</summary>
    public string AssigningAuthority { get; init; } = "";

    /// <summary>Character set of the archive's answers, whatever they declare; null: as they declare.</summary>
    public string? Charset { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static StudyPollOptions ReadCommon(SettingsReader settings)
    {
        var defaults = new StudyPollOptions();
        var since = settings.Parsed("Since", Day, "It must be a day.", "Write it like 2026-01-01.")?.Value;
        var until = settings.Parsed("Until", Day, "It must be a day.", "Write it like 2026-01-31.")?.Value;
        if (until < since)
        {
            settings.Report("Until", "It lies before Since.", "Ask for the range from its first day to its last.");
        }

        return new()
        {
            Poll = settings.Time("Poll", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.Poll),
            IsScheduled = settings.Has("Schedule"),
            OverlapDays = settings.Number("OverlapDays", 0, 366, defaults.OverlapDays),
            Since = since,
            Until = until,
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            Charset = DicomListenOptions.ReadCharset(settings, "Charset"),
        };
    }

    private static DayBox? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? new DayBox(day) : null;

    private sealed record DayBox(DateOnly Value);
}
