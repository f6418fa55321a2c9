using Integration.Core.Diagnostics;

namespace Integration.Core.Intake;

/// <summary>Reads of a message what intake needs, for bytes that come by no adapter: corrections by an operator. One a format, safe for many threads.</summary>
public interface IHeaderReader
{
    /// <summary>e.g. <c>hl7v2</c>.</summary>
    string Format { get; }

    /// <summary>Never throws for any bytes; what cannot be read is in <see cref="InboundMessage.HeaderIssues"/>.</summary>
    /// <param name="raw">One message without framing.</param>
    /// <param name="feed">Name of the feed, whose settings may override charset and the like.</param>
    InboundMessage Read(ReadOnlyMemory<byte> raw, string feed);

    /// <summary>Turns a message that a person edited as text (see <see cref="Parsing.IMessageParser.Display"/>) into bytes, in the character set that it declares.</summary>
    /// <param name="text">Lines end as a browser or editor writes them.</param>
    /// <param name="issue">The character that cannot be written, or what keeps the text from being a message; null when there is none.</param>
    /// <returns>Null when there is an issue. Nothing is ever replaced.</returns>
    byte[]? Encode(string text, string feed, out MessageIssue? issue);
}
