using System.Runtime.InteropServices;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Reads HL7 v2.1 to v2.8 in the vertical-bar encoding (HL7 v2.5.1 §2.5). Segments end in CR, LF or both. Segments may be unknown and in
/// any order; all are kept. Bytes that are ASCII or UTF-8 are neither copied nor decoded until a value is read.
/// </summary>
/// <param name="optionsOf">Settings of a feed by its name; called for every message, so it should answer from memory.</param>
public sealed class Hl7Parser(Func<string, Hl7ReadingOptions> optionsOf) : IMessageParser
{
    /// <summary>Value of <see cref="Format"/>.</summary>
    public const string FormatName = "hl7v2";

    /// <summary>Above this many segments their ordinals are counted in a table rather than by looking back.</summary>
    private const int FewSegments = 24;

    /// <summary>Every feed with default settings.</summary>
    public Hl7Parser()
        : this(_ => Hl7ReadingOptions.Default)
    {
    }

    public string Format => FormatName;

    public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed)
    {
        var issues = new Hl7IssueCollector();
        if (!Hl7Envelope.TryRead(raw, issues, out var envelope))
        {
            return new(null, issues.ToList());
        }

        var options = optionsOf(feed);
        var utf8 = Hl7Decoder.Decode(
            envelope.Body, envelope.DeclaredCharset, envelope.Delimiters, feed, options, issues, out var charset);
        if (utf8 is null)
        {
            return new(null, issues.ToList());
        }

        var text = new Hl7Text(utf8.Value, envelope.Delimiters, charset);
        var segments = Split(text, issues);
        CheckEscapes(text, segments, issues);
        var found = issues.ToList();
        var isReadable = !issues.HasError;
        return new(isReadable ? new Hl7Message(text, segments, options.TimeZone) : null, found);
    }

    public string Display(ReadOnlyMemory<byte> raw, string feed)
    {
        var issues = new Hl7IssueCollector();
        var charset = Hl7Charset.Utf8;
        var body = raw;
        if (Hl7Envelope.TryRead(raw, issues, out var envelope))
        {
            var utf8 = Hl7Decoder.Decode(
                envelope.Body, envelope.DeclaredCharset, envelope.Delimiters, feed, optionsOf(feed), issues, out charset);
            body = utf8 ?? envelope.Body;
            charset = utf8 is null ? charset : Hl7Charset.Utf8;
        }

        return charset.DecodeForDisplay(body.Span).ReplaceLineEndings("\n");
    }

    private static Hl7Segment[] Split(Hl7Text text, Hl7IssueCollector issues)
    {
        var bytes = text.Utf8.Span;
        var segments = new List<Hl7Segment>(16);
        Dictionary<int, int>? ordinals = null;
        var start = 0;
        while (start < bytes.Length)
        {
            var length = bytes[start..].IndexOfAny((byte)'\r', (byte)'\n');
            length = length < 0 ? bytes.Length - start : length;
            if (length > 0 && !IsBlank(bytes.Slice(start, length)))
            {
                var key = KeyOf(bytes.Slice(start, length), text.Delimiters.Field);
                var ordinal = segments.Count < FewSegments ? LookBack(segments, key) : CountUp(ref ordinals, segments, key);
                segments.Add(new Hl7Segment(text, start, length, key, ordinal));
                CheckName(key, ordinal, segments.Count, issues);
            }

            start += length + 1;
        }

        return [.. segments];
    }

    private static int KeyOf(ReadOnlySpan<byte> line, byte separator) =>
        line.Length >= 3 && (line.Length == 3 || line[3] == separator) && Hl7SegmentName.IsValid(line[..3]) ? Hl7SegmentName.KeyOf(line) : 0;

    private static bool IsBlank(ReadOnlySpan<byte> line) => line[0] <= ' ' && line.Trim("\t "u8).IsEmpty;

    private static void CheckName(int key, int ordinal, int line, Hl7IssueCollector issues)
    {
        if (key == 0)
        {
            issues.Add(MessageIssue.Warning(
                IntegrationErrorCode.SegmentNameInvalid, $"{Hl7SegmentName.Invalid}[{ordinal}]",
                $"Line {line} does not begin with a segment name. Perhaps a text of the line before it holds a line break, which must be sent as \\.br\\."));
        }
        else if (ordinal == 2 && key == Hl7SegmentName.Msh)
        {
            issues.Add(MessageIssue.Error(
                IntegrationErrorCode.NotHl7, "MSH[2]", "It holds more than one message. Send each in a frame of its own."));
        }
    }

    private static int LookBack(List<Hl7Segment> segments, int key)
    {
        for (var i = segments.Count - 1; i >= 0; i--)
        {
            if (segments[i].Key == key)
            {
                return segments[i].Ordinal + 1;
            }
        }

        return 1;
    }

    private static int CountUp(ref Dictionary<int, int>? ordinals, List<Hl7Segment> segments, int key)
    {
        if (ordinals is null)
        {
            ordinals = [];
            foreach (var segment in segments)
            {
                ordinals[segment.Key] = segment.Ordinal;
            }
        }

        ref var ordinal = ref CollectionsMarshal.GetValueRefOrAddDefault(ordinals, key, out _);
        return ++ordinal;
    }

    private static void CheckEscapes(Hl7Text text, Hl7Segment[] segments, Hl7IssueCollector issues)
    {
        // Most messages have no escape character behind MSH-2 (the longest header up to there is MSH|^~\&#).
        var bytes = text.Utf8.Span;
        if (!bytes[Math.Min(9, bytes.Length)..].Contains(text.Delimiters.Escape))
        {
            return;
        }

        foreach (var segment in segments)
        {
            segment.ReportUnknownEscapes(issues);
        }
    }
}
