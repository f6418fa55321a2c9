using System.Collections.Frozen;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>A document of rows as mappings read it: each row a segment whose columns have the numbers that the compiled mappings gave them.</summary>
internal sealed class BoundRows(IRowDocument document, IReadOnlyList<ISourceSegment> segments) : ISourceDocument
{
    public string Format => document.Format;

    public string MappingKey => document.MappingKey;

    public DateTimeOffset? EventTime => document.EventTime;

    public IReadOnlyList<ISourceSegment> Segments => segments;

    /// <summary>It tells of rows that the source does not have any more.</summary>
    public bool HasGone { get; } = document.Rows.Any(row => row.IsGone);

    /// <param name="columns">By row name the number of each column that mappings read, from 1.</param>
    public static BoundRows Bind(IRowDocument document, FrozenDictionary<string, FrozenDictionary<string, int>> columns)
    {
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        var segments = new List<ISourceSegment>(document.Rows.Count);
        foreach (var row in document.Rows)
        {
            var ordinal = ordinals[row.Name] = ordinals.GetValueOrDefault(row.Name) + 1;
            segments.Add(new BoundRow(row, ordinal, columns.GetValueOrDefault(row.Name)));
        }

        return new BoundRows(document, segments);
    }
}

/// <summary>One row as a segment. Columns that no mapping reads are numbered behind those that one reads.</summary>
internal sealed class BoundRow : ISourceSegment
{
    private readonly KeyValuePair<string, string>?[] _fields;

    public BoundRow(SourceRow row, int ordinal, FrozenDictionary<string, int>? columns)
    {
        (Name, Ordinal, IsGone) = (row.Name, ordinal, row.IsGone);
        var known = columns?.Count ?? 0;
        var unread = 0;
        var fields = new KeyValuePair<string, string>?[known + row.Columns.Count];
        foreach (var column in row.Columns)
        {
            fields[columns is not null && columns.TryGetValue(column.Key, out var number) ? number - 1 : known + unread++] ??= column;
        }

        _fields = fields[..(known + unread)];
    }

    public string Name { get; }

    public int Ordinal { get; }

    public bool IsGone { get; }

    public int FieldCount => _fields.Length;

    public string? FieldName(int field) => field >= 1 && field <= _fields.Length ? _fields[field - 1]?.Key : null;

    public int RepetitionCount(int field) => Text(field, 1, 0, 0) is { Length: > 0 } ? 1 : 0;

    public int ComponentCount(int field, int repetition) => RepetitionCount(field);

    public string? Text(int field, int repetition, int component, int subcomponent) =>
        field >= 1 && field <= _fields.Length && repetition == 1 && component <= 1 && subcomponent <= 1 ? _fields[field - 1]?.Value : null;
}
