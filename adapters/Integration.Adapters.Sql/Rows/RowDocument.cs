using Integration.Core.Parsing;

namespace Integration.Adapters.Sql.Rows;

/// <summary>A parsed message of rows.</summary>
internal sealed record RowDocument(string MappingKey, DateTimeOffset? EventTime, IReadOnlyList<SourceRow> Rows) : IRowDocument
{
    public string Format => RowParser.FormatName;

    public IReadOnlyList<ISourceSegment> Segments => [];
}
