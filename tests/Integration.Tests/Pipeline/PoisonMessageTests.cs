using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Integration.Core.Pipeline;
using Integration.Core.Storage;
using Integration.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Pipeline;

/// <summary>A message that kills the process or never ends is set aside, and the others flow.</summary>
public sealed class PoisonMessageTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task When_the_process_dies_in_every_run_of_a_message_Should_set_it_aside_after_five_starts()
    {
        var deadly = new DeadlyParser();
        await using var engine = await TestEngine.StartAsync(services => services.AddSingleton<IMessageParser>(deadly));
        await engine.Journal.AppendAsync(Poison("poison", "deadly", "patient"), CancellationToken.None);
        await engine.AcceptAsync(OperationsEngine.Adt(1, "1001"));
        var waiting = (await engine.Journal.ReadWaitingAsync("poison", CancellationToken.None))!;

        // Each guard is that of one life of the process; an exception out of it is its death.
        var first = await NextLifeAsync(engine, dies: false);
        await Assert.ThrowsAsync<OperationCanceledException>(() => first.RunAsync(waiting, CancellationToken.None));
        for (var alone = 1; alone < CrashGuard.MaxStarts; alone++)
        {
            await NextLifeAsync(engine, dies: true);
        }

        await NextLifeAsync(engine, dies: false);
        await engine.RunAsync();

        Assert.Equal(CrashGuard.MaxStarts, deadly.Runs);
        var message = (await engine.Journal.GetAsync("poison", withRaw: true, CancellationToken.None))!.Value.Message;
        Assert.Equal((MessageState.Failed, IntegrationErrorCode.ProcessDied), (message.State, Assert.Single(message.Issues).Code));
        Assert.Equal("process", FailureCause.Read(message.Cause!).Stage);
        Assert.NotEmpty(message.Raw.ToArray());
        Assert.Equal((1L, 0L, 0L), (engine.Tally.Total(MessageState.Done), engine.Tally.Total(MessageState.Waiting), Assert.Single(engine.Tally.Snapshot()).Difference));
        Assert.Equal(0, await engine.Store.CountAsync(Collections.StartedRuns, [], 10, CancellationToken.None));
    }

    [Fact]
    public async Task When_an_innocent_message_was_running_at_a_death_Should_run_it_and_forget_it()
    {
        await using var engine = await TestEngine.StartAsync();
        var accepted = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(OperationsEngine.Adt(1, "1001")));
        var batch = new WriteBatch();
        batch.Add(Collections.StartedRuns.Put(new StartedRun(accepted.MessageId, 1), 0));
        batch.Add(Collections.StartedRuns.Put(new StartedRun("finished-before-it-was-forgotten", 2), 0));
        await engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        await NextLifeAsync(engine, dies: false);

        Assert.Equal(1, engine.Tally.Total(MessageState.Done));
        Assert.Equal(0, await engine.Store.CountAsync(Collections.StartedRuns, [], 10, CancellationToken.None));
    }

    [Fact]
    public async Task When_stages_hang_on_as_many_messages_as_there_are_threads_Should_set_them_aside_and_run_the_others()
    {
        using var hanging = new HangingParser();
        await using var engine = await TestEngine.StartAsync(services => services.AddSingleton<IMessageParser>(hanging));
        using var scheduler = new LaneScheduler(new IntakePressure(), threads: 2);
        var lanes = new PatientLanes(engine.Pipeline.RunAsync, 4, 100, scheduler);
        var running = engine.Services.GetRequiredService<RunningMessages>();
        using var watch = ActivatorUtilities.CreateInstance<StageWatch>(engine.Services, lanes, scheduler, TimeSpan.FromMilliseconds(300));
        await engine.Journal.AppendAsync(Poison("hangs-1", "hanging", "urn:authority:HIS|1001"), CancellationToken.None);
        await engine.Journal.AppendAsync(Poison("hangs-2", "hanging", "urn:authority:HIS|1002"), CancellationToken.None);
        for (var i = 0; i < 20; i++)
        {
            await engine.AcceptAsync(OperationsEngine.Adt(i, $"{1000 + (i % 5)}"));   // some behind those that hang, in the same lane
        }

        foreach (var waiting in await engine.Journal.ReadWaitingAsync(0, 100, CancellationToken.None))
        {
            await lanes.EnqueueAsync(waiting, CancellationToken.None);
        }

        var setAside = 0;
        for (var limit = DateTime.UtcNow.AddSeconds(60); engine.Tally.Total(MessageState.Waiting) > 0 && DateTime.UtcNow < limit; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            setAside += await watch.LookAsync(CancellationToken.None);
        }

        Assert.Equal(2, setAside);
        var balance = Assert.Single(engine.Tally.Snapshot());
        Assert.Equal((20L, 2L, 0L), (balance.Counts[MessageState.Done], balance.Counts[MessageState.Failed], balance.Difference));
        hanging.Release();
        await lanes.DrainAsync();
        var message = (await engine.Journal.GetAsync("hangs-1", withRaw: false, CancellationToken.None))!.Value.Message;
        Assert.Equal(IntegrationErrorCode.StageHung, Assert.Single(message.Issues).Code);
        Assert.Equal("parse", FailureCause.Read(message.Cause!).Stage);
        Assert.Empty(running.All);
    }

    [Fact]
    public async Task When_a_process_starts_Should_know_how_the_one_before_ended_and_what_it_left()
    {
        await using var engine = await TestEngine.StartAsync();
        var first = ActivatorUtilities.CreateInstance<EngineRun>(engine.Services);
        await first.StartAsync(CancellationToken.None);
        var accepted = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(OperationsEngine.Adt(1, "1001")));

        var afterDeath = ActivatorUtilities.CreateInstance<EngineRun>(engine.Services);
        await afterDeath.StartAsync(CancellationToken.None);
        await afterDeath.StopAsync(CancellationToken.None);
        var afterStop = ActivatorUtilities.CreateInstance<EngineRun>(engine.Services);
        await afterStop.StartAsync(CancellationToken.None);

        Assert.Equal((false, 0L), (first.Findings!.PreviousDied, first.Findings.Unfinished));
        Assert.Equal((true, 1L), (afterDeath.Findings!.PreviousDied, afterDeath.Findings.Unfinished));
        Assert.Equal([accepted.MessageId], afterDeath.Findings.UnfinishedIds);
        Assert.Equal((false, 1L), (afterStop.Findings!.PreviousDied, afterStop.Findings.Unfinished));
    }

    private static async Task<CrashGuard> NextLifeAsync(TestEngine engine, bool dies)
    {
        var guard = ActivatorUtilities.CreateInstance<CrashGuard>(engine.Services);
        if (dies)
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => guard.ExamineAsync(CancellationToken.None));
        }
        else
        {
            await guard.ExamineAsync(CancellationToken.None);
        }

        return guard;
    }

    private static JournaledMessage Poison(string id, string format, string patientKey) => new()
    {
        Id = id,
        Feed = "his",
        Received = Start,
        Format = format,
        ContentHash = id,
        PatientKey = patientKey,
        RawBytes = 1,
        Raw = "x"u8.ToArray(),
    };

    /// <summary>The one exception that no stage answers for: it ends the run without an end, as the death of the process does.</summary>
    private sealed class DeadlyParser : IMessageParser
    {
        public int Runs { get; private set; }

        public string Format => "deadly";

        public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed)
        {
            Runs++;
            throw new OperationCanceledException();
        }

        public string Display(ReadOnlyMemory<byte> raw, string feed) => "";
    }

    private sealed class HangingParser : IMessageParser, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        public string Format => "hanging";

        public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed)
        {
            _released.Wait();
            return new ParseResult(null, [MessageIssue.Error(IntegrationErrorCode.NotHl7, "", "It is none.")]);
        }

        public string Display(ReadOnlyMemory<byte> raw, string feed) => "";

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();
    }
}
