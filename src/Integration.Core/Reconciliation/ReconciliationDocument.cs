namespace Integration.Core.Reconciliation;

/// <summary>A comparison of what a source did in a period with what the record holds of it: a document of <c>reconciliations</c>.</summary>
/// <param name="Id">Time-ordered.</param>
/// <param name="Actor">Who asked for it: the name of an API key, or of the console session.</param>
/// <param name="Section">Section of the record: <c>encounters</c>, <c>charges</c>, <c>reports</c> …</param>
/// <param name="From">Beginning of the period (UTC).</param>
/// <param name="Below">Its end, not part of it (UTC).</param>
/// <param name="System">Only identifiers of this system counted; null: of any.</param>
/// <param name="Source">What the source says.</param>
/// <param name="Record">What the record holds of the period, without what was cancelled or entered in error.</param>
public sealed record ReconciliationDocument(
    string Id, DateTimeOffset Created, string Actor, string Section, DateTimeOffset From, DateTimeOffset Below, string? System,
    ReconciledSide Source, ReconciledSide Record)
{
    /// <summary>Most keys listed of each kind of difference; the counts are of all.</summary>
    public const int MaxListed = 1000;

    /// <summary>The source has them, the record does not.</summary>
    public required DifferingKeys Missing { get; init; }

    /// <summary>The record holds them in the period, the source does not name them.</summary>
    public required DifferingKeys Extra { get; init; }

    /// <summary>Both have them; the record says that they were cancelled or entered in error.</summary>
    public required DifferingKeys Cancelled { get; init; }

    /// <summary>Both have them; the record files them under a time outside the period, by a day at most.</summary>
    public required DifferingKeys OtherDay { get; init; }

    /// <summary>Both have them with different amounts.</summary>
    public required DifferingAmounts Amounts { get; init; }

    /// <summary>Nothing differs.</summary>
    public bool Agrees => Missing.Count + Extra.Count + Cancelled.Count + OtherDay.Count + Amounts.Count == 0;
}

/// <summary>One side of a comparison.</summary>
/// <param name="Count">Things, each number once.</param>
/// <param name="Sum">Sum of their amounts, exactly; null where the section has none or the source sent none.</param>
public sealed record ReconciledSide(long Count, decimal? Sum);

/// <summary>Numbers that differ, in ordinal order.</summary>
/// <param name="Keys">At most <see cref="ReconciliationDocument.MaxListed"/>.</param>
public sealed record DifferingKeys(long Count, IReadOnlyList<string> Keys);

/// <summary>Amounts that differ, in ordinal order of their numbers.</summary>
/// <param name="Items">At most <see cref="ReconciliationDocument.MaxListed"/>.</param>
public sealed record DifferingAmounts(long Count, IReadOnlyList<DifferingAmount> Items);

/// <summary>A number whose amount differs.</summary>
public sealed record DifferingAmount(string Key, decimal Source, decimal Record);
