namespace Integration.Core.Intake;

/// <summary>How many senders wait for their acknowledgement right now. Safe for many threads.</summary>
public sealed class IntakePressure
{
    private const int Busy = 4;

    private int _waiting;

    /// <summary>More than a few senders wait: processing should leave them room, since its work is safe in the journal and theirs is not.</summary>
    public bool IsHigh => Volatile.Read(ref _waiting) >= Busy;

    internal void Enter() => Interlocked.Increment(ref _waiting);

    internal void Leave() => Interlocked.Decrement(ref _waiting);
}
