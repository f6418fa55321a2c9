using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;
using Integration.Host.Api.Views;
using static System.FormattableString;

namespace Integration.Host.Commands.Mapping;

/// <summary>
/// The verbs below <c>mappings codes</c>. Looking at tables needs the files alone; what changes or remembers them goes through the store, so that it has a
/// number to go back to and stands in the audit.
/// </summary>
internal static class CodesCommand
{
    public static Command Create() => new("codes", "Exports a code map as a CSV table, and takes a changed one.") { Export(), Import(), History(), RollBack() };

    private static Command Export()
    {
        var name = Name();
        var file = new Argument<FileInfo?>("file") { Description = "Where to write it. Default: the console.", Arity = ArgumentArity.ZeroOrOne };
        var feed = Feed();
        var mappings = MappingOptions.Mappings();
        var command = new Command("export", "Writes a code map as a table: source,code,system,display,validFrom,validTo; UTF-8 as spreadsheets read it.") { name, file, feed, mappings };
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var files = FilesOf(MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName), parsed.GetRequiredValue(name), parsed.GetValue(feed));
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
        var (yes, reason) = (Yes(), Reason());
        var mappings = MappingOptions.Mappings();
        var desk = new DeskOptions();
        var command = new Command("import", "Shows what a changed table changes and, with --yes, takes it. Exit code 0: valid; 2: the table or the mappings with it are not.")
        {
            name, file, feed, yes, reason, mappings,
        };
        desk.AddTo(command);
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var request = RequestOf(parsed, name, feed, yes, reason);
            var source = parsed.GetRequiredValue(file);
            var bytes = await File.ReadAllBytesAsync(source.FullName, cancellationToken);
            if (CodeTable.Read(bytes, out var problem) is not { } table)
            {
                throw Wrong(source.Name, problem!);
            }

            var workspace = MappingWorkspace.Open(parsed.GetValue(mappings)?.FullName, desk.SettingsOf(parsed));
            if (desk.EngineOf(parsed) is null && (!request.Take || !workspace.IsOfEngine || !OwnStore.Exists(workspace.Configuration, workspace.Home)))
            {
                await ImportIntoFilesAsync(output, workspace, request, table);
                return 0;
            }

            await using var opened = await desk.OpenAsync(parsed, workspace, cancellationToken);
            await WriteAnswerAsync(output, await opened.ImportAsync(request, bytes, cancellationToken));
            return 0;
        }));
        return command;
    }

    private static Command RollBack()
    {
        var name = Name();
        var number = new Option<long>("--to") { Description = "The number of mappings whose table is put in use again; 'mappings codes history' lists them.", Required = true };
        var feed = Feed();
        var (yes, reason) = (Yes(), Reason());
        var desk = new DeskOptions();
        var command = new Command("rollback", "Shows what going back to an earlier table changes and, with --yes, does it. The file becomes what it was, byte for byte.") { name, number, feed, yes, reason };
        desk.AddTo(command);
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(null, desk.SettingsOf(parsed));
            await using var opened = await desk.OpenAsync(parsed, workspace, cancellationToken);
            await WriteAnswerAsync(output, await opened.RollBackAsync(RequestOf(parsed, name, feed, yes, reason), parsed.GetRequiredValue(number), cancellationToken));
            return 0;
        }));
        return command;
    }

    private static Command History()
    {
        var name = Name();
        var feed = Feed();
        var json = MappingOptions.Json("One JSON object, of the shape that the API answers.");
        var desk = new DeskOptions();
        var command = new Command("history", "Lists the earlier versions of a code map, and who imported or rolled back what, when and why.") { name, feed, json };
        desk.AddTo(command);
        command.SetAction((parsed, cancellationToken) => MappingOptions.RunAsync(parsed, async output =>
        {
            var workspace = MappingWorkspace.Open(null, desk.SettingsOf(parsed));
            await using var opened = await desk.OpenAsync(parsed, workspace, cancellationToken);
            var history = await opened.HistoryAsync(parsed.GetRequiredValue(name), parsed.GetValue(feed), cancellationToken);
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(history, ToolJson.Options));
                return 0;
            }

            var rows = history.Versions.Select(version => new[]
            {
                version.Current ? "*" : "", Invariant($"{version.Number}"), TimeOf(version.First), Invariant($"{version.Entries} codes"), Invariant($"+{version.Added} ~{version.Changed} -{version.Removed}"),
            }).Concat(history.Deeds.Select(deed => new[] { "", deed.Action, TimeOf(deed.Time), deed.Actor, deed.Reason })).ToList();
            foreach (var line in TextColumns.Align(rows))
            {
                await output.WriteLineAsync(line);
            }

            return 0;
        }));
        return command;
    }

    /// <summary>Without a store there are only the files, and whatever keeps their versions.</summary>
    private static async Task ImportIntoFilesAsync(TextWriter output, MappingWorkspace workspace, CodeTableRequest request, CodeTable table)
    {
        var files = FilesOf(workspace, request.Name, request.Feed);
        var path = CodeTableFiles.PathOf(request.Name, request.Feed);
        var text = CodeTableFiles.Change(files, request.Name, request.Feed, table)
            ?? throw Wrong($"{files.Shown}/{path}", "The file cannot be changed from here as it is written.", "Give each code a line of its own below 'codes:', or change it by hand.");
        var diff = table.From(CodeTableFiles.Read(files, request.Name, request.Feed));
        await WriteDiffAsync(output, new CodeTableAnswer(false, 0, diff.Added, diff.Changed, diff.Removed, diff.Unchanged));
        if (MappingLoader.Load(files.With(path, text)).Problems is { Count: > 0 } problems)
        {
            throw new ConfigurationException(problems);
        }

        if (request.Take)
        {
            MappingFiles.Write(workspace.Folder, path, text);
        }

        await output.WriteLineAsync(request.Take
            ? $"已写入 Written: {files.Shown}/{path}. 未记入审计 Not in the audit: {(workspace.IsOfEngine ? "there is no store yet." : "the folder is not the engine's.")}"
            : "未写入 Nothing was written. Add --yes to take it.");
    }

    private static CodeTableRequest RequestOf(ParseResult parsed, Argument<string> name, Option<string?> feed, Option<bool> yes, Option<string?> reason) => new(
        parsed.GetRequiredValue(name), parsed.GetValue(feed), parsed.GetValue(yes), $"{Environment.UserName}@{Environment.MachineName}", parsed.GetValue(reason)?.Trim() ?? "");

    private static Option<bool> Yes() => new("--yes") { Description = "Do it. Without this the difference is only shown." };

    private static Option<string?> Reason() => new("--reason") { Description = "Why, for the audit." };

    private static Argument<string> Name() => new("name") { Description = "A code map, e.g. AdministrativeSex." };

    private static Option<string?> Feed() =>
        new("--feed") { Description = "The feed whose own entries are meant (mappings/sites/FEED). Without it: the product's table." };

    // Not asked for here: that all mappings are valid. A table may be what mends them.
    private static MappingFiles FilesOf(MappingWorkspace workspace, string name, string? feed)
    {
        if (feed is not null)
        {
            workspace.FeedOf(feed);
        }

        var files = MappingFiles.Read(workspace.Folder);
        var names = CodeTableFiles.Names(files, feed);
        return names.Contains(name) ? files : throw Wrong("name", $"There is no code map '{name}'.", $"The code maps are {string.Join(", ", names)}.");
    }

    private static string TimeOf(DateTimeOffset time) => time.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static ConfigurationException Wrong(string place, string text, string? remedy = null) => new([new ConfigurationProblem(place, text, remedy)]);

    private static async Task WriteAnswerAsync(TextWriter output, CodeTableAnswer answer)
    {
        await WriteDiffAsync(output, answer);
        await output.WriteLineAsync(answer.Taken ? Invariant($"已启用第 {answer.Number} 号映射，已记入审计 In use: mappings number {answer.Number}; in the audit.") : "未写入 Nothing was written. Add --yes to take it.");
    }

    private static async Task WriteDiffAsync(TextWriter output, CodeTableAnswer diff)
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
        $"{target.Code}{(target.Display is null ? "" : $" {target.Display}")}{(target.System is null ? "" : $" [{target.System}]")}{Days(target)}";

    private static string Days(CodeTarget target) => target.IsDated ? $" ({Day(target.ValidFrom)}…{Day(target.ValidTo)})" : "";

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
