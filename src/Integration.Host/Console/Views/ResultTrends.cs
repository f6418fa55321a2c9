using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Core.Records;

namespace Integration.Host.Console.Views;

/// <summary>The values of one test, as far as the page has read them.</summary>
/// <param name="Latest">The newest.</param>
/// <param name="Values">Those that are numbers, oldest first.</param>
internal sealed record ResultTrend(string Title, TimelineEntry Latest, IReadOnlyList<double> Values);

/// <summary>Gathers results by test, so that one line shows the newest value and how it came about.</summary>
internal static partial class ResultTrends
{
    /// <param name="newestFirst">Observations in the order of the record.</param>
    /// <returns>Tests, the one with the newest value first.</returns>
    public static IReadOnlyList<ResultTrend> Of(IEnumerable<TimelineEntry> newestFirst) =>
        [.. newestFirst
            .GroupBy(e => e.Entry.Title, StringComparer.Ordinal)
            .Select(test => new ResultTrend(test.Key, test.First(), [.. test.Select(e => Number(e.Entry.Detail)).OfType<double>().Reverse()]))];

    // The summary's detail begins with the value; "<0.5" counts as 0.5, which is what a drawing can show.
    private static double? Number(string? detail) =>
        detail is not null && LeadingNumber().Match(detail) is { Success: true } match
        && double.TryParse(match.Groups["number"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    [GeneratedRegex(@"^[<>]?=?(?<number>-?\d+(\.\d+)?)(\s|$)")]
    private static partial Regex LeadingNumber();
}
