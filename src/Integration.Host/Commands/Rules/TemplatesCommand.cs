using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Sending;
using Integration.Core.Messaging.Templates;
using Integration.Host.Api.Views;
using Integration.Host.Commands.Mapping;

namespace Integration.Host.Commands.Rules;

/// <summary>The verbs below <c>templates</c>.</summary>
internal static class TemplatesCommand
{
    private const int Failed = 1;

    public static Command Create() => new("templates", "Checks templates and gateways for messages to patients, and shows what templates say.") { Check(), Preview() };

    /// <exception cref="ConfigurationException">There is no such template.</exception>
    public static MessageTemplate Find(MessagingSet set, string name) => set.Templates.GetValueOrDefault(name) ?? throw new ConfigurationException(
        [new ConfigurationProblem("--template", $"There is no template '{name}'.", $"The templates are {string.Join(", ", set.Templates.Keys.Order(StringComparer.Ordinal))}.")]);

    private static Command Check()
    {
        var mappings = MappingOptions.Mappings();
        var json = MappingOptions.Json("One JSON object: templates, gateways, problems.");
        var command = new Command("check", "Lists everything that is wrong with templates and gateways, with file, line and column. Exit code 0: nothing; 1: something.") { mappings, json };
        command.SetAction((parsed, _) => MappingOptions.RunAsync(parsed, async output =>
        {
            var (set, problems) = MessagingSet.Load(MappingFiles.Read(MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName).Folder));
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(new
                {
                    Templates = set?.Templates.Keys.Order(StringComparer.Ordinal),
                    Gateways = set?.Gateways.Keys.Order(StringComparer.Ordinal),
                    Problems = problems.Select(ProblemView.Of),
                }, ToolJson.Options));
                return problems.Count > 0 ? Failed : 0;
            }

            foreach (var problem in problems)
            {
                await output.WriteLineAsync(problem.ToString());
            }

            await output.WriteLineAsync(set is null
                ? $"发现问题 Problems: {problems.Count}"
                : $"模板有效 The templates are valid: {set.Templates.Count}, and {set.Gateways.Count} gateways.");
            return problems.Count > 0 ? Failed : 0;
        }));
        return command;
    }

    private static Command Preview()
    {
        var template = new Option<string>("--template") { Description = "Name of the template: its file without .yaml.", Required = true };
        var patient = new Option<string?>("--patient") { Description = "Id of a patient of the record; without it, sample values are put in and no store is needed." };
        var mappings = MappingOptions.Mappings();
        var json = MappingOptions.Json("One JSON object: template, title, category, items.");
        var desk = new DeskOptions();
        var command = new Command("preview", "Shows what a template says on each channel in each language, and how many short messages that makes. Nothing is sent or written.")
        {
            template, patient, json, mappings,
        };
        desk.AddTo(command);
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName, desk.SettingsOf(parsed));
            JsonObject preview;
            if (parsed.GetValue(patient) is { } patientId)
            {
                await using var opened = await desk.OpenAsync(parsed, workspace, cancellationToken);
                preview = await opened.PreviewTemplateAsync(parsed.GetValue(template)!, patientId, cancellationToken);
            }
            else
            {
                preview = OfSamples(workspace, parsed.GetValue(template)!);
            }

            await (parsed.GetValue(json) ? output.WriteLineAsync(preview.ToJsonString(ToolJson.Options)) : WriteAsync(output, preview));
            return 0;
        }));
        return command;
    }

    private static JsonObject OfSamples(MappingWorkspace workspace, string name)
    {
        var (set, problems) = MessagingSet.Load(MappingFiles.Read(workspace.Folder));
        var all = new List<ConfigurationProblem>(problems);
        var settings = MessagingSettings.Read(workspace.Configuration, all);
        if (set is null || all.Count > 0)
        {
            throw new ConfigurationException(all);
        }

        var known = Find(set, name);
        return JsonSerializer.SerializeToNode(TemplatePreviewView.Of(known, TemplatePreview.OfSamples(known, settings)), ToolJson.Options)!.AsObject();
    }

    private static async Task WriteAsync(TextWriter output, JsonObject preview)
    {
        foreach (var item in preview["items"]!.AsArray())
        {
            var parts = item!["length"] is { } length ? $" ({length["units"]} {length["encoding"]}, {length["parts"]} 条 parts)" : "";
            await output.WriteLineAsync($"{item["channel"]} {item["language"]}{parts}");
            await output.WriteLineAsync((string?)item["text"] is { } text ? $"  {text.Replace("\n", "\n  ", StringComparison.Ordinal)}" : $"  缺少 Missing: {string.Join(", ", item["missing"]!.AsArray())}");
        }
    }
}
