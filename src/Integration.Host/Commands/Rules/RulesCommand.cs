using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Versions;
using Integration.Host.Api.Views;
using Integration.Host.Commands.Mapping;

namespace Integration.Host.Commands.Rules;

/// <summary>The verbs below <c>rules</c>.</summary>
internal static class RulesCommand
{
    private const int Failed = 1;

    public static Command Create() => new("rules", "Checks follow-up rules and tells whom they would hit.") { Check(), Preview() };

    private static Command Check()
    {
        var mappings = MappingOptions.Mappings();
        var json = MappingOptions.Json("One JSON object: rules, problems.");
        var command = new Command("check", "Lists everything that is wrong with the follow-up rules, with file, line and column. Exit code 0: nothing; 1: something.") { mappings, json };
        command.SetAction((parsed, _) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName);
            var (rules, problems) = FollowUpRuleLoader.Load(MappingFiles.Read(workspace.Folder), EventCatalog.Names);
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(
                    new { Rules = rules?.All.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal).Select(FollowUpRuleView.Of), Problems = problems.Select(ProblemView.Of) }, ToolJson.Options));
                return problems.Count > 0 ? Failed : 0;
            }

            foreach (var problem in problems)
            {
                await output.WriteLineAsync(problem.ToString());
            }

            await output.WriteLineAsync(rules is null
                ? $"发现问题 Problems: {problems.Count}"
                : $"规则有效 The rules are valid: {rules.All.Count}, {rules.All.Values.Count(rule => rule.Enabled)} of them enabled. Statutory days of {string.Join(", ", rules.Days.Years.Order())}.");
            return problems.Count > 0 ? Failed : 0;
        }));
        return command;
    }

    private static Command Preview()
    {
        var rule = new Option<string>("--rule") { Description = "Name of the rule: its file without .yaml.", Required = true };
        var from = new Option<string>("--from") { Description = "First day, e.g. 2026-03-01, by the hospital's calendar.", Required = true };
        var to = new Option<string>("--to") { Description = "Last day.", Required = true };
        var mappings = MappingOptions.Mappings();
        var json = MappingOptions.Json("One JSON object: rule, from, below, total, lookedAt, hits.");
        var desk = new DeskOptions();
        var command = new Command("preview", "Lists whom a rule would hit in a period, by the record as it is. Nothing is sent or written.") { rule, from, to, json, mappings };
        desk.AddTo(command);
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var (first, last) = (DayOf("--from", parsed.GetValue(from)!), DayOf("--to", parsed.GetValue(to)!));
            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName, desk.SettingsOf(parsed));
            await using var opened = await desk.OpenAsync(parsed, workspace, cancellationToken);
            var zone = workspace.Feeds.DefaultZone;
            var preview = await opened.PreviewAsync(parsed.GetValue(rule)!, UtcOf(first, zone), UtcOf(last.AddDays(1), zone), cancellationToken);
            await (parsed.GetValue(json) ? output.WriteLineAsync(preview.ToJsonString(ToolJson.Options)) : WriteAsync(output, preview, zone));
            return 0;
        }));
        return command;
    }

    private static async Task WriteAsync(TextWriter output, JsonObject preview, TimeZoneInfo zone)
    {
        foreach (var hit in preview["hits"]!.AsArray())
        {
            var due = TimeZoneInfo.ConvertTime(DateTimeOffset.Parse((string)hit!["dueAt"]!, CultureInfo.InvariantCulture), zone);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{due:yyyy-MM-dd HH:mm}  {(string)hit["patientId"]!}  {(string?)hit["subject"]}"));
        }

        await output.WriteLineAsync($"命中 Hits: {preview["total"]}, of {preview["lookedAt"]} looked at");
    }

    private static DateOnly DayOf(string option, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new ConfigurationException([new ConfigurationProblem(option, $"'{text}' is not a day.", "Write it as 2026-03-01.")]);

    private static DateTimeOffset UtcOf(DateOnly day, TimeZoneInfo zone) =>
        new Integration.Core.FollowUps.Calendars.HospitalCalendar(zone, Integration.Core.FollowUps.Calendars.StatutoryDays.None).ToUtc(day, TimeOnly.MinValue);
}
