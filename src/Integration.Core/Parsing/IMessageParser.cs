using Integration.Core.Diagnostics;

namespace Integration.Core.Parsing;

/// <summary>Turns journaled bytes into a source document. One per format; no state, safe for many threads.</summary>
public interface IMessageParser
{
    /// <summary>e.g. <c>hl7v2</c>.</summary>
    string Format { get; }

    /// <summary>Reads everything that can be read. Never throws for any bytes; time is linear in their number.</summary>
    /// <param name="raw">One message without framing.</param>
    /// <param name="feed">Name of the feed, whose settings may override charset and the like.</param>
    ParseResult Parse(ReadOnlyMemory<byte> raw, string feed);

    /// <summary>The message as a person reads it, decoded; what cannot be decoded is shown as U+FFFD. For the console and <c>map</c>.</summary>
    string Display(ReadOnlyMemory<byte> raw, string feed);
}

/// <summary>All that parsing found.</summary>
/// <param name="Document">Null when an issue of severity Error made reading impossible.</param>
/// <param name="Issues">Every issue, not just the first.</param>
public readonly record struct ParseResult(ISourceDocument? Document, IReadOnlyList<MessageIssue> Issues);
