using Integration.Core.Diagnostics;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;

namespace Integration.Core.FollowUps.Rules;

/// <summary>Reads and checks <c>follow-ups/*.yaml</c> and <c>follow-ups/days/*.csv</c>; every problem with its place, none hides another.</summary>
public static class FollowUpRuleLoader
{
    /// <summary>Folder inside the mappings folder.</summary>
    public const string Folder = "follow-ups";

    private const string DaysFolder = "days";

    /// <param name="files">All mapping files as they were read.</param>
    /// <param name="events">Types of events there are.</param>
    /// <returns>Rules, or null and at least one problem.</returns>
    public static (FollowUpRuleSet? Rules, IReadOnlyList<ConfigurationProblem> Problems) Load(MappingFiles files, IReadOnlyCollection<string> events)
    {
        var problems = new ProblemList();
        var rules = new List<FollowUpRule>();
        var days = new Dictionary<DateOnly, (StatutoryDay Day, SourcePosition Position)>();
        foreach (var (path, text) in files.Below(Folder + "/"))
        {
            var shown = $"{files.Shown}/{Folder}/{path}";
            if (path.EndsWith(".yaml", StringComparison.Ordinal) && !path.Contains('/'))
            {
                rules.AddRange(new FollowUpRuleReader(shown, events, problems).Read(text) is { } rule ? [rule] : []);
            }
            else if (path.EndsWith(".csv", StringComparison.Ordinal) && path.Split('/') is [DaysFolder, _])
            {
                AddDays(days, StatutoryDayFile.Read(shown, text, problems), problems);
            }
            else
            {
                problems.Add(new SourcePosition(shown, 1, 1), "The file is no rule and no table of days by its place.", $"Rules are {Folder}/NAME.yaml, tables {Folder}/{DaysFolder}/NAME.csv.");
            }
        }

        return problems.Count == 0 ? (new FollowUpRuleSet(rules, new StatutoryDays(days.Values.Select(d => d.Day))), []) : (null, problems.InOrder());
    }

    private static void AddDays(
        Dictionary<DateOnly, (StatutoryDay Day, SourcePosition Position)> all, IReadOnlyList<(StatutoryDay Day, SourcePosition Position)> days, ProblemList problems)
    {
        foreach (var (day, position) in days)
        {
            if (!all.TryAdd(day.Date, (day, position)))
            {
                problems.Add(position, $"{day.Date:yyyy-MM-dd} has been listed already, at {all[day.Date].Position}.", "Take one of them out.");
            }
        }
    }
}
