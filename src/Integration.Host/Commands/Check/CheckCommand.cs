using System.CommandLine;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Host.Commands.Mapping;
using Spectre.Console;

namespace Integration.Host.Commands.Check;

/// <summary>The verb <c>check</c>: would the engine start, and does everybody answer whom it speaks to.</summary>
internal static class CheckCommand
{
    private const int SomeFailed = 1;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line: result, area, subject, text, remedy." };
        var check = new Command(
            "check", "Looks at settings, mappings, rules, ports, store and peers, and changes nothing. Exit code 0: all is well; 1: something would fail; 2: wrong arguments. Settings as for the engine: --Feeds:his:Listen=127.0.0.1:2575.")
        {
            json,
        };
        check.TreatUnmatchedTokensAsErrors = false;
        check.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            if (parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith("--", StringComparison.Ordinal) || !token.Contains('=')) is { } unknown)
            {
                throw new ConfigurationException([new ConfigurationProblem(unknown, "No option of this verb, and no setting.", "Settings are given as --Feeds:his:Listen=127.0.0.1:2575.")]);
            }

            var home = EngineHome.Find();
            var rows = await new EngineCheck(Read(home, parsed.UnmatchedTokens), home).RunAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                foreach (var row in rows)
                {
                    await output.WriteLineAsync(JsonSerializer.Serialize(row, ToolJson.Options));
                }
            }
            else
            {
                await WriteAsync(output, rows);
            }

            return rows.Any(row => row.Result == CheckResult.Failed) ? SomeFailed : 0;
        }));
        return check;
    }

    private static ConfigurationManager Read(string home, IReadOnlyList<string> settings)
    {
        try
        {
            var configuration = new ConfigurationManager();
            configuration.SetBasePath(home).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddCommandLine([.. settings]);
            return configuration;
        }
        catch (InvalidDataException e)
        {
            throw new ConfigurationException([new ConfigurationProblem("appsettings.json", e.InnerException?.Message ?? e.Message)]);
        }
    }

    private static async Task WriteAsync(TextWriter output, IReadOnlyList<CheckRow> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "检查项 What", "位置 Where", "结果 Found");
        foreach (var row in rows)
        {
            var (sign, colour) = row.Result switch { CheckResult.Ok => ("ok", "green"), CheckResult.Note => ("note", "yellow"), _ => ("FAILED", "red") };
            table.AddRow($"[{colour}]{sign}[/]", row.Area, Markup.Escape(row.Subject), Markup.Escape(row.Remedy is null ? row.Text : $"{row.Text} {row.Remedy}"));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = System.Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect, Out = new AnsiConsoleOutput(output) }).Write(table);
        var failed = rows.Count(row => row.Result == CheckResult.Failed);
        await output.WriteLineAsync(failed == 0 ? "一切正常 All is well." : $"{failed} 项未通过 {failed} failed.");
    }
}
