using System.CommandLine;
using Integration.Adapters.Sql.Inspection;
using Integration.Host.Commands.Mapping;

namespace Integration.Host.Commands.Sql;

/// <summary>The verb <c>csv preview</c>: what a feed would make of a file. Reads the file and nothing else.</summary>
internal static class CsvCommand
{
    private const int Found = 1;
    private const int MostRows = 1000;
    private const int MostRejects = 20;

    public static Command Create() => new("csv", "Looks at files that Csv.Folder feeds read.") { Preview() };

    private static Command Preview()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A file as the source saves it. It stays where it is." };
        var feed = SqlCommand.FeedOption();
        var rows = new Option<int>("--rows") { Description = $"Rows to show, from the first, 1 to {MostRows}.", DefaultValueFactory = _ => 10 };
        var explain = new Option<bool>("--explain") { Description = "Show for each value the rule that wrote it and the column that it was read from." };
        var json = MappingOptions.Json("One JSON object a row and line, of the shape that the API's dry run answers.");
        var set = SqlCommand.SetOption();
        var command = new Command("preview", "Shows encoding, columns and rejected lines of a file and what its rows become. Exit code 0: all of it can be taken; 1: not all; 2: wrong settings, or no file.")
        {
            file, feed, rows, explain, json, set,
        };
        command.SetAction((parsed, _) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(null, parsed.GetValue(set) ?? []);
            var name = parsed.GetRequiredValue(feed);
            var preview = CsvFileInspector.Preview(
                SqlCommand.SectionOf(workspace, name), workspace.Home, parsed.GetRequiredValue(file).FullName, Math.Clamp(parsed.GetValue(rows), 1, MostRows));
            var isJson = parsed.GetValue(json);
            var report = isJson ? (IMapReport)new JsonMapReport(output, parsed.GetValue(explain)) : new TextMapReport(output, parsed.GetValue(explain));
            var refused = await SqlCommand.WriteAsync(report, workspace, name, preview.Messages);
            if (!isJson)
            {
                await WriteFileAsync(output, preview);
            }

            return refused > 0 ? MapCommand.SomeRefused : preview.Problem is not null || preview.Rejects.Count > 0 ? Found : 0;
        }));
        return command;
    }

    private static async Task WriteFileAsync(TextWriter output, CsvPreview preview)
    {
        await output.WriteLineAsync($"编码 Encoding {preview.Encoding}, 分隔符 separator {(preview.Separator == '\t' ? "Tab" : preview.Separator)}");
        await output.WriteLineAsync($"列 Columns: {string.Join(", ", preview.Columns.Select(column => column.Heading == column.Column ? column.Column : $"{column.Heading} → {column.Column}"))}");
        await output.WriteLineAsync($"{preview.Rows} 行可接收，{preview.Rejects.Count} 行拒收 {preview.Rows} rows would be taken, {preview.Rejects.Count} lines rejected.");
        if (preview.Problem is not null)
        {
            await output.WriteLineAsync($"- {preview.Problem}");
        }

        foreach (var (line, reason) in preview.Rejects.Take(MostRejects))
        {
            await output.WriteLineAsync($"- line {line}: {reason}");
        }

        if (preview.Rejects.Count > MostRejects)
        {
            await output.WriteLineAsync($"- … {preview.Rejects.Count - MostRejects} more");
        }
    }
}
