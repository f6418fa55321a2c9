using System.Globalization;
using System.Text;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// What intake and the acknowledgement need of a message, read from MSH and the first PID alone. HL7 v2.5.1 §2.15.9.
/// Texts named "as sent" keep their escape sequences and delimiters.
/// </summary>
/// <remarks>Immutable, safe for many threads.</remarks>
public sealed record Hl7Header
{
    /// <summary>Longest control id and sender that are taken; the standard allows 199 (v2.7) or fewer.</summary>
    public const int MaxIdCharacters = 199;

    /// <summary>What the message declares; the standard ones when it is unreadable.</summary>
    public Hl7Delimiters Delimiters { get; private init; } = Hl7Delimiters.Standard;

    /// <summary>What the header was read as.</summary>
    public SourceCharset Charset { get; private init; } = SourceCharset.Utf8;

    /// <summary>MSH-9.1 and MSH-9.2 as <c>ADT^A01</c>, whatever the delimiters; empty when unreadable.</summary>
    public string MessageType { get; private init; } = "";

    /// <summary>MSH-9.2, e.g. <c>A01</c>; empty when absent.</summary>
    public string TriggerEvent { get; private init; } = "";

    /// <summary>MSH-10; empty when absent.</summary>
    public string ControlId { get; private init; } = "";

    /// <summary>First components of MSH-3 and MSH-4, e.g. <c>HIS|EAST</c>; empty when both are absent.</summary>
    public string Sender { get; private init; } = "";

    /// <summary>MSH-13, the message's number in the sender's count (HL7 v2.5.1 §2.10.1); null when absent or no whole number.</summary>
    public long? SequenceNumber { get; private init; }

    /// <summary>
    /// Lane key <c>authority|id</c>: CX.4 and CX.1 of the first PID-3, else of PID-2. Where CX.4 is empty the feed's assigning authority.
    /// Empty when the message has neither.
    /// </summary>
    public string PatientKey { get; private init; } = "";

    /// <summary>MSH-3 to MSH-6, MSH-10 to MSH-12, MSH-15, MSH-16 and MSH-18 as sent; empty texts where absent.</summary>
    internal Hl7HeaderEcho Echo { get; private init; } = new();

    /// <summary>Empty when the header can be read; else at least one Error, and the message must not be processed.</summary>
    public IReadOnlyList<MessageIssue> Issues { get; private init; } = [];

    /// <summary>Reads the header. Never throws for any bytes.</summary>
    /// <param name="raw">One message without framing.</param>
    public static Hl7Header Read(ReadOnlyMemory<byte> raw, string feed, Hl7ReadingOptions options)
    {
        var issues = new Hl7IssueCollector();
        if (!Hl7Envelope.TryRead(raw, options.CharsetAliases, ref issues, out var envelope))
        {
            return new() { Issues = issues.ToList() };
        }

        var header = Segment(envelope, envelope.Header, Hl7SegmentName.Msh, feed, options, ref issues, out var charset);
        if (header is null)
        {
            // Read byte for byte, so that the refusal names the control id and repeats the fields as they came.
            charset = SourceCharset.Latin1;
            header = charset.TryDecode(envelope.Header, out var utf8, out _)
                ? new Hl7Segment(utf8, new(envelope.Delimiters, charset, options.TimeZone), Hl7SegmentName.Msh, 1)
                : throw new InvalidOperationException("Latin-1 decodes every byte.");
        }

        var messageCode = header.Text(9, 1, 1, 0) ?? "";
        var trigger = header.Text(9, 1, 2, 0) ?? "";
        var controlId = header.Text(10, 1, 1, 0) ?? "";
        var sender = $"{header.Text(3, 1, 1, 0)}|{header.Text(4, 1, 1, 0)}";
        Check(messageCode, controlId, sender, trigger, ref issues);
        return new()
        {
            Delimiters = envelope.Delimiters,
            Charset = charset,
            MessageType = Shorten(trigger.Length == 0 ? messageCode : $"{messageCode}^{trigger}"),
            TriggerEvent = Shorten(trigger),
            ControlId = Shorten(controlId),
            SequenceNumber = long.TryParse(header.Text(13, 1, 1, 0), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            Sender = sender.Length == 1 ? "" : Shorten(sender),
            PatientKey = Shorten(FindPatientKey(envelope, feed, options)),
            Echo = Hl7HeaderEcho.Of(header),
            Issues = issues.HasError ? issues.ToList() : [],
        };
    }

    private static void Check(string messageCode, string controlId, string sender, string trigger, ref Hl7IssueCollector issues)
    {
        if (messageCode.Length == 0)
        {
            issues.Add(Unreadable("MSH-9", "The message type is missing. The sender must fill MSH-9, e.g. ADT^A01."));
        }

        CheckLength(messageCode.Length + trigger.Length, "MSH-9", ref issues);
        CheckLength(controlId.Length, "MSH-10", ref issues);
        CheckLength(sender.Length, "MSH-3", ref issues);
    }

    private static void CheckLength(int length, string place, ref Hl7IssueCollector issues)
    {
        if (length > MaxIdCharacters)
        {
            issues.Add(Unreadable(place, $"{place} is longer than {MaxIdCharacters} characters. Check that the sender separates its fields."));
        }
    }

    private static MessageIssue Unreadable(string place, string text) => MessageIssue.Error(IntegrationErrorCode.HeaderUnreadable, place, text);

    private static string Shorten(string text) => text.Length <= MaxIdCharacters ? text : text[..MaxIdCharacters];

    private static string FindPatientKey(in Hl7Envelope envelope, string feed, Hl7ReadingOptions options)
    {
        var line = FindLine(envelope.Body, envelope.Delimiters.Field);
        if (line.IsEmpty)
        {
            return "";
        }

        // Issues of PID are the parser's to report, with the whole message at hand.
        var unreported = new Hl7IssueCollector();
        var patient = Segment(envelope, line, Hl7SegmentName.KeyOf("PID"u8), feed, options, ref unreported, out _);
        if (patient is null)
        {
            return "";
        }

        foreach (var field in (ReadOnlySpan<int>)[3, 2])
        {
            if (patient.Text(field, 1, 1, 0) is { Length: > 0 } id)
            {
                var authority = patient.Text(field, 1, 4, 1);
                authority = string.IsNullOrEmpty(authority) ? patient.Text(field, 1, 4, 2) : authority;
                return $"{(string.IsNullOrEmpty(authority) ? options.AssigningAuthority ?? feed : authority)}|{id}";
            }
        }

        return "";
    }

    /// <summary>The first PID segment; empty when there is none. Safe before decoding, since no GB18030 character holds CR or LF.</summary>
    private static ReadOnlyMemory<byte> FindLine(ReadOnlyMemory<byte> body, byte separator)
    {
        ReadOnlySpan<byte> start = [(byte)'P', (byte)'I', (byte)'D', separator];
        var bytes = body.Span;
        var from = 0;
        while (bytes[from..].IndexOf(start) is >= 0 and var at)
        {
            from += at;
            if (from > 0 && bytes[from - 1] is (byte)'\r' or (byte)'\n')
            {
                var length = bytes[from..].IndexOfAny((byte)'\r', (byte)'\n');
                return length < 0 ? body[from..] : body.Slice(from, length);
            }

            from += start.Length;
        }

        return default;
    }

    private static Hl7Segment? Segment(
        in Hl7Envelope envelope, ReadOnlyMemory<byte> line, int key, string feed, Hl7ReadingOptions options, ref Hl7IssueCollector issues,
        out SourceCharset charset)
    {
        var utf8 = Hl7Decoder.Decode(line, envelope, feed, options, ref issues, out charset);
        return utf8 is null ? null : new Hl7Segment(utf8.Value, new(envelope.Delimiters, charset, options.TimeZone), key, 1);
    }
}

/// <summary>Fields of a header that its acknowledgement repeats, as sent.</summary>
internal sealed record Hl7HeaderEcho(
    string SendingApplication = "", string SendingFacility = "", string ReceivingApplication = "", string ReceivingFacility = "",
    string ControlId = "", string ProcessingId = "", string Version = "", string AcceptAcknowledgment = "",
    string ApplicationAcknowledgment = "", string CharacterSet = "")
{
    /// <summary>What is longer is a defect of the sender, and not repeated.</summary>
    private const int MaxBytes = 1024;

    public static Hl7HeaderEcho Of(Hl7Segment header) => new(
        Field(header, 3), Field(header, 4), Field(header, 5), Field(header, 6), Field(header, 10), Field(header, 11), Field(header, 12),
        Field(header, 15), Field(header, 16), Field(header, 18));

    private static string Field(Hl7Segment header, int field)
    {
        var value = header.Value(field, 1, 0, 0);
        return value.Length > MaxBytes ? "" : Encoding.UTF8.GetString(value);
    }
}
