using System.CommandLine;
using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;

namespace Integration.Host.Commands.Mapping;

/// <summary>The verbs <c>mappings codes export</c> and <c>mappings codes import</c>. They work on the files; an engine that runs notices them.</summary>
internal static class CodesCommand
{
    public static Command Create() => new("codes", "Exports a code map as a CSV table, and takes a changed one.") { Export(), Import() };

    private static Command Export()
    {
        var name = Name();
        var file = new Argument<FileInfo?>("file") { Description = "Where to write it. Default: the console.", Arity = ArgumentArity.ZeroOrOne };
        var feed = Feed();
        var mappings = MappingOptions.Mappings();
        var command = new Command("export", "Writes a code map as a table: source,code,system,display; UTF-8 as spreadsheets read it.") { name, file, feed, mappings };
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var (files, _) = Open(parsed.GetValue(mappings)?.FullName, parsed.GetRequiredValue(name), parsed.GetValue(feed));
            var table = CodeTableFiles.Read(files, parsed.GetRequiredValue(name), parsed.GetValue(feed));
            if (parsed.GetValue(file) is { } target)
            {
                await File.WriteAllTextAsync(target.FullName, table.ToCsv(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), cancellationToken);
                await output.WriteLineAsync($"已写入 Written: {target.Name}, {table.Entries.Count} codes.");
            }
            else
            {
                await output.WriteAsync(table.ToCsv());
            }

            return 0;
        }));
        return command;
    }

    private static Command Import()
    {
        var name = Name();
        var file = new Argument<FileInfo>("file") { Description = "The whole table as it shall be: lines that it lacks are removed." }.AcceptExistingOnly();
        var feed = Feed();
        var yes = new Option<bool>("--yes") { Description = "Take it. Without this the difference is only shown." };
        var mappings = MappingOptions.Mappings();
        var command = new Command("import", "Shows what a changed table changes and, with --yes, writes it into the code map. Exit code 0: valid; 2: the table or the mappings with it are not.")
        {
            name, file, feed, yes, mappings,
        };
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var (codeMap, site, source) = (parsed.GetRequiredValue(name), parsed.GetValue(feed), parsed.GetRequiredValue(file));
            var (files, folder) = Open(parsed.GetValue(mappings)?.FullName, codeMap, site);
            var bytes = await File.ReadAllBytesAsync(source.FullName, cancellationToken);
            var table = CodeTable.Read(bytes, out var problem) ?? throw Wrong(source.Name, problem!);
            var path = CodeTableFiles.PathOf(codeMap, site);
            var text = CodeTableFiles.Change(files, codeMap, site, table)
                ?? throw Wrong($"{files.Shown}/{path}", "The file cannot be changed from here as it is written.", "Give each code a line of its own below 'codes:', or change it by hand.");
            await WriteDiffAsync(output, table.From(CodeTableFiles.Read(files, codeMap, site)));
            if (MappingLoader.Load(files.With(path, text)).Problems is { Count: > 0 } problems)
            {
                throw new ConfigurationException(problems);
            }

            if (parsed.GetValue(yes))
            {
                MappingFiles.Write(folder, path, text);
            }

            await output.WriteLineAsync(parsed.GetValue(yes)
                ? $"已写入 Written: {files.Shown}/{path}. A running engine uses it within 5 seconds."
                : "未写入 Nothing was written. Add --yes to take it.");
            return 0;
        }));
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "A code map, e.g. AdministrativeSex." };

    private static Option<string?> Feed() =>
        new("--feed") { Description = "The feed whose own entries are meant (mappings/sites/FEED). Without it: the product's table." };

    // Not asked for here: that all mappings are valid. A table may be what mends them.
    private static (MappingFiles Files, string Folder) Open(string? folder, string name, string? feed)
    {
        var workspace = MappingWorkspace.Open(folder);
        if (feed is not null)
        {
            workspace.FeedOf(feed);
        }

        var files = MappingFiles.Read(workspace.Folder);
        var names = CodeTableFiles.Names(files, feed);
        return names.Contains(name)
            ? (files, workspace.Folder)
            : throw Wrong("name", $"There is no code map '{name}'.", $"The code maps are {string.Join(", ", names)}.");
    }

    private static ConfigurationException Wrong(string place, string text, string? remedy = null) => new([new ConfigurationProblem(place, text, remedy)]);

    private static async Task WriteDiffAsync(TextWriter output, CodeTableDiff diff)
    {
        foreach (var entry in diff.Added)
        {
            await output.WriteLineAsync($"+ {entry.Source} -> {Shown(entry.Target)}");
        }

        foreach (var entry in diff.Changed)
        {
            await output.WriteLineAsync($"~ {entry.Source} -> {Shown(entry.After)}   (原为 was {Shown(entry.Before)})");
        }

        foreach (var entry in diff.Removed)
        {
            await output.WriteLineAsync($"- {entry.Source} -> {Shown(entry.Target)}");
        }

        await output.WriteLineAsync(
            $"新增 added {diff.Added.Count}, 更改 changed {diff.Changed.Count}, 删除 removed {diff.Removed.Count}, 不变 unchanged {diff.Unchanged}");
    }

    private static string Shown(CodeTarget target) =>
        $"{target.Code}{(target.Display is null ? "" : $" {target.Display}")}{(target.System is null ? "" : $" [{target.System}]")}";
}
