using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>One segment being built. Values are set by their place, in any order; all count from 1. Not for several threads.</summary>
public sealed class Hl7SegmentBuilder
{
    private readonly SortedDictionary<(int Field, int Repetition, int Component, int Subcomponent), string?> _values = [];

    internal Hl7SegmentBuilder(string name, int ordinal)
    {
        Name = name;
        Ordinal = ordinal;
    }

    /// <summary>e.g. <c>PID</c>.</summary>
    public string Name { get; }

    /// <summary>Which of the segments of this name in the message, from 1.</summary>
    public int Ordinal { get; }

    /// <summary>What was set, in the order it is written; null is HL7 null.</summary>
    internal IReadOnlyDictionary<(int Field, int Repetition, int Component, int Subcomponent), string?> Values => _values;

    /// <summary>Sets a text. Delimiters in it are escaped when the message is written; an empty text sets nothing.</summary>
    /// <returns>This segment.</returns>
    public Hl7SegmentBuilder Set(int field, string text, int repetition = 1, int component = 1, int subcomponent = 1)
    {
        if (text.Length > 0)
        {
            _values[KeyOf(field, repetition, component, subcomponent)] = text;
        }

        return this;
    }

    /// <summary>Sets HL7 null, two double quotes: the receiver is to delete what it has. HL7 v2.5.1 §2.5.3.</summary>
    /// <returns>This segment.</returns>
    public Hl7SegmentBuilder SetNull(int field, int repetition = 1, int component = 1)
    {
        _values[KeyOf(field, repetition, component, 1)] = null;
        return this;
    }

    private (int, int, int, int) KeyOf(int field, int repetition, int component, int subcomponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, Hl7SegmentName.IsHeader(Hl7SegmentName.KeyOf(Name)) ? 3 : 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetition, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(component, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(subcomponent, 1);
        return (field, repetition, component, subcomponent);
    }
}
