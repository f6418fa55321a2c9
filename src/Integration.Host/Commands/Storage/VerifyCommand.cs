using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Integration.Core.Storage;
using Integration.Core.Verification;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.Host.Commands.Storage;

/// <summary>The verb <c>store verify</c>: walks everything and reports what does not fit.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var database = new Option<FileInfo?>("--database") { Description = "A backup to walk. Default: the store as configured, whose engine must be stopped." };
        var json = StoreVerb.JsonOption();
        var verify = new Command(
            "verify", "Walks every document and reports broken references, summaries that differ from their resources, missing raw bytes and altered audit entries. Exit code 0: none; 1: some; 2: the store cannot be read." + StoreVerb.SettingsHint)
        {
            database, json,
        };
        verify.TreatUnmatchedTokensAsErrors = false;
        verify.SetAction((parsed, cancellationToken) => StoreVerb.RunAsync(parsed, async output =>
        {
            var isJson = parsed.GetValue(json);
            StoreVerification verification;
            if (parsed.GetValue(database) is { } file)
            {
                if (!file.Exists)
                {
                    throw new StoreUnavailableException($"There is no file {file.FullName}. Name a file that the verb backup made.");
                }

                verification = await WalkAsync(file.FullName, isJson, cancellationToken);
            }
            else
            {
                await using var settings = StoreVerb.Settings(parsed);
                verification = await WalkAsync(settings.Store, isJson, cancellationToken);
            }

            await WriteAsync(output, verification, isJson);
            return verification.IsSound ? 0 : StoreVerb.Found;
        }));
        return new Command("store", "Looks after the store.") { verify };
    }

    /// <summary>Walks a database file that no engine uses.</summary>
    public static async Task<StoreVerification> WalkAsync(string path, bool isJson, CancellationToken cancellationToken)
    {
        await using var store = new SqliteDocumentStore(Options.Create(new SqliteStorageOptions { Path = path }), NullLogger<SqliteDocumentStore>.Instance);
        return await WalkAsync(store, isJson, cancellationToken);
    }

    /// <summary>One JSON object, or a line for each collection and finding.</summary>
    public static async Task WriteAsync(TextWriter output, StoreVerification verification, bool isJson)
    {
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(
                new { sound = verification.IsSound, verification.Documents, verification.Findings, verification.Examples }, StoreVerb.Json));
            return;
        }

        foreach (var (collection, count) in verification.Documents.Where(entry => entry.Value > 0))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{collection,-18} {count,12:N0}"));
        }

        foreach (var (kind, count) in verification.Findings)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{kind}: {count:N0}"));
            foreach (var example in verification.Examples.Where(example => example.Kind == kind))
            {
                await output.WriteLineAsync($"  {example.Id}  {example.Detail}".TrimEnd());
            }
        }

        await output.WriteLineAsync(verification.IsSound ? "未发现问题 Nothing is broken." : "发现问题 Something does not fit; see above.");
    }

    private static async Task<StoreVerification> WalkAsync(IDocumentStore store, bool isJson, CancellationToken cancellationToken)
    {
        await store.OpenAsync(Collections.All, cancellationToken);
        var all = Math.Max(1, (await store.MeasureAsync(cancellationToken)).Collections.Sum(collection => collection.Documents));
        return await StoreVerb.WithProgressAsync("检查 Verify", isJson, async progress =>
        {
            var seen = 0L;
            return await new StoreVerifier(store, TimeProvider.System, () => progress((double)++seen / all)).VerifyAsync(cancellationToken);
        });
    }
}
