using System.ComponentModel;
using Integration.Core.Reconciliation;

namespace Integration.Host.Api.Views;

/// <summary>A comparison of a source's list with the record.</summary>
internal sealed record ReconciliationView(
    string Id,
    DateTimeOffset Created,
    [property: Description("Name of the key that asked for it.")] string Actor,
    string Section,
    DateTimeOffset From,
    DateTimeOffset Below,
    string? System,
    [property: Description("Nothing differs.")] bool Agrees,
    ReconciledSide Source,
    [property: Description("What the record holds of the period, without what was cancelled.")] ReconciledSide Record,
    [property: Description("In the source's list and not in the record.")] DifferingKeysView Missing,
    [property: Description("In the record of the period and not in the source's list.")] DifferingKeysView Extra,
    [property: Description("In both; cancelled or entered in error by the record.")] DifferingKeysView Cancelled,
    [property: Description("In both; the record files them up to a day before or after the period.")] DifferingKeysView OtherDay,
    [property: Description("In both with different amounts.")] DifferingAmountsView Amounts)
{
    /// <param name="listed">With the numbers, not their count alone.</param>
    public static ReconciliationView Of(ReconciliationDocument outcome, bool listed) => new(
        outcome.Id, outcome.Created, outcome.Actor, outcome.Section, outcome.From, outcome.Below, outcome.System, outcome.Agrees, outcome.Source,
        outcome.Record, Keys(outcome.Missing, listed), Keys(outcome.Extra, listed), Keys(outcome.Cancelled, listed), Keys(outcome.OtherDay, listed),
        new DifferingAmountsView(outcome.Amounts.Count, listed ? outcome.Amounts.Items : null));

    private static DifferingKeysView Keys(DifferingKeys keys, bool listed) => new(keys.Count, listed ? keys.Keys : null);
}

/// <summary>Numbers that differ.</summary>
internal sealed record DifferingKeysView(
    long Count, [property: Description("At most 1000, in order; null in lists of comparisons.")] IReadOnlyList<string>? Keys);

/// <summary>Amounts that differ.</summary>
internal sealed record DifferingAmountsView(
    long Count, [property: Description("At most 1000, in order; null in lists of comparisons.")] IReadOnlyList<DifferingAmount>? Items);
