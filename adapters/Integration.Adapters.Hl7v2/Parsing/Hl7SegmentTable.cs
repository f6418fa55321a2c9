using System.Runtime.InteropServices;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>The segments of one message as objects, with the way from name and ordinal to each. Immutable.</summary>
internal sealed class Hl7SegmentTable
{
    /// <summary>Above this many, segments are found and counted by tables rather than by looking along.</summary>
    private const int Few = 32;

    private readonly Dictionary<(int Key, int Ordinal), Hl7Segment>? _byName;

    public Hl7SegmentTable(ReadOnlyMemory<byte> utf8, int[] starts, Hl7Dialect dialect)
    {
        Segments = new Hl7Segment[starts.Length];
        var ordinals = starts.Length > Few ? new Dictionary<int, int>() : null;
        _byName = starts.Length > Few ? new(starts.Length) : null;
        for (var i = 0; i < starts.Length; i++)
        {
            var start = starts[i] < 0 ? ~starts[i] : starts[i];
            var length = Hl7Lines.LengthOf(utf8.Span, start, Next(starts, i, utf8.Length));
            var key = starts[i] < 0 ? 0 : Hl7SegmentName.KeyOf(utf8.Span[start..]);
            var ordinal = ordinals is null ? LookBack(i, key) : ++CollectionsMarshal.GetValueRefOrAddDefault(ordinals, key, out _);
            Segments[i] = new Hl7Segment(utf8.Slice(start, length), dialect, key, ordinal);
            _byName?.Add((key, ordinal), Segments[i]);
        }
    }

    /// <summary>In the order sent.</summary>
    public Hl7Segment[] Segments { get; }

    /// <summary>Where the line behind line <paramref name="index"/> begins, or the end of the message.</summary>
    public static int Next(int[] starts, int index, int end) =>
        index + 1 == starts.Length ? end : starts[index + 1] < 0 ? ~starts[index + 1] : starts[index + 1];

    /// <summary>Null when there are not so many of that name.</summary>
    public Hl7Segment? Find(int key, int ordinal)
    {
        if (key == 0)
        {
            return null;
        }

        if (_byName is not null)
        {
            return _byName.GetValueOrDefault((key, ordinal));
        }

        foreach (var segment in Segments)
        {
            if (segment.Key == key && segment.Ordinal == ordinal)
            {
                return segment;
            }
        }

        return null;
    }

    private int LookBack(int index, int key)
    {
        for (var i = index - 1; i >= 0; i--)
        {
            if (Segments[i].Key == key)
            {
                return Segments[i].Ordinal + 1;
            }
        }

        return 1;
    }
}
