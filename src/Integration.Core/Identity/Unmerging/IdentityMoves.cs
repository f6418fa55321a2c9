namespace Integration.Core.Identity.Unmerging;

/// <summary>Tells messages that run meanwhile that identities went from one golden record to another. Safe for many threads.</summary>
/// <remarks>
/// A message learns first whose an identity is and then reads that record's summary, whose version its commit checks. An identity that leaves in between
/// would be missed, since the record itself stands on: the message is then run again. In memory: of several engines on one store each knows its own unmerges
/// alone, see ADR 23.
/// </remarks>
public sealed class IdentityMoves
{
    private long _begun;
    private long _ended;

    /// <summary>To be read before an identity is.</summary>
    public long Moment => Interlocked.Read(ref _ended);

    /// <summary>Whether identities may have left a record since that moment.</summary>
    public bool HappenedSince(long moment) => Interlocked.Read(ref _begun) != moment;

    /// <summary>Around the commit of an unmerge.</summary>
    /// <returns>To be disposed of when it is known what became of the commit.</returns>
    public IDisposable Begin()
    {
        Interlocked.Increment(ref _begun);
        return new Move(this);
    }

    private sealed class Move(IdentityMoves moves) : IDisposable
    {
        public void Dispose() => Interlocked.Increment(ref moves._ended);
    }
}
