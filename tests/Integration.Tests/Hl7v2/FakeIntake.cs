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
            : new IntakeResult.Accepted(Guid.NewGuid().ToString("N"));

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
        return Answer(message);
    }
}
