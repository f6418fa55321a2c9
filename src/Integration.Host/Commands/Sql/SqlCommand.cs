using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Integration.Adapters.Sql.Inspection;
using Integration.Core.Diagnostics;
using Integration.Host.Commands.Mapping;

namespace Integration.Host.Commands.Sql;

/// <summary>The verbs below <c>sql</c>: they look at the source of a feed and write nothing, neither there nor here.</summary>
internal static class SqlCommand
{
    private const int Found = 1;
    private const int MostRows = 1000;

    public static Command Create() => new("sql", "Looks at the databases that Sql.Poll feeds read.") { Preview(), Check() };

    private static Command Preview()
    {
        var feed = FeedOption();
        var rows = new Option<int>("--rows") { Description = $"Rows to show, newest first, 1 to {MostRows}.", DefaultValueFactory = _ => 10 };
        var explain = new Option<bool>("--explain") { Description = "Show for each value the rule that wrote it and the column that it was read from." };
        var json = MappingOptions.Json("One JSON object a row and line, of the shape that the API's dry run answers.");
        var set = SetOption();
        var command = new Command("preview", "Shows rows of a feed, what they become and what asking for them costs the source. Exit code 0: all map; 1: some would be refused; 2: wrong settings, or no database.")
        {
            feed, rows, explain, json, set,
        };
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(null, parsed.GetValue(set) ?? []);
            var (name, inspector) = Open(workspace, parsed.GetRequiredValue(feed));
            var preview = await inspector.PreviewAsync(Math.Clamp(parsed.GetValue(rows), 1, MostRows), cancellationToken);
            var isJson = parsed.GetValue(json);
            var report = isJson ? (IMapReport)new JsonMapReport(output, parsed.GetValue(explain)) : new TextMapReport(output, parsed.GetValue(explain));
            var refused = await WriteAsync(report, workspace, name, preview.Messages);
            if (!isJson)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{preview.Rows} 行，耗时 {preview.Took.TotalMilliseconds:N0} 毫秒 {preview.Rows} rows in {preview.Took.TotalMilliseconds:N0} ms: {preview.Statement}"));
                await output.WriteLineAsync(preview.Plan.Length == 0 ? "" : $"查询新数据的执行计划 How the database looks for what is new:\n{preview.Plan}");
            }

            return refused > 0 ? MapCommand.SomeRefused : 0;
        }));
        return command;
    }

    private static Command Check()
    {
        var feed = FeedOption();
        var json = MappingOptions.Json("One JSON object: place, rows, milliseconds, findings.");
        var set = SetOption();
        var command = new Command("check", "Finds what would make a feed miss or double rows or burden its source. Reads every row once. Exit code 0: nothing; 1: something; 2: wrong settings, or no database.")
        {
            feed, json, set,
        };
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var (_, inspector) = Open(MappingWorkspace.Open(null, parsed.GetValue(set) ?? []), parsed.GetRequiredValue(feed));
            var check = await inspector.CheckAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(new { check.Place, check.Rows, Milliseconds = (long)check.Took.TotalMilliseconds, check.Findings }, ToolJson.Options));
                return check.Findings.Count > 0 ? Found : 0;
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{check.Place}: {check.Rows} 行 rows, {check.Took.TotalMilliseconds:N0} ms"));
            foreach (var finding in check.Findings)
            {
                await output.WriteLineAsync($"- {finding}");
            }

            await output.WriteLineAsync(check.Findings.Count == 0 ? "未发现问题 Nothing was found." : $"发现问题 Findings: {check.Findings.Count}");
            return check.Findings.Count > 0 ? Found : 0;
        }));
        return command;
    }

    /// <summary>What rows become, and how many of them would be refused.</summary>
    internal static async Task<int> WriteAsync(IMapReport report, MappingWorkspace workspace, string feed, IReadOnlyList<SqlPreviewMessage> messages)
    {
        var (mapper, refused) = (workspace.RequireMapper(), 0);
        foreach (var message in messages)
        {
            var explanation = workspace.Explainer.Explain(message.Raw, SqlFeedInspector.Format, feed, mapper);
            refused += explanation.IsRefused ? 1 : 0;
            await report.WriteAsync(message.Key, explanation);
        }

        await report.EndAsync();
        return refused;
    }

    internal static Option<string> FeedOption() => new("--feed") { Description = "The feed, enabled or not.", Required = true };

    internal static Option<string[]> SetOption() => new("--set") { Description = "Settings in place of those configured, e.g. Feeds:his_bills:Provider=Sqlite." };

    private static (string Name, SqlFeedInspector Inspector) Open(MappingWorkspace workspace, string name) =>
        (name, SqlFeedInspector.Open(SectionOf(workspace, name), workspace.Home));

    /// <summary>The settings of a feed, enabled or not.</summary>
    /// <exception cref="ConfigurationException">There is no such feed.</exception>
    internal static IConfigurationSection SectionOf(MappingWorkspace workspace, string name) =>
        workspace.Configuration.GetSection("Feeds").GetChildren().FirstOrDefault(feed => feed.Key == name)
        ?? throw new ConfigurationException([new ConfigurationProblem("--feed", $"There is no feed '{name}'.", $"The feeds are {string.Join(", ", workspace.Feeds.Names)}.")]);
}
