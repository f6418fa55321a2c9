using System.Globalization;
using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents;

/// <summary>When something with one subject is an incident, and how often it is told.</summary>
public sealed record IncidentRules
{
    /// <summary>A setting that says never.</summary>
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    /// <summary>The time of each kind, see <see cref="IncidentSettings"/>; <see cref="Never"/>: not watched.</summary>
    public required IReadOnlyDictionary<IncidentKind, TimeSpan> Times { get; init; }

    /// <summary><c>RecoverAfter</c>, default 2 min: how long trouble must stay away to be over. Shorter ones tell of a flapping line again and again.</summary>
    public required TimeSpan RecoverAfter { get; init; }

    /// <summary><c>Repeat</c>, default 4 h: how often an incident that nobody acknowledged is told again; <see cref="Never"/>: once.</summary>
    public required TimeSpan Repeat { get; init; }

    /// <summary><c>EscalateAfter</c>, default 2: from this repeat on an incident is marked as escalated. 1 to 100.</summary>
    public required int EscalateAfter { get; init; }

    /// <summary><c>ExpectedEvery</c>: the longest usual silence of a feed until its rhythm is learnt; null: none is expected.</summary>
    public TimeSpan? ExpectedEvery { get; init; }

    /// <summary><c>LearnRhythm</c>, default true: whether silence is judged by what the feed usually does at that hour.</summary>
    public required bool LearnRhythm { get; init; }

    /// <summary><c>FailuresAtLeast</c>, default 10, 1 to 1,000,000: fewer failures within the time of the kind are no incident.</summary>
    public required int FailuresAtLeast { get; init; }

    /// <summary><c>FailuresPart</c>, default 0.2: of what a feed received in that time so much must have failed.</summary>
    public required double FailuresPart { get; init; }

    public bool Watches(IncidentKind kind) => Times[kind] != Never;
}

/// <summary>Section <c>Incidents</c>, and <c>Feeds:NAME:Incidents</c>, <c>Destinations:NAME:Incidents</c> for one of them.</summary>
/// <remarks>
/// Each kind has one time under its name, or <c>Off</c>. For <see cref="FeedSilent"/> it is the shortest silence that counts, for the kinds of failures the
/// time over which they are counted, as for <see cref="ComplaintCluster"/>, for <see cref="CertificateExpiring"/> and <see cref="DiskLow"/> the time left, for all others how long the trouble lasts.
/// </remarks>
public sealed record IncidentSettings
{
    private const string Section = "Incidents";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Kinds, their default times and the shortest that make sense.</summary>
    private static readonly IReadOnlyDictionary<IncidentKind, (TimeSpan Usual, TimeSpan Shortest)> Kinds = new Dictionary<IncidentKind, (TimeSpan, TimeSpan)>
    {
        [FeedSilent] = (TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1)),
        [FeedDisconnected] = (TimeSpan.FromMinutes(5), TimeSpan.Zero),
        [FeedFaulted] = (TimeSpan.FromMinutes(2), TimeSpan.Zero),
        [FeedBacklog] = (TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1)),
        [FeedFailures] = (TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1)),
        [IncidentKind.DeadLetters] = (TimeSpan.FromDays(3), TimeSpan.FromSeconds(1)),
        [MessageStuck] = (TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1)),
        [SequenceGap] = (TimeSpan.FromMinutes(10), TimeSpan.Zero),
        [DestinationAway] = (TimeSpan.FromMinutes(5), TimeSpan.Zero),
        [DestinationBacklog] = (TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1)),
        [DestinationFailures] = (TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1)),
        [CertificateExpiring] = (TimeSpan.FromDays(30), TimeSpan.FromHours(1)),
        [DiskLow] = (TimeSpan.FromDays(3), TimeSpan.FromHours(1)),
        [StoreAway] = (TimeSpan.FromSeconds(30), TimeSpan.Zero),
        [IntakeStopped] = (TimeSpan.Zero, TimeSpan.Zero),
        [MemoryHigh] = (TimeSpan.FromMinutes(5), TimeSpan.Zero),
        [ComplaintCluster] = (TimeSpan.FromDays(7), TimeSpan.FromHours(1)),
    };

    private static readonly IReadOnlyList<IncidentKind> OfFeeds =
        [FeedSilent, FeedDisconnected, FeedFaulted, FeedBacklog, FeedFailures, IncidentKind.DeadLetters, MessageStuck, SequenceGap, CertificateExpiring];

    private static readonly IReadOnlyList<IncidentKind> OfDestinations = [DestinationAway, DestinationBacklog, DestinationFailures, CertificateExpiring];

    private static readonly IReadOnlyList<string> Telling = ["RecoverAfter", "Repeat", "EscalateAfter"];

    private static readonly IReadOnlyList<string> Judging = ["ExpectedEvery", "LearnRhythm", "FailuresAtLeast", "FailuresPart"];

    private static readonly IncidentRules Defaults = new()
    {
        Times = Kinds.ToDictionary(kind => kind.Key, kind => kind.Value.Usual),
        RecoverAfter = TimeSpan.FromMinutes(2),
        Repeat = TimeSpan.FromHours(4),
        EscalateAfter = 2,
        LearnRhythm = true,
        FailuresAtLeast = 10,
        FailuresPart = 0.2,
    };

    /// <summary>Of what has no rules of its own.</summary>
    public required IncidentRules Usual { get; init; }

    /// <summary>By subject.</summary>
    public required IReadOnlyDictionary<string, IncidentRules> Own { get; init; }

    /// <summary><c>Every</c>, default 10 s, 100 ms to 1 min: time between two looks.</summary>
    public required TimeSpan Every { get; init; }

    /// <summary><c>KeepFor</c>, default 400 days: how long recovered incidents are kept.</summary>
    public required TimeSpan KeepFor { get; init; }

    /// <summary><c>Holidays</c>: days on which feeds are judged as on their quietest day of the week.</summary>
    public required IReadOnlySet<DateOnly> Holidays { get; init; }

    /// <summary><c>DiskFreeMb</c>, default 2048: with less free on the store's disk it counts as low whatever the growth. 0: only the growth counts.</summary>
    public required int DiskFreeMb { get; init; }

    /// <summary><c>MemoryPart</c>, default 0.85, of the memory that the process may have.</summary>
    public required double MemoryPart { get; init; }

    /// <summary><c>ComplaintsAtLeast</c>, default 3: fewer complaints of one matter within the time of the kind are no incident. 2 to 1,000.</summary>
    public required int ComplaintsAtLeast { get; init; }

    public IncidentRules Of(string subject) => Own.GetValueOrDefault(subject, Usual);

    /// <summary>Reads all of it; what cannot be used is a problem, and its default stands in.</summary>
    /// <param name="configuration">The whole configuration.</param>
    public static IncidentSettings Read(IConfiguration configuration, List<ConfigurationProblem> problems)
    {
        var reader = new SettingsReader(configuration.GetSection(Section));
        reader.CheckKeys(Section, ["Every", "KeepFor", "Holidays", "DiskFreeMb", "MemoryPart", "ComplaintsAtLeast", .. Telling, .. Judging, .. Kinds.Keys.Select(kind => kind.ToString())]);
        var usual = ReadRules(reader, Defaults, [.. Kinds.Keys]);
        var own = new Dictionary<string, IncidentRules>(StringComparer.Ordinal);
        ReadOwn(configuration.GetSection("Feeds"), IncidentSubjects.OfFeed, OfFeeds, [.. Telling, .. Judging]);
        ReadOwn(configuration.GetSection("Destinations"), IncidentSubjects.OfDestination, OfDestinations, [.. Telling, "FailuresAtLeast"]);
        var settings = new IncidentSettings
        {
            Usual = usual,
            Own = own,
            Every = reader.Time("Every", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10)),
            KeepFor = reader.Time("KeepFor", TimeSpan.FromDays(1), TimeSpan.FromDays(36_500), TimeSpan.FromDays(400)),
            Holidays = ReadHolidays(reader),
            DiskFreeMb = reader.Number("DiskFreeMb", 0, int.MaxValue, 2048),
            MemoryPart = reader.Part("MemoryPart", 0.85),
            ComplaintsAtLeast = reader.Number("ComplaintsAtLeast", 2, 1000, 3),
        };
        problems.AddRange(reader.Problems);
        return settings;

        void ReadOwn(IConfigurationSection all, Func<string, string> subject, IReadOnlyList<IncidentKind> kinds, IReadOnlyList<string> others)
        {
            foreach (var section in all.GetChildren().Select(one => one.GetSection(Section)).Where(section => section.Exists()))
            {
                var ownReader = new SettingsReader(section);
                ownReader.CheckKeys(section.Path, [.. kinds.Select(kind => kind.ToString()), .. others]);
                own[subject(section.Path.Split(':')[1])] = ReadRules(ownReader, usual, kinds);
                problems.AddRange(ownReader.Problems);
            }
        }
    }

    private static IncidentRules ReadRules(SettingsReader reader, IncidentRules usual, IReadOnlyList<IncidentKind> kinds)
    {
        var times = new Dictionary<IncidentKind, TimeSpan>(usual.Times);
        foreach (var kind in kinds)
        {
            times[kind] = reader.TimeOr(kind.ToString(), "Off", IncidentRules.Never, Kinds[kind].Shortest, Longest, usual.Times[kind]);
        }

        return usual with
        {
            Times = times,
            RecoverAfter = reader.Time("RecoverAfter", TimeSpan.Zero, TimeSpan.FromDays(1), usual.RecoverAfter),
            Repeat = reader.TimeOr("Repeat", "Never", IncidentRules.Never, TimeSpan.FromSeconds(1), Longest, usual.Repeat),
            EscalateAfter = reader.Number("EscalateAfter", 1, 100, usual.EscalateAfter),
            ExpectedEvery = reader.Has("ExpectedEvery")
                ? reader.Time("ExpectedEvery", TimeSpan.FromSeconds(1), Longest, TimeSpan.FromMinutes(30))
                : usual.ExpectedEvery,
            LearnRhythm = reader.Flag("LearnRhythm", usual.LearnRhythm),
            FailuresAtLeast = reader.Number("FailuresAtLeast", 1, 1_000_000, usual.FailuresAtLeast),
            FailuresPart = reader.Part("FailuresPart", usual.FailuresPart),
        };
    }

    private static HashSet<DateOnly> ReadHolidays(SettingsReader reader)
    {
        var days = new HashSet<DateOnly>();
        foreach (var text in reader.Texts("Holidays"))
        {
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                days.Add(day);
            }
            else
            {
                reader.Report("Holidays", $"'{text}' is no day.", "Write days as 2026-10-01.");
            }
        }

        return days;
    }
}
