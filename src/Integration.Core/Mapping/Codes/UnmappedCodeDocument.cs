namespace Integration.Core.Mapping.Codes;

/// <summary>
/// A document of <c>unmappedCodes</c>: a code that a feed sent and that its code map does not list. How often and where is not kept here but counted
/// in the journal, whose messages name it in <see cref="Intake.JournaledMessage.UnmappedCodes"/>: so that it is right whatever is replayed.
/// </summary>
public sealed record UnmappedCodeDocument
{
    /// <summary>Made of feed, code map, system and code; see <see cref="UnmappedCodeStore.KeyOf"/>.</summary>
    public required string Id { get; init; }

    public required string Feed { get; init; }

    /// <summary>e.g. <c>AdministrativeSex</c>.</summary>
    public required string CodeMap { get; init; }

    public required string Code { get; init; }

    /// <summary>The coding system the source named; null when it named none.</summary>
    public string? System { get; init; }

    /// <summary>The source's own words for it, where it sent some.</summary>
    public string? Text { get; init; }

    /// <summary>Where in the message it stood first, <c>PID-8</c>.</summary>
    public required string Place { get; init; }

    /// <summary>When it was first seen (UTC).</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>What an operator mapped it to; null when none did.</summary>
    public string? MappedTo { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset? Mapped { get; init; }
}

/// <summary>A code of the work-list with what the journal says about it.</summary>
/// <param name="Count">Messages whose last run could not map it, counted up to <see cref="UnmappedCodeStore.CountedAtMost"/>.</param>
/// <param name="Last">When the newest of them was received (UTC); null when there is none.</param>
/// <param name="Samples">The newest of them, at most three.</param>
public sealed record UnmappedCodeEntry(UnmappedCodeDocument Document, long Count, DateTimeOffset? Last, IReadOnlyList<string> Samples);
