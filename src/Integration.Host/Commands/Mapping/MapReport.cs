using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Mapping.Explain;
using Integration.Host.Api;
using Integration.Host.Api.Views;

namespace Integration.Host.Commands.Mapping;

/// <summary>Shows what became of each message.</summary>
internal interface IMapReport
{
    /// <param name="file">With <c>#2</c> behind it for the second message of a file.</param>
    Task WriteAsync(string file, MessageExplanation explanation);

    /// <summary>Called once, behind the last message.</summary>
    Task EndAsync();
}

/// <summary>For scripts: one JSON object a message and line.</summary>
internal sealed class JsonMapReport(TextWriter output, bool explain) : IMapReport
{
    public Task WriteAsync(string file, MessageExplanation explanation)
    {
        var json = JsonSerializer.SerializeToNode(DryRunView.Of(explanation, explain), ToolJson.Options)!.AsObject();
        json.Insert(0, "file", file);
        return output.WriteLineAsync(json.ToJsonString(ToolJson.Options));
    }

    public Task EndAsync() => Task.CompletedTask;
}

/// <summary>For people, in Chinese and English.</summary>
internal sealed class TextMapReport(TextWriter output, bool explain) : IMapReport
{
    public async Task WriteAsync(string file, MessageExplanation explanation)
    {
        await output.WriteLineAsync($"{file}  {explanation.Document?.MappingKey ?? "?"}  接口 feed {explanation.Feed}  映射 mappings {explanation.Mapping?.MappingVersion ?? "-"}");
        foreach (var resource in explanation.Resources)
        {
            await output.WriteLineAsync($"  {resource.Resource.Type}/{resource.Resource.Id}  <- {resource.Resource.Source}  {resource.Resource.Rule}");
            await WriteValuesAsync(resource);
        }

        if (explanation is { Document: { } document, Mapping: { } mapping })
        {
            await WriteListAsync("未读字段 Unread fields", UnreadFields.Of(document, mapping.Unread));
            await WriteListAsync("未映射代码 Unmapped codes", [.. mapping.UnmappedCodes.Select(CodeLine)]);
        }

        foreach (var issue in explanation.Issues)
        {
            var text = IntegrationErrors.All[issue.Code];
            await output.WriteLineAsync($"  {SeverityOf(issue.Severity)}  {(int)issue.Code} {issue.Place}  {text.TitleZh} {issue.Text}");
        }

        if (explanation.IsRefused)
        {
            await output.WriteLineAsync("  此消息将进入隔离区 This message would go to quarantine.");
        }

        await output.WriteLineAsync();
    }

    // Without being asked to the verb opens no store, so that it can run anywhere and beside an engine, which alone holds its own.
    public Task EndAsync() => output.WriteLineAsync(
        "未与病历比较 Not compared with the record. What would change there: --against-record, console page Mappings / 映射, or POST /api/v1/mappings/dry-run.");

    private static string CodeLine(UnmappedCode code) =>
        $"{code.CodeMap}: {code.Code}{(code.Text is null ? "" : $" ({code.Text})")}{(code.System is null ? "" : $" [{code.System}]")} @ {code.Place}";

    private static string SeverityOf(IssueSeverity severity) => severity switch
    {
        IssueSeverity.Error => "错误 Error  ",
        IssueSeverity.Warning => "警告 Warning",
        _ => "提示 Info   ",
    };

    private async Task WriteValuesAsync(ExplainedResource resource)
    {
        var rows = resource.Values.Select(value => new[]
        {
            value.Path, Shown(value), explain ? string.Join(' ', value.Sources.Select(place => place.Path)) : "",
            explain ? string.Join(" < ", value.Rules.Select(rule => $"{rule.Map}:{rule.Line}")) + (value.CodeMap is { } map ? $" ({map})" : "") : "",
        }).ToList();
        foreach (var line in TextColumns.Align(rows))
        {
            await output.WriteLineAsync("    " + line);
        }
    }

    private static string Shown(ExplainedValue value)
    {
        var text = value.Value switch
        {
            null => "(清除 cleared)",
            JsonValue json when json.GetValueKind() == JsonValueKind.String => json.GetValue<string>().ReplaceLineEndings(" "),
            var other => other.ToJsonString(),
        };
        return text.Length > 60 ? text[..59] + "…" : text;
    }

    private async Task WriteListAsync(string title, IReadOnlyList<string> entries)
    {
        if (entries.Count > 0)
        {
            await output.WriteLineAsync($"  {title}: {string.Join(", ", entries)}");
        }
    }
}

/// <summary>JSON as the API writes it.</summary>
internal static class ToolJson
{
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);
        return options;
    }
}
