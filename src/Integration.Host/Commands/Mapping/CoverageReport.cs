using System.Globalization;
using System.Text.Json;
using Integration.Core.DryRuns;

namespace Integration.Host.Commands.Mapping;

/// <summary>Shows a <see cref="MappingCoverage"/>.</summary>
internal static class CoverageReport
{
    private const int ShownEntries = 50;

    public static Task WriteJsonAsync(TextWriter output, MappingCoverage coverage) => output.WriteLineAsync(JsonSerializer.Serialize(
        new
        {
            coverage.Messages,
            coverage.Refused,
            coverage.Types,
            Rules = coverage.Rules.Select(entry => new { entry.Rule.File, entry.Rule.Line, entry.Rule.Target, entry.Messages }),
            Unread = coverage.Unread.Select(entry => new { entry.Field, entry.Messages }),
            UnmappedCodes = coverage.UnmappedCodes.Select(entry => new { entry.Code.CodeMap, entry.Code.Code, entry.Code.Text, entry.Code.System, entry.Messages }),
        }, ToolJson.Options));

    public static async Task WriteTextAsync(TextWriter output, MappingCoverage coverage, bool unhit)
    {
        await output.WriteLineAsync($"消息 Messages: {coverage.Messages}, 拒绝 refused {coverage.Refused}  {string.Join("  ", coverage.Types.Select(type => $"{type.Key} {type.Value}"))}");
        await output.WriteLineAsync(RulesLine(coverage));
        await WriteTableAsync(output, "未读字段 Fields that no rule reads", [.. coverage.Unread.Select(entry => new[] { entry.Field, Count(entry.Messages) })]);
        await WriteTableAsync(output, "未映射代码 Codes that no code map lists",
            [.. coverage.UnmappedCodes.Select(entry => new[] { entry.Code.CodeMap, entry.Code.Code, entry.Code.Text ?? "", Count(entry.Messages) })]);
        if (unhit)
        {
            await WriteUnhitAsync(output, coverage, _ => true);
        }
    }

    /// <summary><c>规则 Rules: 212 of 610 wrote something (34.8 %)</c>.</summary>
    public static string RulesLine(MappingCoverage coverage)
    {
        var rules = coverage.Rules;
        var hit = rules.Count(entry => entry.Messages > 0);
        return string.Create(CultureInfo.InvariantCulture, $"规则 Rules: {hit} of {rules.Count} wrote something ({(rules.Count == 0 ? 0 : 100.0 * hit / rules.Count):0.0} %)");
    }

    /// <summary>The rules that wrote nothing, of files that are asked for.</summary>
    public static Task WriteUnhitAsync(TextWriter output, MappingCoverage coverage, Func<string, bool> file) => WriteTableAsync(
        output, "未执行规则 Rules that wrote nothing", [.. coverage.Rules.Where(entry => entry.Messages == 0 && file(entry.Rule.File)).Select(entry => new[] { entry.Rule.Place, entry.Rule.Target })],
        int.MaxValue);

    private static async Task WriteTableAsync(TextWriter output, string title, IReadOnlyList<string[]> rows, int most = ShownEntries)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await output.WriteLineAsync($"{title}: {rows.Count}");
        foreach (var line in TextColumns.Align([.. rows.Take(most)]))
        {
            await output.WriteLineAsync("  " + line);
        }

        if (rows.Count > most)
        {
            await output.WriteLineAsync($"  … {rows.Count - most} more; --json lists all.");
        }
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}
