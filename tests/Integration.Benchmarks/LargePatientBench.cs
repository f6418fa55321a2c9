using System.Diagnostics;
using System.Globalization;
using Integration.Core.Records;
using Integration.SystemTests.Storage;

namespace Integration.Benchmarks;

/// <summary>A patient with 100,000 results on both engines: how long summary, first page of the timeline and all pages take. The summary is to be read in less than 200 ms.</summary>
public static class LargePatientBench
{
    private const int Reads = 50;

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        Console.WriteLine($"{"engine",-8} {"fill s",8} {"summary p50 ms",15} {"summary max ms",15} {"page of 50 p50 ms",18} {"all pages s",12}");
        var folder = Directory.CreateTempSubdirectory("integration-bench-").FullName;
        await MeasureAsync("sqlite", new BenchStorage(folder, null));
        await using var mongo = await BenchMongo.StartAsync();
        await MeasureAsync("mongo", new BenchStorage(folder, mongo.NewDatabase()));
    }

    private static async Task MeasureAsync(string engine, BenchStorage storage)
    {
        await using (var store = await storage.OpenAsync(CancellationToken.None))
        {
            var records = new PatientRecordStore(store);
            var fill = await TimeAsync(() => LargePatient.FillAsync(store, _ => { }, CancellationToken.None));
            var summary = await TimesAsync(() => records.GetAsync(LargePatient.Id, CancellationToken.None));
            var page = await TimesAsync(() => records.TimelineAsync(LargePatient.Id, 50, null, CancellationToken.None));
            var all = await TimeAsync(() => LargePatient.ReadAllAsync(records, CancellationToken.None));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{engine,-8} {fill / 1000,8:0.0} {summary[Reads / 2],15:0.00} {summary[^1],15:0.00} {page[Reads / 2],18:0.00} {all / 1000,12:0.0}"));
        }

        storage.Remove();
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var began = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static async Task<List<double>> TimesAsync<T>(Func<ValueTask<T>> read)
    {
        var times = new List<double>(Reads);
        for (var i = 0; i < Reads; i++)
        {
            times.Add(await TimeAsync(async () => await read()));
        }

        times.Sort();
        return times;
    }
}
