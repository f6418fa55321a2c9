using System.Globalization;

namespace Integration.Core.Mapping.Explain;

/// <summary>Where in a message a value was read. All numbers count from 1; 0 means not given.</summary>
/// <param name="Segment">e.g. <c>PID</c>.</param>
/// <param name="Line">Which of all segments of the message.</param>
/// <param name="Ordinal">Which of the segments of this name.</param>
/// <param name="Field">0: the segment as a whole.</param>
/// <param name="Text">What stands there, decoded; empty for HL7 null; null for a segment and for what is absent.</param>
public sealed record SourcePlace(string Segment, int Line, int Ordinal, int Field, int Repetition, int Component, int Subcomponent, string? Text)
{
    /// <summary>The source's own name of the field, of a column; null where fields have numbers.</summary>
    public string? FieldName { get; init; }

    /// <summary>In the source's own words: <c>PID-3[2].4</c>, <c>OBX[3]-5</c>, <c>line[2].amount</c>.</summary>
    public string Path
    {
        get
        {
            var place = Ordinal > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Segment}[{Ordinal}]") : Segment;
            if (FieldName is not null)
            {
                return Repetition > 1 ? $"{place}.{FieldName}[{Repetition}]" : $"{place}.{FieldName}";
            }

            if (Field > 0)
            {
                place += Repetition > 1 ? $"-{Field}[{Repetition}]" : $"-{Field}";
            }

            return Component == 0 ? place : Subcomponent == 0 ? $"{place}.{Component}" : $"{place}.{Component}.{Subcomponent}";
        }
    }
}
