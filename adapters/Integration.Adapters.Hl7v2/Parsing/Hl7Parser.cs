using Integration.Adapters.Shared.Text;
using Integration.Core.Parsing;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Reads HL7 v2.1 to v2.9 in the vertical-bar encoding (HL7 v2.5.1 §2.5). Segments end in CR, LF or both. Segments may be unknown and in
/// any order; all are kept. Bytes that are ASCII or UTF-8 are neither copied nor decoded until a value is read.
/// </summary>
/// <param name="optionsOf">Settings of a feed by its name; called for every message, so it should answer from memory.</param>
public sealed class Hl7Parser(Func<string, Hl7ReadingOptions> optionsOf) : IMessageParser
{
    /// <summary>Value of <see cref="Format"/>.</summary>
    public const string FormatName = "hl7v2";

    private volatile Hl7Dialect? _lastDialect;

    /// <summary>Every feed with default settings.</summary>
    public Hl7Parser()
        : this(_ => Hl7ReadingOptions.Default)
    {
    }

    public string Format => FormatName;

    public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed)
    {
        var options = optionsOf(feed);
        var issues = new Hl7IssueCollector();
        if (!Hl7Envelope.TryRead(raw, options.CharsetAliases, ref issues, out var envelope)
            || Hl7Decoder.Decode(envelope.Body, envelope, feed, options, ref issues, out var charset) is not { } utf8)
        {
            return new(null, issues.ToList());
        }

        var starts = Hl7Lines.Split(utf8.Span, envelope.Delimiters.Field, ref issues);
        var message = new Hl7Message(utf8, DialectOf(envelope.Delimiters, charset, options.TimeZone), starts);
        message.ReportUnknownEscapes(ref issues);
        return new(issues.HasError ? null : message, issues.ToList());
    }

    public string Display(ReadOnlyMemory<byte> raw, string feed)
    {
        var options = optionsOf(feed) with { CharsetMismatch = Hl7CharsetMismatch.Repair };
        var issues = new Hl7IssueCollector();
        var charset = SourceCharset.Utf8;
        var body = raw;
        if (Hl7Envelope.TryRead(raw, options.CharsetAliases, ref issues, out var envelope))
        {
            var utf8 = Hl7Decoder.Decode(envelope.Body, envelope, feed, options, ref issues, out charset);
            if (utf8?.Length >= Hl7Attachment.LeastBytes)
            {
                var starts = Hl7Lines.Split(utf8.Value.Span, envelope.Delimiters.Field, ref issues);
                var message = new Hl7Message(utf8.Value, DialectOf(envelope.Delimiters, charset, options.TimeZone), starts);
                return string.Concat(message.Segments.Select(segment => segment.Display() + "\n"));
            }

            body = utf8 ?? envelope.Body;
            charset = utf8 is null ? charset : SourceCharset.Utf8;
        }

        return charset.DecodeForDisplay(body.Span).ReplaceLineEndings("\n");
    }

    /// <summary>Nearly all messages of a machine are of one dialect, so the last one is kept.</summary>
    private Hl7Dialect DialectOf(in Hl7Delimiters delimiters, SourceCharset charset, TimeZoneInfo zone)
    {
        var last = _lastDialect;
        if (last is null || last.Charset != charset || last.Zone != zone || last.Delimiters != delimiters)
        {
            _lastDialect = last = new(delimiters, charset, zone);
        }

        return last;
    }
}
