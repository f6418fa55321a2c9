using System.Globalization;
using Integration.Adapters.Sql.Source;
using Integration.Adapters.Sql.Source.Changes;
using Integration.Core.Intake;
using Integration.Core.Settings;

namespace Integration.Adapters.Sql.Polling;

/// <summary>Settings of one <c>Sql.Poll</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record SqlPollOptions
{
    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "Adapter", "Enabled", "AssigningAuthority", "TimeZone", "Provider", "ConnectionString", "Query", "QueryFile", "Message", "Key", "Watermark", "GroupBy", "LineName",
        "LineColumns", "PatientColumn", "Poll", "Schedule", "Overlap", "Settled", "Paging", "Parameters", "ProviderFolder", "BatchSize", "MaxRowsPerPoll", "Timeout", "QuietHours", "Isolation", "MaxMessageBytes", "Reconcile", "MaxDeletes",
        .. SqlChangesOptions.Keys, .. SqlTotalsOptions.Keys, .. FeedIntakeSettings.Keys,
    ];

    public required SqlSourceSettings Source { get; init; }

    /// <summary>What the database itself notes of its changes; null: a watermark tells, or every round compares.</summary>
    public SqlChanges? Changes { get; init; }

    /// <summary>What selects the message map, and what the row (or the head of lines) is called in it. Required: small letters, digits and <c>_</c>.</summary>
    public required string Message { get; init; }

    /// <summary>What each line is called in the mapping, default <c>line</c>; only with <c>GroupBy</c>.</summary>
    public string LineName { get; init; } = "line";

    /// <summary>With <c>GroupBy</c>: the columns of the query that belong to a line; all others belong to the head.</summary>
    public IReadOnlyList<string> LineColumns { get; init; } = [];

    /// <summary>Who gives the numbers, default the feed's name; see <see cref="Core.Mapping.FeedContext.AssigningAuthority"/>.</summary>
    public string AssigningAuthority { get; init; } = "";

    /// <summary>Column with the patient's number: what is known of one patient runs in order. Null: no order.</summary>
    public string? PatientColumn { get; init; }

    /// <summary>Time between two rounds, default 1 minute, 1 second to 1 day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>It is asked at set times, which the engine keeps, and <see cref="Poll"/> is only the pause behind a round that failed or was cut.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>
    /// The longest time that a transaction of the source is open, and its clocks differ: default 5 minutes, 0 to 1 day. With <c>Settled</c> the default is 0:
    /// the source itself says below which watermark no row can come to light.
    /// </summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Rows (heads of lines) that are asked for at once, default 1,000, 1 to 10,000.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>Rows that one round reads at most before it gives the source a rest until the next, default 200,000, 100 to 10,000,000.</summary>
    public int MaxRowsPerPoll { get; init; } = 200_000;

    /// <summary>Times of day at which the source is left alone, by the feed's clock; null: none.</summary>
    public QuietHours? Quiet { get; init; }

    /// <summary>Longest message in bytes, default 16 MiB, 1 KiB to 512 MiB; a longer one goes to the dead letters.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>When every row is compared with what was handed over, by the feed's clock; null: never.</summary>
    public TimeOnly? Reconcile { get; init; }

    /// <summary>What the source counts of a day; null: it is not asked.</summary>
    public SqlTotalsOptions? Totals { get; init; }

    /// <summary>Part of the rows, 0 to 1, that one reconcile may find deleted, default 0.1: with more, the query or the table is taken to be wrong.</summary>
    public double MaxDeletes { get; init; } = 0.1;

    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static SqlPollOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {SqlPollAdapterFactory.AdapterName} feed", Keys);
        var source = SqlSourceOptions.Read(settings);
        var message = settings.Text("Message");
        if (message is null || !SqlSourceOptions.IsRowName(message))
        {
            settings.Report("Message", message is null ? "It does not say what its rows are." : "It must be small letters, digits and _.", "Name the message map, e.g. his_bill; it stands in mappings/sql/messages.");
        }

        var lineName = settings.Text("LineName") ?? "line";
        var lineColumns = settings.Texts("LineColumns");
        if (source.IsGrouped && lineColumns.Count == 0)
        {
            settings.Report("LineColumns", "It does not say which columns belong to a line.", "List them, e.g. [ \"line_no\", \"item_code\", \"amount\" ].");
        }

        if (!SqlSourceOptions.IsRowName(lineName))
        {
            settings.Report("LineName", "It must be small letters, digits and _.", "Write it like line.");
        }

        SqlSourceOptions.CheckColumns(settings, "LineColumns", lineColumns);
        var defaults = new SqlPollOptions { Source = source, Message = "" };
        return defaults with
        {
            Changes = SqlChangesOptions.Read(settings, source),
            Message = message ?? "",
            LineName = lineName,
            LineColumns = lineColumns,
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            PatientColumn = settings.Text("PatientColumn")?.ToLowerInvariant(),
            Poll = settings.Time("Poll", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.Poll),
            IsScheduled = settings.Has("Schedule"),
            Overlap = settings.Time("Overlap", TimeSpan.Zero, TimeSpan.FromDays(1), source.Settled is null ? defaults.Overlap : TimeSpan.Zero),
            BatchSize = settings.Number("BatchSize", 1, 10_000, defaults.BatchSize),
            MaxRowsPerPoll = settings.Number("MaxRowsPerPoll", 100, 10_000_000, defaults.MaxRowsPerPoll),
            Quiet = settings.Parsed("QuietHours", QuietHours.Parse, "It must be two times of day.", "Write it like 07:30-11:30."),
            MaxMessageBytes = settings.Number("MaxMessageBytes", 1024, 512 * 1024 * 1024, defaults.MaxMessageBytes),
            Reconcile = settings.Parsed("Reconcile", DailyTime.Parse, "It must be a time of day, or Off.", "Write it like 02:30.")?.Time,
            Totals = SqlTotalsOptions.Read(settings, settings.Text("AssigningAuthority") ?? settings.Name),
            MaxDeletes = settings.Part("MaxDeletes", defaults.MaxDeletes),
            Zone = settings.Zone("TimeZone") ?? TimeZoneInfo.Utc,
        };
    }
}

/// <summary>A time of day; none for Off.</summary>
internal sealed record DailyTime(TimeOnly? Time)
{
    public static DailyTime? Parse(string text) =>
        text.Equals("Off", StringComparison.OrdinalIgnoreCase) ? new DailyTime(Time: null)
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? new DailyTime(time) : null;
}

/// <summary>A part of the day, which may go over midnight.</summary>
internal sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    public bool Includes(TimeOnly time) => time.IsBetween(From, To);

    public static QuietHours? Parse(string text) =>
        text.Split('-', StringSplitOptions.TrimEntries) is [var from, var to] && DailyTime.Parse(from)?.Time is { } begin && DailyTime.Parse(to)?.Time is { } end && begin != end
            ? new QuietHours(begin, end)
            : null;
}
