using Integration.Core.Devices;
using Integration.Core.Parsing;

namespace Integration.Adapters.Device.Readings;

/// <summary>A parsed reading: a row <c>reading</c>, and a row <c>component</c> for each of its parts.</summary>
internal sealed record ReadingDocument(string Device, DateTimeOffset Time, IReadOnlyList<SourceRow> Rows) : IDeviceReading, IRowDocument
{
    public string Format => ReadingParser.FormatName;

    public string MappingKey => "reading";

    public DateTimeOffset? EventTime => Time;

    public IReadOnlyList<ISourceSegment> Segments => [];
}
