using System.Text.Json;

namespace Integration.Host.Commands.Mapping;

/// <summary>Shows a <see cref="MappingTestRun"/>.</summary>
internal static class MappingTestReport
{
    public static async Task WriteTextAsync(TextWriter output, MappingTestRun run, bool unhit)
    {
        foreach (var test in run.Failures.GroupBy(failure => failure.Test))
        {
            await output.WriteLineAsync($"失败 FAILED {test.Key}");
            foreach (var failure in test)
            {
                await output.WriteLineAsync($"  {failure.Path}: 期望 expected {failure.Expected?.ToJsonString(ToolJson.Options) ?? "-"}, 实际 got {failure.Actual?.ToJsonString(ToolJson.Options) ?? "-"}{(failure.Rule is { } rule ? $"  {rule.Place}" : "")}");
            }
        }

        if (run.Accepted > 0)
        {
            await output.WriteLineAsync($"已写入 Expectations written: {run.Accepted}");
        }

        await output.WriteLineAsync(CoverageReport.RulesLine(run.Coverage));
        await CoverageReport.WriteUnhitAsync(output, run.Coverage, file => unhit || file.Contains("/sites/", StringComparison.Ordinal));
        await output.WriteLineAsync($"{run.Passed} passed, {run.Failed} failed");
    }

    public static Task WriteJsonAsync(TextWriter output, MappingTestRun run) => output.WriteLineAsync(JsonSerializer.Serialize(
        new
        {
            run.Passed,
            run.Failed,
            run.Accepted,
            run.Failures,
            Rules = run.Coverage.Rules.Select(entry => new { entry.Rule.File, entry.Rule.Line, entry.Rule.Target, entry.Messages }),
        }, ToolJson.Options));
}
