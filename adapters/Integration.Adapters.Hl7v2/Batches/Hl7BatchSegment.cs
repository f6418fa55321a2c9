using System.Globalization;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>The four segments around messages. HL7 v2.5.1 §2.10.3.</summary>
internal enum Hl7BatchSegmentKind
{
    /// <summary>FHS, opens a file.</summary>
    FileHeader,

    /// <summary>BHS, opens a batch.</summary>
    BatchHeader,

    /// <summary>BTS, closes a batch and tells how many messages it holds.</summary>
    BatchTrailer,

    /// <summary>FTS, closes a file and tells how many batches it holds.</summary>
    FileTrailer,
}

/// <summary>FHS, BHS, BTS or FTS as it came. Read byte for byte: what is repeated of it in an answer is repeated as sent.</summary>
/// <remarks>Immutable, safe for many threads.</remarks>
internal sealed class Hl7BatchSegment
{
    private readonly string[] _fields;

    private Hl7BatchSegment(Hl7BatchSegmentKind kind, Hl7Delimiters delimiters, string[] fields)
    {
        Kind = kind;
        Delimiters = delimiters;
        _fields = fields;
    }

    public Hl7BatchSegmentKind Kind { get; }

    /// <summary>What a header declares; for a trailer those of the header before it, with the field separator that it uses itself.</summary>
    public Hl7Delimiters Delimiters { get; }

    /// <summary>BTS-1 or FTS-1; null when it is empty or no number.</summary>
    public long? DeclaredCount =>
        Kind is Hl7BatchSegmentKind.BatchTrailer or Hl7BatchSegmentKind.FileTrailer
        && long.TryParse(Field(1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : null;

    private bool IsHeader => Kind is Hl7BatchSegmentKind.FileHeader or Hl7BatchSegmentKind.BatchHeader;

    /// <summary>The kind of a line; null for any other line.</summary>
    /// <param name="line">From its segment name on; at least four bytes unless the line is shorter.</param>
    public static Hl7BatchSegmentKind? KindOf(ReadOnlySpan<byte> line)
    {
        Hl7BatchSegmentKind? kind = line.StartsWith("FHS"u8) ? Hl7BatchSegmentKind.FileHeader
            : line.StartsWith("BHS"u8) ? Hl7BatchSegmentKind.BatchHeader
            : line.StartsWith("BTS"u8) ? Hl7BatchSegmentKind.BatchTrailer
            : line.StartsWith("FTS"u8) ? Hl7BatchSegmentKind.FileTrailer
            : null;
        return kind is not null && Hl7BatchSplitter.EndsSegmentName(line) ? kind : null;
    }

    /// <param name="line">One line for which <see cref="KindOf"/> gives a kind, without line end.</param>
    /// <param name="before">Delimiters of the header before it.</param>
    public static Hl7BatchSegment Read(ReadOnlySpan<byte> line, Hl7Delimiters before)
    {
        var kind = KindOf(line) ?? throw new ArgumentException("The line is no segment around messages.", nameof(line));
        var delimiters = before;
        if (kind is Hl7BatchSegmentKind.FileHeader or Hl7BatchSegmentKind.BatchHeader && Hl7Delimiters.TryRead(line, out var declared, out _))
        {
            delimiters = declared;
        }

        delimiters = line.Length > 3 ? delimiters with { Field = line[3] } : delimiters;
        return new(kind, delimiters, Encoding.Latin1.GetString(line).Split((char)delimiters.Field));
    }

    /// <summary>A field as sent, one character a byte; empty when absent. Field 1 of a header is the field separator.</summary>
    /// <param name="number">From 1; in a header from 2.</param>
    public string Field(int number)
    {
        var index = IsHeader ? number - 1 : number;
        return index < _fields.Length ? _fields[index] : "";
    }
}
