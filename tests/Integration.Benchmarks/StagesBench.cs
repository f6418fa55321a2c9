using System.Diagnostics;
using System.Globalization;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Benchmarks.Load;
using Integration.Core;
using Integration.Core.Delivery;
using Integration.Core.FollowUps;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Parsing;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Benchmarks;

/// <summary>
/// What each stage of the pipeline costs a message: the messages of <c>load</c>, one after another on one thread, with the real store behind them.
/// Prints the allocated bytes, which other work on the machine does not change, and the median time.
/// </summary>
internal static class StagesBench
{
    private const int WarmUp = 3_000;
    private const int Measured = 6_000;

    public static void Run()
    {
        foreach (var kind in new[] { "adt", "oru" })
        {
            RunAsync(kind).GetAwaiter().GetResult();
        }
    }

    private static async Task RunAsync(string kind)
    {
        await using var bench = await BenchStore.OpenAsync();
        await using var services = Engine(bench.Store);
        var context = services.GetRequiredService<FeedContexts>().Of("his");
        var journal = services.GetRequiredService<MessageJournal>();
        IMessageStage[] stages =
        [
            services.GetRequiredService<ParseStage>(), services.GetRequiredService<MappingStage>(), services.GetRequiredService<IdentityStage>(),
            services.GetRequiredService<RecordStage>(), services.GetRequiredService<FollowUpStage>(), services.GetRequiredService<DeliveryStage>(),
        ];
        var costs = stages.Select(s => new Cost(s.Name)).Append(new Cost("finish")).ToArray();
        for (var n = 0; n < WarmUp + Measured; n++)
        {
            var raw = LoadKind.Parse(kind).Message(n);
            var message = await AppendAsync(journal, raw, n);
            var waiting = (await journal.ReadWaitingAsync(message, CancellationToken.None))!;
            var run = new MessageContext(waiting.Message, context);
            var timings = new List<StageTiming>();
            for (var i = 0; i < stages.Length; i++)
            {
                var cost = costs[i].Begin();
                var running = stages[i].RunAsync(run, CancellationToken.None);
                if (!running.IsCompleted || running.Result is not StageOutcome.Continue)
                {
                    throw new InvalidOperationException($"Stage {stages[i].Name} did not go through.");
                }

                cost.End();
                timings.Add(new StageTiming(stages[i].Name, 1));
            }

            var finishing = costs[^1].Begin();
            var finished = FinishedRun.Of(run, new RecoveryAction.Finish(MessageState.Done, []), "commit", timings, TimeProvider.System.GetUtcNow());
            var write = Collections.Messages.Put(finished.Message, waiting.Version);
            finishing.End();
            GC.KeepAlive(write);
            if (await journal.FinishAsync(finished.Message, waiting.Version, finished.Batch, CancellationToken.None) is not CommitResult.Committed)
            {
                throw new InvalidOperationException("A commit was refused.");
            }

            if (n == WarmUp)
            {
                Array.ForEach(costs, c => c.Clear());
            }
        }

        Console.WriteLine($"{kind,-10} {"bytes/message",14} {"µs median",10}");
        foreach (var cost in costs)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {cost.Name,-8} {cost.Bytes,14:N0} {cost.Microseconds,10:N1}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"all",-8} {costs.Sum(c => c.Bytes),14:N0} {costs.Sum(c => c.Microseconds),10:N1}"));
    }

    private static async Task<string> AppendAsync(MessageJournal journal, byte[] raw, int n)
    {
        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);
        var now = TimeProvider.System.GetUtcNow();
        var message = new JournaledMessage
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Feed = "his",
            Received = now,
            Format = Hl7Parser.FormatName,
            MessageType = header.MessageType,
            ControlId = header.ControlId,
            Sender = header.Sender,
            ContentHash = n.ToString(CultureInfo.InvariantCulture),
            PatientKey = header.PatientKey,
            RawBytes = raw.Length,
            Raw = raw,
        };
        await journal.AppendAsync(message, CancellationToken.None);
        return message.Id;
    }

    private static ServiceProvider Engine(IDocumentStore store)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:his:Adapter"] = "Hl7v2.Mllp",
            ["Feeds:his:Listen"] = "127.0.0.1:0",
            ["Feeds:his:AssigningAuthority"] = "HIS",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(store);
        services.AddSingleton<IConfiguration>(configuration);
        services.AddEngine(configuration, Path.Combine(RepositoryFolder.Path, "mappings"));
        services.AddHl7v2Adapter();
        return services.BuildServiceProvider();
    }

    private sealed class Cost(string name)
    {
        private readonly List<double> _times = [];
        private long _bytes;
        private long _bytesBefore;
        private long _began;

        public string Name => name;

        public long Bytes => _bytes / Math.Max(1, _times.Count);

        public double Microseconds => _times.Order().ElementAt(_times.Count / 2);

        public Cost Begin()
        {
            _bytesBefore = GC.GetAllocatedBytesForCurrentThread();
            _began = Stopwatch.GetTimestamp();
            return this;
        }

        public void End()
        {
            _times.Add(Stopwatch.GetElapsedTime(_began).TotalMicroseconds);
            _bytes += GC.GetAllocatedBytesForCurrentThread() - _bytesBefore;
        }

        public void Clear()
        {
            _times.Clear();
            _bytes = 0;
        }
    }
}
