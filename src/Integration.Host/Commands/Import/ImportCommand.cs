using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Integration.Adapters.Fhir.Import;
using Integration.Core.Diagnostics;
using Integration.Host.Commands.Mapping;
using Integration.Host.Commands.Storage;

namespace Integration.Host.Commands.Import;

/// <summary>The verb <c>import PATH…</c>: FHIR resources out of files into the engine's store, or to a running engine.</summary>
internal static class ImportCommand
{
    private static readonly string[] Extensions = [".json", ".ndjson"];

    public static Command Create()
    {
        var paths = new Argument<string[]>("paths")
        {
            Description = "Files of NDJSON (one resource a line) or of one resource or Bundle each, or folders whose *.ndjson and *.json files are taken in ordinal order of their names, sub-folders included.",
            Arity = ArgumentArity.OneOrMore,
        };
        var feed = new Option<string>("--feed") { Description = "FHIR feed of the configuration, enabled or not, whose AssigningAuthority and Validation hold. Not with --to.", DefaultValueFactory = _ => "emr" };
        var to = new Option<Uri?>("--to")
        {
            Description = $"Address of a Fhir.Endpoint feed of a running engine, e.g. http://127.0.0.1:8082/fhir, its key in the environment variable {RunningEngine.KeyVariable}. Without it the store itself, whose engine must be stopped.",
            CustomParser = result => Uri.TryCreate(result.Tokens.Single().Value.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : Refuse(result),
        };
        var certificate = new Option<FileInfo>("--certificate") { Description = "With --to https://…: PEM file with certificate and key, for a feed that asks for one." }.AcceptExistingOnly();
        var authorities = new Option<FileInfo>("--authorities") { Description = "With --to https://…: PEM file of the authorities that are trusted, instead of the system's." }.AcceptExistingOnly();
        var json = StoreVerb.JsonOption();
        var settings = new Option<string[]>("--set") { Description = "A setting in place of that of appsettings.json, e.g. Engine:DataFolder=/srv/data. May be given again." };
        var command = new Command(
            "import", "Takes FHIR R4 resources out of files into the record. The same content is taken once. Exit code 0: all of it is in the record; 1: some failed or were refused; 2: wrong arguments or settings.")
        {
            paths, feed, to, certificate, authorities, json, settings,
        };
        command.SetAction((parsed, cancellationToken) => StoreVerb.RunAsync(parsed, async output =>
        {
            var files = FilesOf(parsed.GetRequiredValue(paths));
            var configuration = SettingsOf(parsed.GetValue(settings) ?? []);
            await using IImportTarget target = parsed.GetValue(to) is { } address
                ? new EngineImport(address, configuration[RunningEngine.KeyVariable], SendCommand.TlsOf(false, parsed.GetValue(certificate), parsed.GetValue(authorities)))
                : await StoreImport.OpenAsync(configuration, EngineHome.Find(), MappingsOf(configuration), parsed.GetValue(feed)!, cancellationToken);
            return await RunAsync(target, files, output, parsed.GetValue(json), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> RunAsync(IImportTarget target, IReadOnlyList<FileInfo> files, TextWriter output, bool isJson, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var taken = new List<(FileInfo File, FhirImportedFile Result)>();
        var failed = await StoreVerb.WithProgressAsync("导入 Import", isJson, async progress =>
        {
            var (read, all) = (0L, Math.Max(1, files.Sum(file => file.Length) * target.Passes));
            foreach (var file in files)
            {
                taken.Add((file, await TakeAsync(target, file, bytes => progress((double)(read += bytes) / all), cancellationToken)));
            }

            return await target.FinishAsync(cancellationToken);
        });
        var total = new ImportTotal(
            taken.Count, taken.Sum(t => t.Result.Messages), taken.Sum(t => t.Result.IsKnown ? 0 : t.Result.Accepted), taken.Sum(t => t.Result.IsKnown ? t.Result.Messages : t.Result.Duplicates),
            taken.Sum(t => t.Result.IsKnown ? 0 : t.Result.Quarantined), failed, Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 3));
        var problems = taken.SelectMany(t => t.Result.Problems.Select(text => $"{t.File.Name}: {text}")).ToList();
        await WriteAsync(output, total, problems, isJson);
        return problems.Count > 0 || failed > 0 || total.Quarantined > 0 ? StoreVerb.Found : 0;
    }

    private static async Task<FhirImportedFile> TakeAsync(IImportTarget target, FileInfo file, Action<long> advance, CancellationToken cancellationToken)
    {
        try
        {
            return await target.TakeAsync(file, advance, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationProblem(file.FullName, e.Message, "What came before it was taken. Import again when it can be read: what was taken is known.")]);
        }
    }

    private static async Task WriteAsync(TextWriter output, ImportTotal total, IReadOnlyList<string> problems, bool isJson)
    {
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(
                new { total.Files, total.Messages, total.Accepted, total.Duplicates, total.Quarantined, total.Failed, total.Seconds, Problems = problems }, StoreVerb.Json));
            return;
        }

        foreach (var problem in problems)
        {
            await output.WriteLineAsync(problem);
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"导入 Imported: {total.Files} files, {total.Messages} resources and Bundles: {total.Accepted} new, {total.Duplicates} known, {total.Quarantined} unreadable, {total.Failed ?? 0} failed; {total.Seconds:0.0} s"));
    }

    /// <exception cref="ConfigurationException">There is no such file, or a folder holds none.</exception>
    private static List<FileInfo> FilesOf(IEnumerable<string> paths)
    {
        var files = new List<FileInfo>();
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                files.Add(new FileInfo(path));
                continue;
            }

            var found = Directory.Exists(path)
                ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList()
                : throw new ConfigurationException([new ConfigurationProblem(path, "There is no such file or folder.", "Correct the path.")]);
            files.AddRange(found.Count > 0
                ? found.Select(file => new FileInfo(file))
                : throw new ConfigurationException([new ConfigurationProblem(path, "The folder holds no .ndjson or .json file.", "Name the files.")]));
        }

        return files;
    }

    private static ConfigurationManager SettingsOf(IReadOnlyList<string> settings)
    {
        var configuration = new ConfigurationManager();
        configuration.SetBasePath(EngineHome.Find()).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddCommandLine([.. settings.Select(setting => "--" + setting)]);
        return configuration;
    }

    private static string MappingsOf(IConfiguration configuration) => Path.GetFullPath(configuration["Engine:MappingsFolder"] ?? "mappings", EngineHome.Find());

    private static Uri? Refuse(ArgumentResult result)
    {
        result.AddError("--to: write an address like http://127.0.0.1:8082/fhir.");
        return null;
    }

    /// <param name="Messages">Resources and Bundles.</param>
    /// <param name="Failed">They wait for an operator; null: to be seen at the engine.</param>
    private sealed record ImportTotal(int Files, int Messages, int Accepted, int Duplicates, int Quarantined, long? Failed, double Seconds);
}
