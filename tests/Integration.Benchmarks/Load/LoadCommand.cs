using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Integration.Benchmarks.Fill;

namespace Integration.Benchmarks.Load;

/// <summary>The verb <c>load</c>: the real process, a socket, messages as fast as they are acknowledged.</summary>
internal static class LoadCommand
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var connections = new Option<string>("--connections") { Description = "Senders at once, one run each.", DefaultValueFactory = _ => "1,8,32" };
        var seconds = new Option<double>("--seconds") { Description = "Length of the measured part of a run.", DefaultValueFactory = _ => 10 };
        var kinds = new Option<string>("--kind") { Description = "adt (1 KB, A01 and A08 of 2,000 patients), oru (20 OBX).", DefaultValueFactory = _ => "adt,oru" };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file too." };
        var data = new Option<string?>("--data") { Description = "Folder for the engine's data, emptied behind each run. Default: below artifacts/, so that fsync meets a disk and not memory." };
        var store = new Option<string>("--store") { Description = "sqlite, or mongo: the server that MONGODB_URI names, or the test server.", DefaultValueFactory = _ => "sqlite" };
        store.AcceptOnlyFromAmong("sqlite", "mongo");
        var patients = new Option<int>("--patients") { Description = "Patients that are in the store before the first message.", DefaultValueFactory = _ => 0 };
        var command = new Command("load", "Messages a second acknowledged and through to the record, latency, processor time, memory and disk of the engine process.")
        {
            connections, seconds, kinds, json, data, store, patients,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            [.. parsed.GetRequiredValue(connections).Split(',').Select(c => int.Parse(c, CultureInfo.InvariantCulture))],
            [.. parsed.GetRequiredValue(kinds).Split(',').Select(LoadKind.Parse)],
            TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(json),
            new LoadStore(parsed.GetValue(data), parsed.GetValue(store) == "mongo", parsed.GetValue(patients)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<int> connections, IReadOnlyList<LoadKind> kinds, TimeSpan length, string? json, LoadStore store, CancellationToken cancellationToken)
    {
        LoadTable.WriteSetting(Console.Out);
        await using var mongo = store.IsMongo ? await BenchMongo.StartAsync() : null;
        var results = new List<LoadResult>();
        foreach (var kind in kinds)
        {
            foreach (var count in connections)
            {
                var storage = new BenchStorage(
                    Path.Combine(store.Parent ?? Path.Combine(RepositoryFolder.Path, "artifacts", "load"), Guid.CreateVersion7().ToString("N")), mongo?.NewDatabase());
                if (store.Patients > 0)
                {
                    await FillCommand.RunAsync(storage, store.Patients, cancellationToken);
                }

                await using var engine = await EngineProcess.StartAsync(storage, cancellationToken);
                var result = await LoadRun.MeasureAsync(engine, kind, count, length, cancellationToken);
                results.Add(result);
                LoadTable.WriteProgress(Console.Out, result);
            }
        }

        LoadTable.Write(Console.Out, results, store.IsMongo);
        if (json is not null)
        {
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(results, Indented), cancellationToken);
        }

        return results.Any(r => r.Refused > 0) ? 1 : 0;
    }
}

/// <summary>What the engine keeps its data in.</summary>
/// <param name="Parent">Folder to make data folders in; null for <c>artifacts/load</c>.</param>
/// <param name="Patients">In the store before the first message.</param>
internal sealed record LoadStore(string? Parent, bool IsMongo, int Patients);
