using System.CommandLine;
using Integration.Core.Diagnostics;

namespace Integration.Host.Commands.Mapping;

/// <summary>The verb <c>map FILE…</c>: what messages would become, and with <c>--against-record</c> what they would change. Writes nothing.</summary>
internal static class MapCommand
{
    /// <summary>Exit code when a message would go to quarantine.</summary>
    public const int SomeRefused = 1;

    public static Command Create()
    {
        var files = MappingOptions.Files();
        files.Description += " FHIR R4 files of one resource or Bundle, or NDJSON, as well; of a folder without *.hl7 files the *.json and *.ndjson files.";
        var feed = MappingOptions.Feed();
        var mappings = MappingOptions.Mappings();
        var explain = new Option<bool>("--explain") { Description = "Show for each value the rule that wrote it and the place in the message that it was read from." };
        var against = new Option<bool>("--against-record") { Description = "Show what the messages would change in the record, each against the record as it is now." };
        var desk = new DeskOptions();
        var json = MappingOptions.Json("One JSON object a message and line, of the shape that the API's dry run answers.");
        var command = new Command("map", "Shows what HL7 v2 messages, FHIR resources and Bundles become: resources, unread fields, unmapped codes, issues. Writes nothing. Exit code 0: all map; 1: some would be refused; 2: wrong arguments or mappings.")
        {
            files, feed, against, explain, json, mappings,
        };
        desk.AddTo(command);
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName, desk.SettingsOf(parsed));
            if (parsed.GetValue(against) || desk.EngineOf(parsed) is not null)
            {
                return await AgainstRecordAsync(parsed, workspace);
            }

            var mapper = workspace.RequireMapper();
            var report = parsed.GetValue(json) ? (IMapReport)new JsonMapReport(output, parsed.GetValue(explain)) : new TextMapReport(output, parsed.GetValue(explain));
            var refused = 0;
            await foreach (var message in MappableMessages.ReadAsync(parsed.GetRequiredValue(files), cancellationToken))
            {
                var format = MappableMessages.FormatOf(message.Bytes);
                var explanation = workspace.Explainer.Explain(message.Bytes, format, workspace.FeedOf(parsed.GetValue(feed), format), mapper);
                refused += explanation.IsRefused ? 1 : 0;
                await report.WriteAsync(message.File, explanation);
            }

            await report.EndAsync();
            return refused > 0 ? SomeRefused : 0;

            async Task<int> AgainstRecordAsync(ParseResult parsed, MappingWorkspace workspace)
            {
                var run = new RecordComparison(output, parsed.GetValue(json), parsed.GetValue(explain));
                var messages = MappableMessages.ReadAsync(parsed.GetRequiredValue(files), cancellationToken);
                await using var opened = await desk.OpenAsync(parsed, workspace, cancellationToken);

                // The feeds of an engine elsewhere are not known here.
                string FeedOf(string format) => desk.EngineOf(parsed) is not null && parsed.GetValue(feed) is { } named ? named : workspace.FeedOf(parsed.GetValue(feed), format);
                return await run.RunAsync(opened, messages, FeedOf, cancellationToken) ? 0 : SomeRefused;
            }
        }));
        return command;
    }
}

/// <summary>Arguments that the mapping verbs share.</summary>
internal static class MappingOptions
{
    public static Argument<string[]> Files() => new("files")
    {
        Description = "HL7 v2 files in any character set, or folders whose *.hl7 files are read, sub-folders included. A file may hold several messages.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<string?> Feed() => new("--feed") { Description = "The feed whose settings and site mappings are used. Default: the first that is enabled, in order of name." };

    public static Option<DirectoryInfo> Mappings() =>
        new Option<DirectoryInfo>("--mappings") { Description = "The mappings folder. Default: as configured." }.AcceptExistingOnly();

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    /// <summary>Runs a verb; what is wrong with files, feeds or mappings is a line each and exit code 2.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, Func<TextWriter, Task<int>> run)
    {
        try
        {
            return await run(parsed.InvocationConfiguration.Output);
        }
        catch (ConfigurationException e)
        {
            foreach (var problem in e.Problems)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem.ToString());
            }

            return CommandLine.BadConfiguration;
        }
        catch (IOException e)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return CommandLine.BadConfiguration;
        }
    }
}
