using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Hl7v2;

/// <summary>Reads the header of HL7 v2 bytes that an operator put in the place of a message.</summary>
/// <param name="optionsOf">Settings of a feed by its name.</param>
internal sealed class Hl7HeaderReader(Func<string, Hl7ReadingOptions> optionsOf) : IHeaderReader
{
    public string Format => Hl7Parser.FormatName;

    public InboundMessage Read(ReadOnlyMemory<byte> raw, string feed) => MessageOf(feed, raw, Hl7Header.Read(raw, feed, optionsOf(feed)));

    public byte[]? Encode(string text, string feed, out MessageIssue? issue)
    {
        var message = text.Trim('\uFEFF', '\r', '\n', ' ').ReplaceLineEndings("\r") + "\r";
        var options = optionsOf(feed);
        var issues = new Hl7IssueCollector();
        var utf8 = Encoding.UTF8.GetBytes(message);
        if (!Hl7Envelope.TryRead(utf8, options.CharsetAliases, ref issues, out var envelope))
        {
            issue = issues.ToList()[0];
            return null;
        }

        var charset = options.Charset ?? options.CharsetAliases.Find(envelope.DeclaredCharset.Span) ?? options.DefaultCharset ?? SourceCharset.Utf8;
        var lacking = message.IndexOf('\uFFFD');
        var bytes = lacking < 0 ? charset.TryEncode(message, out lacking) : null;
        issue = bytes is not null ? null : MessageIssue.Error(
            IntegrationErrorCode.CharacterNotInCharset, PlaceOf(message, lacking, (char)envelope.Delimiters.Field),
            message[lacking] == '\uFFFD'
                ? "The character \uFFFD stands for bytes that could not be read. Write what is meant in its place."
                : $"A character here is not in {charset}, the character set of the message. Write MSH-18 as UNICODE UTF-8, or use another character.");
        return bytes;
    }

    /// <summary>Segment and field of a character.</summary>
    private static string PlaceOf(string message, int index, char separator)
    {
        var start = message.LastIndexOf('\r', index) + 1;
        var line = message.AsSpan(start, index - start);
        return line.Length < 3 ? "" : $"{line[..3]}-{line.Count(separator) + (line.StartsWith("MSH") ? 1 : 0)}";
    }

    /// <summary>What intake needs, out of a header that was read.</summary>
    public static InboundMessage MessageOf(string feed, ReadOnlyMemory<byte> raw, Hl7Header header) =>
        new(feed, Hl7Parser.FormatName, raw)
        {
            MessageType = header.MessageType,
            ControlId = header.ControlId,
            Sender = header.Sender,
            SequenceNumber = header.SequenceNumber,
            PatientKey = header.PatientKey,
            HeaderIssues = header.Issues,
        };
}
