using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Explain;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>What mapping one message gathers. One a message, so that nothing can pass from one message to the next.</summary>
internal sealed class MapRun(string triggerEvent, ISourceDocument document, FeedContext feed)
{
    private readonly Dictionary<string, int> _occurrences = new(StringComparer.Ordinal);
    private List<UnmappedCode>? _unmappedCodes;
    private DateOnly? _day;

    /// <summary>Stands for a value that the source deleted (HL7 null); becomes a JSON null, never part of a document.</summary>
    public static readonly DraftNode Cleared = DraftNode.Null();

    public string TriggerEvent { get; } = triggerEvent;

    public FeedContext Feed { get; } = feed;

    /// <summary>The day of what happened, by the feed's clock; for a message without a time the last there is, which only what never ends reaches.</summary>
    public DateOnly Day => _day ??= document.EventTime is { } time
        ? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, Feed.TimeZone).DateTime)
        : DateOnly.MaxValue;

    public List<MappedResource> Resources { get; } = new(8);

    public List<MessageIssue> Issues { get; } = [];

    /// <summary>Each once.</summary>
    public IReadOnlyList<UnmappedCode> UnmappedCodes => _unmappedCodes ?? [];

    /// <summary>Null when nobody asks where values come from.</summary>
    public MappingTrace? Trace { get; init; }

    /// <summary>Notes a code that its code map does not list.</summary>
    public void NotMapped(UnmappedCode code)
    {
        _unmappedCodes ??= [];
        if (!_unmappedCodes.Exists(known => known.CodeMap == code.CodeMap && known.Code == code.Code && known.System == code.System))
        {
            _unmappedCodes.Add(code);
        }
    }

    /// <summary>How often this <c>Type/id</c> has come up in the message, this time included.</summary>
    public int CountOccurrence(string reference)
    {
        _occurrences.TryGetValue(reference, out var count);
        return _occurrences[reference] = count + 1;
    }

    /// <summary>Reports a value that cannot become the FHIR type.</summary>
    public void NotConvertible(in SourceCursor cursor, string expected) =>
        Issues.Add(MessageIssue.Warning(IntegrationErrorCode.ValueNotConvertible, cursor.Place(), $"The value is not {expected}; it was left out."));
}
