using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Core.Mapping.Dicom;
using Integration.Core.Parsing;

namespace Integration.Adapters.Dicom.Parsing;

/// <summary>A data set as mappings read it: one segment, whose fields are the attributes of <see cref="DicomTags"/>.</summary>
/// <remarks>
/// It has no time of its own: a correction comes with the study's old date, so that when it came decides what is newer.
/// </remarks>
internal sealed class DicomDocument(DicomDataSet set, string mappingKey) : ISourceDocument
{
    public string Format => DicomParser.FormatName;

    public string MappingKey => mappingKey;

    public DateTimeOffset? EventTime => null;

    public IReadOnlyList<ISourceSegment> Segments { get; } = [new DicomSegment(set)];
}

/// <summary>
/// The attributes of one data set. The components of a sequence's item are its attributes by number, those of a name its three groups with the five
/// components of each below.
/// </summary>
internal sealed class DicomSegment : ISourceSegment
{
    private readonly DicomDataSet _set;
    private readonly Dictionary<int, DicomElement> _fields = [];

    public DicomSegment(DicomDataSet set)
    {
        _set = set;
        foreach (var element in set.Elements)
        {
            if (DicomTags.Find(element.Tag) is { } entry)
            {
                _fields[entry.Number] = element;
            }
        }

        FieldCount = _fields.Count == 0 ? 0 : _fields.Keys.Max();
    }

    public string Name => DicomTags.SegmentName;

    public int Ordinal => 1;

    public int FieldCount { get; }

    public string? FieldName(int field) => field < 1 || field > DicomTags.All.Count ? null : DicomTags.All[field - 1].Keyword;

    public int RepetitionCount(int field) =>
        !_fields.TryGetValue(field, out var element) ? 0 : element.Items?.Count ?? DicomValues.Texts(element, _set).Count;

    public int ComponentCount(int field, int repetition) =>
        !_fields.TryGetValue(field, out var element) ? 0
        : element.Items is not null ? DicomTags.All.Count
        : element.Vr == DicomVr.Pn ? 3
        : 1;

    public string? Text(int field, int repetition, int component, int subcomponent)
    {
        if (!_fields.TryGetValue(field, out var element))
        {
            return null;
        }

        return element.Items is { } items
            ? repetition > items.Count ? null
                : component == 0 ? Encoding.UTF8.GetString(DicomJsonWriter.Write(items[repetition - 1]))
                : TextOf(items[repetition - 1], component, subcomponent)
            : TextOf(element, _set, repetition, component, subcomponent);
    }

    public SourcePresence Presence(int field, int repetition, int component, int subcomponent)
    {
        // An item of a sequence is there, whatever is in it; its text would be made for nothing.
        if (component == 0 && _fields.TryGetValue(field, out var element) && element.Items is { } items)
        {
            return repetition <= items.Count ? SourcePresence.Valued : SourcePresence.Absent;
        }

        return string.IsNullOrWhiteSpace(Text(field, repetition, component, subcomponent)) ? SourcePresence.Absent : SourcePresence.Valued;
    }

    /// <summary>
    /// An attribute of an item; of a sequence in it an attribute of its first item. Paths reach no deeper, so that a name is given as one reads it.
    /// </summary>
    private static string? TextOf(DicomDataSet item, int number, int below)
    {
        if (number > DicomTags.All.Count || item.Find(DicomTags.All[number - 1].Tag) is not { } element)
        {
            return null;
        }

        return element.Items is { } items
            ? items.Count == 0 || below == 0 ? null : TextOf(items[0], below, 0)
            : element.Vr == DicomVr.Pn ? TextOf(element, item, 1, 0, 0) is { } name ? DicomNames.Readable(name) : null
            : TextOf(element, item, 1, Math.Min(below, 1), 0);
    }

    private static string? TextOf(DicomElement element, DicomDataSet within, int repetition, int component, int subcomponent)
    {
        var values = DicomValues.Texts(element, within);
        if (repetition > values.Count || (element.Vr != DicomVr.Pn && component > 1))
        {
            return null;
        }

        var value = values[repetition - 1];
        if (element.Vr == DicomVr.Pn && component > 0)
        {
            value = DicomNames.Piece(DicomNames.Piece(value, '=', component), '^', subcomponent);
        }

        return value.Length == 0 ? null : value;
    }
}
