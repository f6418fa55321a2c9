using System.Collections.Concurrent;
using Integration.Core.Intake;

namespace Integration.Core.Pipeline;

/// <summary>One message that the pipeline is running now.</summary>
/// <param name="clock">Measures how long it takes.</param>
public sealed class RunningMessage(WaitingMessage waiting, TimeProvider clock)
{
    /// <summary>The stage while a run waits for the store or a peer to come back.</summary>
    public const string Pausing = "retry";

    private readonly long _began = clock.GetTimestamp();
    private long _stageBegan = clock.GetTimestamp();
    private volatile string _stage = "";

    public WaitingMessage Waiting { get; } = waiting;

    /// <summary>The stage it is in, <c>commit</c>, or <see cref="Pausing"/>; empty before the first.</summary>
    public string Stage => _stage;

    /// <summary>Time since the run began.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_began);

    /// <summary>Time since the stage began.</summary>
    public TimeSpan ElapsedInStage => clock.GetElapsedTime(Volatile.Read(ref _stageBegan));

    internal void Enter(string stage)
    {
        Volatile.Write(ref _stageBegan, clock.GetTimestamp());
        _stage = stage;
    }
}

/// <summary>What the pipeline is running now, for whoever asks where a message is, and for the watch over stages that do not end. Safe for many threads.</summary>
public sealed class RunningMessages(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RunningMessage> _running = new(StringComparer.Ordinal);

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyCollection<RunningMessage> All => [.. _running.Values];

    /// <summary>The run of a message; null when none runs.</summary>
    public RunningMessage? Find(string messageId) => _running.GetValueOrDefault(messageId);

    internal RunningMessage Begin(WaitingMessage waiting) => _running[waiting.Message.Id] = new RunningMessage(waiting, clock);

    internal void End(RunningMessage run) => _running.TryRemove(KeyValuePair.Create(run.Waiting.Message.Id, run));
}
