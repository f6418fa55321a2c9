using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Integration.Storage.Sqlite;

namespace Integration.Host.Commands.Storage;

/// <summary>The verbs <c>backup</c> and <c>restore</c> of the embedded store. Long content and attachments lie in the database and go with it.</summary>
internal static class BackupCommand
{
    private const string MongoBackup = "Use mongodump or your server's snapshots, and mongorestore.";

    public static Command CreateBackup()
    {
        var to = new Option<FileInfo>("--to") { Description = "The file to write. It must not exist yet.", Required = true };
        var quick = new Option<bool>("--quick") { Description = "Leave out the walk over every document; pages are checked all the same." };
        var json = StoreVerb.JsonOption();
        var command = new Command(
            "backup", "Copies the embedded database into one file, also while the engine runs, and checks the copy. Exit code 0: sound; 1: the copy is complete, but what it holds does not fit; 2: no copy." + StoreVerb.SettingsHint)
        {
            to, quick, json,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => StoreVerb.RunAsync(parsed, async output =>
        {
            await using var settings = StoreVerb.Settings(parsed);
            var database = settings.RequireDatabase(MongoBackup);
            var isJson = parsed.GetValue(json);
            var target = parsed.GetRequiredValue(to).FullName;
            var figures = await StoreVerb.WithProgressAsync("备份 Backup", isJson, progress => SqliteBackup.CreateAsync(database, target, progress, cancellationToken));
            var verification = parsed.GetValue(quick) ? null : await VerifyCommand.WalkAsync(target, isJson, cancellationToken);
            await WriteAsync(output, isJson, "备份完成 Backup", figures, before: null);
            if (verification is { IsSound: false } && !isJson)
            {
                await VerifyCommand.WriteAsync(output, verification, isJson: false);
            }

            return verification is { IsSound: false } ? StoreVerb.Found : 0;
        }));
        return command;
    }

    public static Command CreateRestore()
    {
        var from = new Option<FileInfo>("--from") { Description = "A file that the verb backup made.", Required = true };
        var json = StoreVerb.JsonOption();
        var command = new Command(
            "restore", "Puts a backup in the place of the embedded database. The engine must be stopped; what was there is kept beside it. Exit code 0: restored; 2: not, and nothing was changed." + StoreVerb.SettingsHint)
        {
            from, json,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => StoreVerb.RunAsync(parsed, async output =>
        {
            await using var settings = StoreVerb.Settings(parsed);
            var database = settings.RequireDatabase(MongoBackup);
            var isJson = parsed.GetValue(json);
            var keptAs = TimeProvider.System.GetUtcNow().ToString("'.before-'yyyyMMddHHmmss", CultureInfo.InvariantCulture);
            var (figures, before) = await StoreVerb.WithProgressAsync("恢复 Restore", isJson,
                progress => SqliteBackup.RestoreAsync(parsed.GetRequiredValue(from).FullName, database, keptAs, progress, cancellationToken));
            await WriteAsync(output, isJson, "恢复完成 Restored", figures, before);
            return 0;
        }));
        return command;
    }

    private static async Task WriteAsync(TextWriter output, bool isJson, string done, BackupFigures figures, string? before)
    {
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { figures.Path, figures.Bytes, figures.Documents, before }, StoreVerb.Json));
            return;
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{done}: {figures.Path}, {figures.Bytes:N0} bytes, {figures.Documents.Values.Sum():N0} 个文档 documents, {figures.Documents.GetValueOrDefault("messages"):N0} 条消息 messages"));
        if (before is not null)
        {
            await output.WriteLineAsync($"原数据库保留为 What was there is kept as: {before}");
        }
    }
}
