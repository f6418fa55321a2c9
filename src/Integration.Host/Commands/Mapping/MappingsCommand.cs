using System.CommandLine;
using System.Text.Json;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.DryRuns;
using Integration.Host.Api.Views;

namespace Integration.Host.Commands.Mapping;

/// <summary>The verbs below <c>mappings</c>. None needs an engine.</summary>
internal static class MappingsCommand
{
    private const int Failed = 1;

    public static Command Create() => new("mappings", "Checks, tests and measures the mapping files; exports and imports code maps.") { Check(), Test(), Coverage(), CodesCommand.Create() };

    private static Command Check()
    {
        var mappings = MappingOptions.Mappings();
        var json = MappingOptions.Json("One JSON object: version, rules, problems.");
        var command = new Command("check", "Lists everything that is wrong with the mapping files, with file, line and column. Exit code 0: nothing; 1: something.") { mappings, json };
        command.SetAction((parsed, _) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName);
            var rules = workspace.Mapper is { } mapper ? workspace.Feeds.Names.SelectMany(mapper.RulesOf).Distinct().Count() : 0;
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(
                    new { workspace.Mapper?.Version, rules, Problems = workspace.Problems.Select(ProblemView.Of) }, ToolJson.Options));
            }
            else
            {
                foreach (var problem in workspace.Problems)
                {
                    await output.WriteLineAsync(problem.ToString());
                }

                await output.WriteLineAsync(workspace.Mapper is { } valid
                    ? $"映射有效 The mappings are valid: {rules} rules, version {valid.Version}."
                    : $"发现问题 Problems: {workspace.Problems.Count}");
            }

            return workspace.Problems.Count > 0 ? Failed : 0;
        }));
        return command;
    }

    private static Command Test()
    {
        var folder = new Argument<DirectoryInfo>("folder")
        {
            Description = "Folder of NAME.hl7 with NAME.json beside it. Default: every mappings/sites/FEED/tests.",
            Arity = ArgumentArity.ZeroOrOne,
        }.AcceptExistingOnly();
        var feed = MappingOptions.Feed();
        var mappings = MappingOptions.Mappings();
        var accept = new Option<bool>("--accept") { Description = "Write what the messages become now as what is expected. Review the change before you commit it." };
        var unhit = new Option<bool>("--unhit") { Description = "List every rule that no test runs, not only those of the site's own files." };
        var json = MappingOptions.Json("One JSON object: passed, failed, failures, rules.");
        var command = new Command("test", "Maps a site's own test messages and compares with what is expected. Exit code 0: all as expected; 1: not; 2: wrong arguments or mappings.")
        {
            folder, feed, accept, unhit, json, mappings,
        };
        command.SetAction((parsed, _) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName);
            var run = new MappingTestRun(workspace.Folder, workspace.Explainer, workspace.RequireMapper(), site => workspace.FeedOf(site));
            run.Run(parsed.GetValue(folder)?.FullName, parsed.GetValue(feed), parsed.GetValue(accept));
            await (parsed.GetValue(json) ? MappingTestReport.WriteJsonAsync(output, run) : MappingTestReport.WriteTextAsync(output, run, parsed.GetValue(unhit)));
            return run.Failures.Count > 0 ? Failed : 0;
        }));
        return command;
    }

    private static Command Coverage()
    {
        var files = MappingOptions.Files();
        var feed = MappingOptions.Feed();
        var mappings = MappingOptions.Mappings();
        var unhit = new Option<bool>("--unhit") { Description = "List the rules that wrote nothing." };
        var json = MappingOptions.Json("One JSON object: messages, rules, unread, unmappedCodes.");
        var command = new Command("coverage", "Counts over many messages which rules write something, which fields no rule reads and which codes no code map lists.")
        {
            files, feed, unhit, json, mappings,
        };
        command.SetAction((parsed, _) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName);
            var mapper = workspace.RequireMapper();
            var name = workspace.FeedOf(parsed.GetValue(feed));
            var coverage = new MappingCoverage();
            foreach (var message in OutgoingMessages.FindFiles(parsed.GetRequiredValue(files)).SelectMany(OutgoingMessages.Read))
            {
                coverage.Add(workspace.Explainer.Explain(message.Bytes, Hl7Parser.FormatName, name, mapper), mapper);
            }

            await (parsed.GetValue(json) ? CoverageReport.WriteJsonAsync(output, coverage) : CoverageReport.WriteTextAsync(output, coverage, parsed.GetValue(unhit)));
            return 0;
        }));
        return command;
    }
}
