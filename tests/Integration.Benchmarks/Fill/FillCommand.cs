using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Integration.Core.Storage;
using Spectre.Console;

namespace Integration.Benchmarks.Fill;

/// <summary>The verb <c>fill</c>: a store with many patients, to be looked at or measured in.</summary>
internal static class FillCommand
{
    public static Command Create()
    {
        var patients = new Option<int>("--patients") { Description = "How many.", DefaultValueFactory = _ => 1_000_000 };
        var data = new Option<string>("--data") { Description = "Data folder of an engine (SQLite): --Engine:DataFolder.", DefaultValueFactory = _ => "artifacts/fill" };
        var mongo = new Option<string?>("--mongo") { Description = "Connection string with a database: fills that instead." };
        var command = new Command("fill", "Puts patients into a store past the pipeline, a summary, an identity and two resources each, and says how fast.") { patients, data, mongo };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new BenchStorage(Path.GetFullPath(parsed.GetRequiredValue(data)), parsed.GetValue(mongo)), parsed.GetValue(patients), cancellationToken));
        return command;
    }

    /// <summary>Fills with a progress bar and prints the figures.</summary>
    public static async Task<int> RunAsync(BenchStorage storage, int patients, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await using (var store = await storage.OpenAsync(cancellationToken))
        {
            await FillAsync(store, patients, cancellationToken);
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{patients} patients in {seconds:0.0} s, {patients / seconds:0}/s, {(double)storage.Bytes / patients:0} bytes each"));
        return 0;
    }

    private static Task FillAsync(IDocumentStore store, int patients, CancellationToken cancellationToken) =>
        !AnsiConsole.Profile.Capabilities.Interactive ? PatientFill.RunAsync(store, patients, _ => { }, cancellationToken) : AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("Patients", maxValue: patients);
                return PatientFill.RunAsync(store, patients, more => bar.Increment(more), cancellationToken);
            });
}
