using System.Globalization;
using Integration.Core.Parsing;

namespace Integration.Core.DryRuns;

/// <summary>Names each field that no rule read, where mapping names a segment of which nothing is read as a whole.</summary>
public static class UnreadFields
{
    /// <param name="unread">See <see cref="Mapping.MappingResult.Unread"/>.</param>
    /// <returns><c>PID-31</c>, each once, in the order of the message.</returns>
    public static IReadOnlyList<string> Of(ISourceDocument document, IReadOnlyList<string> unread)
    {
        var fields = new List<string>();
        foreach (var place in unread)
        {
            if (place.Contains('-'))
            {
                fields.Add(place);
                continue;
            }

            var numbers = new SortedSet<int>();
            foreach (var segment in document.Segments.Where(segment => segment.Name == place))
            {
                numbers.UnionWith(Enumerable.Range(1, segment.FieldCount).Where(field => segment.RepetitionCount(field) > 0));
            }

            fields.AddRange(numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"{place}-{number}")));
        }

        return [.. fields.Distinct(StringComparer.Ordinal)];
    }
}
