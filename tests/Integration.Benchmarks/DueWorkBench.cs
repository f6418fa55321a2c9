using System.Diagnostics;
using System.Globalization;
using Integration.Adapters.Webhook;
using Integration.Benchmarks.Load;
using Integration.Core;
using Integration.Core.Delivery;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Sweeping;
using Integration.Core.FollowUps.Work;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Peers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Benchmarks;

/// <summary>100,000 pieces of work of as many patients that come due in one minute: how fast the sweep asks everything again and raises their events, how fast
/// a sink that limits its rate has them, and how long messages wait at intake meanwhile, on SQLite.</summary>
public static class DueWorkBench
{
    private const int Count = 100_000;
    private const int PerBatch = 500;
    private const int PerSecond = 200;

    /// <summary>What the sink takes.</summary>
    private const int SinkPerSecond = 600;

    private static readonly TimeSpan MostToDeliver = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        await using var bench = await BenchStore.OpenAsync();
        var port = FreePort.Next();
        await using var receiver = await LimitedReceiver.StartAsync(port, SinkPerSecond);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("FollowUps:ContactHours", "00:00-23:59"), new("Destinations:crm:Adapter", "Webhook"), new("Destinations:crm:Url", $"http://127.0.0.1:{port}/"), new("Destinations:crm:Events", "followUp.due"),
            new("Destinations:crm:Parallel", "16"), new("Destinations:crm:MaxPerSecond", SinkPerSecond.ToString(CultureInfo.InvariantCulture)), new("Destinations:crm:Secrets:0", "a-secret-of-the-bench-that-is-long-enough"), new("Destinations:crm:Retry:First", "00:00:00.2"), new("Destinations:crm:Retry:Max", "00:00:01"),
        ]).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IDocumentStore>(bench.Store).AddSingleton<IConfiguration>(configuration);
        services.AddEngine(configuration, Path.Combine(RepositoryFolder.Path, "mappings")).AddWebhookAdapter();
        await using var provider = services.BuildServiceProvider();
        var rule = provider.GetRequiredService<FollowUpRuleCatalog>().Current.Rules.All["visit-satisfaction"] with
        {
            Sample = 100,
            Allowed = new Core.FollowUps.Calendars.AllowedTimes(Core.FollowUps.Calendars.DailyWindow.Always, false, false),
        };
        provider.GetRequiredService<FollowUpRuleCatalog>().Swap(new FollowUpRuleSet([rule], Core.FollowUps.Calendars.StatutoryDays.None));
        var now = TimeProvider.System.GetUtcNow();
        await FillAsync(bench.Store, rule, now);

        await provider.GetRequiredService<DeliveryOutbox>().LoadAsync(CancellationToken.None);
        var deliveries = provider.GetRequiredService<DeliveryDispatcher>();
        await deliveries.StartAsync(CancellationToken.None);

        var intake = provider.GetRequiredService<IMessageIntake>();
        using var idle = new CancellationTokenSource(Idle);
        var atRest = await TakeInAsync(intake, idle.Token);
        using var drained = new CancellationTokenSource();
        var takingIn = Task.Run(() => TakeInAsync(intake, drained.Token));
        var began = Stopwatch.GetTimestamp();
        var report = await provider.GetRequiredService<DueSweep>().RunAsync(CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        while (receiver.Taken < report.Told && Stopwatch.GetElapsedTime(began) < MostToDeliver)
        {
            await Task.Delay(100);
        }

        var delivered = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await deliveries.StopAsync(CancellationToken.None);
        await drained.CancelAsync();
        var underDrain = await takingIn;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.Looked:N0} due, {report.Told:N0} events raised in {seconds:0.0} s: {report.Looked / seconds:N0}/s"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{receiver.Taken:N0} delivered by webhook to a sink that takes {SinkPerSecond}/s and refuses the rest with 429 in {delivered:0.0} s; refused {receiver.Refused:N0} times"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"intake of {PerSecond}/s, p99: idle {Percentile(atRest):0.0} ms ({atRest.Count:N0} messages), under drain {Percentile(underDrain):0.0} ms ({underDrain.Count:N0}), "
            + $"ratio {Percentile(underDrain) / Percentile(atRest):0.00}; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000:N0} MB"));
    }

    /// <summary>Hands messages to the intake at a fixed rate until told to stop; one that is late does not put off the next.</summary>
    /// <returns>How long each took to be durable, in milliseconds from when it was to be sent.</returns>
    private static async Task<List<double>> TakeInAsync(IMessageIntake intake, CancellationToken stop)
    {
        var waits = new List<Task<double>>();
        var began = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            var due = TimeSpan.FromSeconds((double)waits.Count / PerSecond);
            if (Stopwatch.GetElapsedTime(began) is var at && at < due)
            {
                await Task.Delay(due - at, TimeProvider.System, CancellationToken.None);
            }

            waits.Add(AcceptAsync(intake, began + (long)(due.TotalSeconds * Stopwatch.Frequency), waits.Count));
        }

        return [.. await Task.WhenAll(waits)];
    }

    private static async Task<double> AcceptAsync(IMessageIntake intake, long due, int number)
    {
        var raw = System.Text.Encoding.UTF8.GetBytes(
            $"MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A08|{number}|P|2.5.1\rEVN|A08|20260301080000\rPID|1||I{number}^^^HIS||Name\rPV1|1|I\r");
        await intake.AcceptAsync(new InboundMessage("his", "hl7v2", raw) { MessageType = "ADT^A08", PatientKey = $"HIS|I{number}" }, CancellationToken.None);
        return Stopwatch.GetElapsedTime(due).TotalMilliseconds;
    }

    private static double Percentile(List<double> times)
    {
        times.Sort();
        return times[(int)(times.Count * 0.99)];
    }

    private static async Task FillAsync(IDocumentStore store, FollowUpRule rule, DateTimeOffset now)
    {
        for (var i = 0; i < Count; i += PerBatch)
        {
            var batch = new WriteBatch();
            for (var n = i; n < i + PerBatch; n++)
            {
                Add(batch, rule, n, now);
            }

            await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
        }
    }

    private static void Add(WriteBatch batch, FollowUpRule rule, int number, DateTimeOffset now)
    {
        var (patientId, subject, ended) = ($"P{number}", $"Encounter/{number}", now.AddHours(-2).AddSeconds(-number % 60));
        batch.Add(Collections.Patients.Put(PatientSummary.Empty(patientId), 0));
        batch.Add(Collections.Resources.Put(new ResourceDocument
        {
            Id = subject,
            Type = "Encounter",
            PatientId = patientId,
            SourceIdentity = $"HIS|{number}",
            Effective = ended,
            Version = 1,
            LastUpdated = ended,
            Provenance = new Provenance("his", "M", "1", "r", "s", ended),
            Resource = new()
            {
                ["resourceType"] = "Encounter",
                ["id"] = $"{number}",
                ["status"] = "finished",
                ["class"] = new System.Text.Json.Nodes.JsonObject { ["code"] = "AMB" },
                ["period"] = new System.Text.Json.Nodes.JsonObject { ["end"] = ended.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) },
            },
        }, 0));
        batch.Add(Collections.FollowUps.Put(FollowUpDocument.Planned(rule, patientId, subject, 0, ended, ended.AddHours(2), "bench", ended) with { Subject = subject }, 0));
    }
}
