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
}
