using Integration.Core.Diagnostics;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.FollowUps;

/// <summary>Settings of section <c>FollowUps</c>; everything else about follow-ups is rules.</summary>
/// <param name="Enabled">False: work is planned and nothing becomes due.</param>
/// <param name="ContactHours">Outside of these nobody is written to, whatever a rule says.</param>
/// <param name="MessagesPerDay">Most messages that one patient gets on a day from rules that may be bundled.</param>
/// <param name="Sweep">Time between two looks for what is due.</param>
public sealed record FollowUpSettings(bool Enabled, DailyWindow ContactHours, int MessagesPerDay, TimeSpan Sweep)
{
    private static readonly string[] Keys = ["Enabled", "ContactHours", "MessagesPerDay", "Sweep"];
    private static readonly DailyWindow UsualHours = new(new TimeOnly(8, 0), new TimeOnly(21, 0));

    public static FollowUpSettings Usual { get; } = new(true, UsualHours, 1, TimeSpan.FromSeconds(10));

    /// <summary>Time between two looks; the usual one when the setting cannot be used, which <see cref="EnginePlan"/> reports.</summary>
    public static TimeSpan SweepOf(IConfiguration configuration) => Read(configuration, []).Sweep;

    internal static FollowUpSettings Read(IConfiguration configuration, List<ConfigurationProblem> problems)
    {
        var reader = new SettingsReader(configuration.GetSection("FollowUps"));
        reader.CheckKeys("follow-ups", Keys);
        var settings = new FollowUpSettings(
            reader.Flag("Enabled", Usual.Enabled),
            reader.Parsed("ContactHours", DailyWindow.Parse, "It must be a window of a day.", "Write it as 08:00-21:00.") ?? Usual.ContactHours,
            reader.Number("MessagesPerDay", 1, 100, Usual.MessagesPerDay),
            reader.Time("Sweep", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), Usual.Sweep));
        problems.AddRange(reader.Problems);
        return settings;
    }
}
