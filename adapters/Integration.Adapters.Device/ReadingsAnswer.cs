namespace Integration.Adapters.Device;

/// <summary>What became of the readings of one request.</summary>
/// <param name="Accepted">In the journal now, or since they were posted before.</param>
/// <param name="Errors">What is wrong with the others, all of it.</param>
/// <param name="RefusedBecause">Why not all that could be used was taken: the gateway posts everything again, and what was taken is not taken twice. Null: all was.</param>
public sealed record ReadingsAnswer(IReadOnlyList<AcceptedReading> Accepted, IReadOnlyList<ReadingError> Errors, string? RefusedBecause)
{
    /// <summary>The body as a whole is no list of readings.</summary>
    public bool IsUnreadable { get; init; }
}

/// <summary>One that is durable.</summary>
/// <param name="Index">Place in the list, from 0.</param>
/// <param name="MessageId">Id of its message.</param>
public sealed record AcceptedReading(int Index, string MessageId);

/// <summary>One thing wrong with one reading.</summary>
/// <param name="Index">Place in the list, from 0.</param>
/// <param name="Pointer">JSON pointer (RFC 6901) into the body.</param>
/// <param name="Detail">What is wrong and what is needed. Never a value that was sent.</param>
public sealed record ReadingError(int Index, string Pointer, string Detail);
