using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Intake;

namespace Integration.Adapters.Hl7v2;

/// <summary>Reads the header of HL7 v2 bytes that an operator put in the place of a message.</summary>
/// <param name="optionsOf">Settings of a feed by its name.</param>
internal sealed class Hl7HeaderReader(Func<string, Hl7ReadingOptions> optionsOf) : IHeaderReader
{
    public string Format => Hl7Parser.FormatName;

    public InboundMessage Read(ReadOnlyMemory<byte> raw, string feed) => MessageOf(feed, raw, Hl7Header.Read(raw, feed, optionsOf(feed)));

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
