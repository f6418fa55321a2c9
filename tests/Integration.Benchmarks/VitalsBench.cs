using System.Diagnostics;
using System.Globalization;
using System.Text;
using Integration.Adapters.Device;
using Integration.Core;
using Integration.Core.Devices;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Settings;
using Integration.Core.Storage;
using Integration.Core.Vitals;
using Integration.Core.Vitals.Series;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Integration.Benchmarks;

/// <summary>
/// Readings of devices. <c>VITALS_BENCH_DEVICES</c> devices (10,000) of as many patients say a heart rate a minute, <c>VITALS_BENCH_ROUNDS</c> times (5), spread evenly over
/// <c>VITALS_BENCH_SECONDS</c> (60) a round: how long until each is decided, and whether any is lost. Then a year of minutes is read.
/// </summary>
internal static class VitalsBench
{
    private const int Together = 100;
    private const string Year = "year";

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        var (devices, rounds, seconds) = (Setting("VITALS_BENCH_DEVICES", 10_000), Setting("VITALS_BENCH_ROUNDS", 5), Setting("VITALS_BENCH_SECONDS", 60));
        await using var bench = await BenchStore.OpenAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:ward:Adapter"] = "Device.Http",
            ["Feeds:ward:AssigningAuthority"] = "HIS",
        }).Build();
        await using var provider = new ServiceCollection().AddLogging().AddSingleton<IDocumentStore>(bench.Store).AddSingleton<IConfiguration>(configuration)
            .AddEngine(configuration, Path.Combine(RepositoryFolder.Path, "mappings")).AddDeviceAdapter().BuildServiceProvider();
        await using var gateway = new DeviceGateway(
            "ward", DeviceFeedOptions.Read(new SettingsReader(configuration.GetSection("Feeds:ward"))), new DeviceGateways(), provider.GetRequiredService<IBulkIntake>(),
            provider.GetRequiredService<DeviceBindings>(), TimeProvider.System);
        var dispatcher = provider.GetServices<IHostedService>().OfType<LaneDispatcher>().Single();
        await dispatcher.StartAsync(CancellationToken.None);
        var accepted = 0;
        for (var round = 0; round < rounds; round++)
        {
            accepted += await RoundAsync(gateway, devices, round, TimeSpan.FromSeconds(seconds));
        }

        while (provider.GetRequiredService<MessageTally>().Total(MessageState.Waiting) > 0)
        {
            await Task.Delay(50);
        }

        await dispatcher.StopAsync(CancellationToken.None);
        await TellDecisionsAsync(bench, accepted, devices, rounds, seconds);
        await ReadYearAsync(bench, provider.GetRequiredService<VitalSeries>());
    }

    private static async Task<int> RoundAsync(DeviceGateway gateway, int devices, int round, TimeSpan length)
    {
        var (began, accepted, time) = (Stopwatch.GetTimestamp(), 0, TimeProvider.System.GetUtcNow().AddMinutes(round - 5));
        for (var first = 0; first < devices; first += Together)
        {
            var early = (length * ((double)first / devices)) - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early);
            }

            var readings = Enumerable.Range(first, Math.Min(Together, devices - first)).Select(device => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"device":"D{{device}}","code":"hr","value":{{(device % 50 == 0 && round % 2 == 1 ? 150 : 72 + round)}},"unit":"/min","time":"{{time:O}}","patient":"P{{device}}"}"""));
            accepted += (await gateway.AcceptAsync(Encoding.UTF8.GetBytes($"[{string.Join(',', readings)}]"), CancellationToken.None)).Accepted.Count;
        }

        return accepted;
    }

    private static async Task TellDecisionsAsync(BenchStore bench, int accepted, int devices, int rounds, int seconds)
    {
        var (took, points) = (new List<double>(accepted), 0);
        await foreach (var stored in bench.Store.ReadAllAsync(new DocumentQuery(Collections.Messages) { Limit = 1000 }, CancellationToken.None))
        {
            var message = Collections.Messages.Read(stored);
            if (message.State == MessageState.Done)
            {
                took.Add((message.Finished!.Value - message.Received).TotalMilliseconds);
            }
        }

        await foreach (var stored in bench.Store.ReadAllAsync(new DocumentQuery(Collections.VitalHours) { Limit = 1000 }, CancellationToken.None))
        {
            points += Collections.VitalHours.Read(stored).Points.Count;
        }

        took.Sort();
        var events = await bench.Store.CountAsync(Collections.Events, [new DocumentFilter.Equal(Collections.Events.Field("type"), "vitalSign.outOfLimits")], 1_000_000, CancellationToken.None);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"vitals: {devices} devices x {rounds} readings in {seconds} s each: {accepted} accepted, {took.Count} decided, {points} in the series, {events} breaches; decided after {took[took.Count / 2]:N0} ms (median), {took[(int)(took.Count * 0.99)]:N0} ms (p99), {took[^1]:N0} ms (most), {Environment.WorkingSet / 1048576} MB"));
    }

    private static async Task ReadYearAsync(BenchStore bench, VitalSeries series)
    {
        var sign = VitalSigns.Find("heart-rate")!;
        var start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var batch = new WriteBatch();
        for (var day = 0; day < 365; day++)
        {
            var hours = new List<VitalHour>();
            for (var hour = 0; hour < 24; hour++)
            {
                var at = start.AddDays(day).AddHours(hour);
                var points = Enumerable.Range(0, 60).Select(minute => new VitalPoint(at.AddMinutes(minute), 60 + (minute % 40), $"k{day}-{hour}-{minute}", null, null)).ToList();
                batch.Add(Collections.VitalHours.Put(new VitalHourDocument(VitalHourDocument.IdOf(Year, sign.Loinc, at), points), 0));
                hours.Add(new VitalHour(hour, points.Count, points.Min(p => p.V), points.Max(p => p.V), points.Sum(p => p.V), points[^1].V));
            }

            batch.Add(Collections.VitalDays.Put(new VitalDayDocument(VitalDayDocument.IdOf(Year, sign.Loinc, start.AddDays(day)), hours), 0));
            await bench.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
            batch = new WriteBatch();
        }

        foreach (var (every, days) in ((TimeSpan, int)[])[(TimeSpan.FromDays(1), 365), (TimeSpan.FromHours(1), 365), (TimeSpan.FromMinutes(15), 31), (TimeSpan.Zero, 31)])
        {
            var times = new List<double>();
            var count = 0;
            for (var run = 0; run < 11; run++)
            {
                var began = Stopwatch.GetTimestamp();
                count = (await series.ReadAsync(Year, sign, start, start.AddDays(days), every, CancellationToken.None)).Count;
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"vitals: {days} days of minutes, every {every}: {count} points, {times[0]:N0} ms the first time, {times.Order().ElementAt(5):N0} ms (median)"));
        }
    }

    private static int Setting(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var set) ? set : usual;
}
