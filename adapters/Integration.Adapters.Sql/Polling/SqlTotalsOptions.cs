using Integration.Core.Reconciliation;
using Integration.Core.Settings;

namespace Integration.Adapters.Sql.Polling;

/// <summary>What a source counts of a day, <c>Totals</c>.</summary>
/// <param name="Section">Section of the record, see <see cref="Reconciler.Sections"/>.</param>
/// <param name="Query">Gives a number and, where there is one, an amount; <c>{from}</c> and <c>{below}</c> stand for the day.</param>
/// <param name="At">When it is asked about the day before, by the feed's clock.</param>
/// <param name="System">Only numbers of this system count in the record.</param>
internal sealed record SqlTotalsOptions(string Section, string Query, TimeOnly At, string System)
{
    public static readonly string[] Keys = ["Totals:Section", "Totals:Query", "Totals:QueryFile", "Totals:At", "Totals:System"];

    private static readonly TimeOnly Usual = new(1, 0);

    /// <returns>Null where the feed has none.</returns>
    public static SqlTotalsOptions? Read(SettingsReader settings, string authority)
    {
        if (!settings.Has("Totals"))
        {
            return null;
        }

        var section = settings.Text("Totals:Section") ?? "";
        if (!Reconciler.Sections.Contains(section, StringComparer.Ordinal))
        {
            settings.Report("Totals:Section", "It does not say what is counted.", $"Use one of {string.Join(", ", Reconciler.Sections)}.");
        }

        var query = SqlSourceOptions.QueryOf(settings, "Totals:");
        if (query.Length > 0 && (!query.Contains("{from}", StringComparison.Ordinal) || !query.Contains("{below}", StringComparison.Ordinal)))
        {
            settings.Report("Totals:Query", "It does not say of which day.", "Write the bounds as {from} and {below}, e.g. WHERE bill_time >= {from} AND bill_time < {below}.");
        }

        return new SqlTotalsOptions(
            section, query, settings.Parsed("Totals:At", DailyTime.Parse, "It must be a time of day.", "Write it like 01:00.")?.Time ?? Usual, settings.Text("Totals:System") ?? $"urn:authority:{authority}");
    }
}
