using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Integration.Benchmarks;

/// <summary>Runs every verb in turn, each in a process of its own, and writes what they print beside their targets into one page.</summary>
internal static class ReportCommand
{
    /// <summary>Set for a verb's process: it then says what it cost.</summary>
    private const string CostVariable = "BENCH_COST";

    private const string CostMark = "cost: ";

    /// <summary>What is run; targets are those of the issues, bounds are read off profiles (perf, on 2 cores).</summary>
    private static readonly Part[] Parts =
    [
        new(["load", "--connections", "32", "--kind", "adt"], "Intake to record over sockets, SQLite",
            "8,000 acknowledged/s and 2,500/s to the record, ADT over 32 connections, under 500 MB; cost a message within 20 % from 1,000 to 1,000,000 patients (`--patients`)",
            "The processors: sender and engine share them. A third is the one thread that writes SQLite (B-trees of its indexes and their checksums in the log), a third JSON of documents read and written, the rest parsing, mapping and the sockets' kernel time."),
        new(["load", "--connections", "32", "--kind", "adt", "--store", "mongo"], "The same on MongoDB (the test server)",
            "3,000 acknowledged/s and 800/s to the record",
            "The server: PostgreSQL with DocumentDB behind our gateway shares the two cores and takes most of them; the engine waits for transactions."),
        new(["parse"], "HL7 v2 parser", "400,000 ADT/s and 180,000 ORU/s on one core, beside a plain span splitter", "Finding separators; fields are read where they lie."),
        new(["map"], "Mapping", "20,000 ADT/s and 3,000 ORU of 20 OBX a second on one core, linear in OBX", "Making the JSON of resources."),
        new(["validate"], "FHIR validator", "10,000 Patients/s; 200 entries in under 10 ms", "Invariants in FHIRPath."),
        new(["import"], "FHIR import", "2,500 resources/s to the committed record, validated", "The writer of SQLite, then search keys."),
        new(["facade"], "FHIR facade", "reads 2,000/s with p99 under 10 ms; patient and code 800/s; code and date p95 under 50 ms (`--patients 50000` for 5 million resources)", "Reading pages of the index and their JSON."),
        new(["sql"], "Tables", "15,000 rows/s of a first load, under 300 MB", "The writer of SQLite: message, note and progress of each row."),
        new(["due"], "Due work", "100,000 delivered in under 5 minutes at the sink's rate; intake p99 under twice its idle value", "The sink's rate of 600/s, then the sweep, which rests beside intake."),
        new(["vitals"], "Vital signs", "10,000 devices × 1/min: none lost, p99 under 2 s; a year of minutes under 300 ms", "One transaction for each batch of a gateway."),
        new(["search"], "Search over messages", "p95 under 100 ms at 1,000,000 messages", "Pages of the index that are not in memory."),
        new(["patient"], "A patient with 100,000 resources", "", "Reading and writing JSON of the page shown."),
        new(["dicom"], "DICOM scan", "", "Copying out of the page cache."),
        new(["dicom-store"], "DICOM C-STORE beside dcmtk", "", "The association's round trips."),
    ];

    public static Command Create()
    {
        var page = new Option<string>("--out") { Description = "The page to write.", DefaultValueFactory = _ => Path.Combine(RepositoryFolder.Path, "docs", "benchmarks.md") };
        var command = new Command("report", "Runs all verbs that have a figure to show, one after another (about 25 minutes), and writes the page of figures.") { page };
        command.SetAction(async (parsed, cancellationToken) => await File.WriteAllTextAsync(parsed.GetValue(page)!, await RunAsync(cancellationToken), cancellationToken));
        return command;
    }

    /// <summary>Says what this process cost, where the report wants to know.</summary>
    public static void TellCost()
    {
        if (Environment.GetEnvironmentVariable(CostVariable) is not null)
        {
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{CostMark}{process.TotalProcessorTime.TotalSeconds:N0} s of processor, {process.PeakWorkingSet64 / 1_000_000:N0} MB at most"));
        }
    }

    private static async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Figures

            Written by `dotnet run -c Release --project tests/Integration.Benchmarks -- report` on {TimeProvider.System.GetUtcNow():yyyy-MM-dd}: one run, one machine ({Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription},
            {RuntimeInformation.FrameworkDescription}), nothing else running, every peer on the same cores. Conservation and crash figures stand beside the guarantees that they prove, in [guarantees.md](guarantees.md).


            """);
        foreach (var (i, part) in Parts.Index())
        {
            await Console.Error.WriteLineAsync($"{i + 1} of {Parts.Length}: {string.Join(' ', part.Verb)}");
            var (lines, cost, seconds) = await RunAsync(part, cancellationToken);
            text.AppendLine(CultureInfo.InvariantCulture, $"## {part.Title}").AppendLine();
            if (part.Target.Length > 0)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"Target: {part.Target}.").AppendLine();
            }

            text.AppendLine("```text").AppendLine(CultureInfo.InvariantCulture, $"$ {string.Join(' ', part.Verb)}");
            lines.ForEach(line => text.AppendLine(line));
            text.AppendLine("```").AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{part.Bound} Cost of the measuring process: {cost}, {seconds:N0} s.").AppendLine();
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static async Task<(List<string> Lines, string Cost, double Seconds)> RunAsync(Part part, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [typeof(ReportCommand).Assembly.Location, .. part.Verb]) { RedirectStandardOutput = true, Environment = { [CostVariable] = "1" } },
        };
        process.Start();
        var all = (await process.StandardOutput.ReadToEndAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()).ToList();
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            all.Add($"ended with {process.ExitCode}");
        }

        var cost = all.Find(line => line.StartsWith(CostMark, StringComparison.Ordinal))?[CostMark.Length..] ?? "not told";
        return ([.. all.Where(line => line.Length > 0 && !line.StartsWith(CostMark, StringComparison.Ordinal))], cost, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private sealed record Part(string[] Verb, string Title, string Target, string Bound);
}
