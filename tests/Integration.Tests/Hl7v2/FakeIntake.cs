using System.Collections.Concurrent;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Tests.Hl7v2;

/// <summary>Keeps what it is given; answers as the real intake would, after <see cref="Gate"/> lets it.</summary>
internal sealed class FakeIntake : IMessageIntake
{
    private int _running;

    public ConcurrentQueue<InboundMessage> Messages { get; } = [];

    /// <summary>What each call waits for before it answers.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public Func<InboundMessage, IntakeResult> Answer { get; set; } = message =>
        message.HeaderIssues.Any(i => i.Severity == IssueSeverity.Error)
            ? new IntakeResult.Quarantined(Guid.NewGuid().ToString("N"), message.HeaderIssues)
            : new IntakeResult.Accepted(message.ControlId);

    /// <summary>Where a test tells how an accepted message ended; its id is its control id then.</summary>
    public MessageCompletions Completions { get; } = new();

    /// <summary>What is published before the call returns, as a quick pipeline does; null: nothing.</summary>
    public JournaledMessage? FinishAtOnce { get; set; }

    /// <summary>Most calls that waited at the same time.</summary>
    public int MostAtOnce { get; private set; }

    public async ValueTask<IntakeResult> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        Messages.Enqueue(message);
        var running = Interlocked.Increment(ref _running);
        lock (Messages)
        {
            MostAtOnce = Math.Max(MostAtOnce, running);
        }

        await Gate.WaitAsync(cancellationToken);
        Interlocked.Decrement(ref _running);
        var result = Answer(message);
        if (message.WatchCompletion && result is IntakeResult.Accepted accepted)
        {
            result = accepted with { Completion = Completions.Watch(accepted.MessageId) };
            if (FinishAtOnce is not null)
            {
                Completions.Publish(FinishAtOnce);
            }
        }

        return result;
    }
}
