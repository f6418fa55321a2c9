using System.Globalization;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Core.Feeds;
using Integration.Core.Reconciliation;

namespace Integration.Adapters.Sql.Polling;

/// <summary>What the source counts of a day, against the record: count, sum and missing numbers, once a day for the day before. Not for many threads.</summary>
internal sealed class SqlTotals(string feed, SqlTotalsOptions options, SqlPollOptions feedOptions, SqlSource source, Reconciler reconciler, FeedWatermarks watermarks, TimeProvider time)
{
    private const string Part = "totals";

    /// <summary>Compares the day before, if it is time and that was not done.</summary>
    /// <returns>What was found; null when nothing was to be done.</returns>
    /// <exception cref="SqlSourceException">The source cannot be asked; it is asked again in the next round.</exception>
    public async Task<ReconciliationDocument?> RunAsync(CancellationToken stop)
    {
        var now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), feedOptions.Zone);
        var day = DateOnly.FromDateTime(now.DateTime).AddDays(-1);
        var done = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (TimeOnly.FromDateTime(now.DateTime) < options.At || await watermarks.GetAsync(feed, Part, stop) == done)
        {
            return null;
        }

        var (from, below) = (day.ToDateTime(TimeOnly.MinValue), day.AddDays(1).ToDateTime(TimeOnly.MinValue));
        await using var connection = await source.OpenAsync(stop);
        var rows = await source.ListAsync(connection, source.Statements.Between(options.Query, from, below), stop);
        if (rows.Count > SourceList.MaxLines)
        {
            throw new SqlSourceException($"Totals:Query gives more than {SourceList.MaxLines} rows for a day. Have it give one for each number.", isPermanent: true);
        }

        var amounts = new Dictionary<string, decimal?>(StringComparer.Ordinal);
        foreach (var row in rows.Where(row => row.Values[0] is not null))
        {
            var (key, amount) = (RowMessage.TextOf(row.Values[0]), row.Values is [_, { } value, ..] ? AmountOf(value) : (decimal?)null);
            amounts[key] = amounts.GetValueOrDefault(key) is { } known ? known + (amount ?? 0) : amount;
        }

        var request = new ReconciliationRequest(options.Section, InstantOf(from), InstantOf(below), options.System, new SourceList(amounts));
        var found = await reconciler.RunAsync(request, $"feed {feed}", stop);
        await watermarks.SetAsync(feed, Part, done, CancellationToken.None);
        return found;
    }

    private DateTimeOffset InstantOf(DateTime local) => new DateTimeOffset(local, feedOptions.Zone.GetUtcOffset(local)).ToUniversalTime();

    private static decimal AmountOf(object value)
    {
        try
        {
            return Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw new SqlSourceException("The second column of Totals:Query is no amount. Give a number, or the first column alone.", e, isPermanent: true);
        }
    }
}
