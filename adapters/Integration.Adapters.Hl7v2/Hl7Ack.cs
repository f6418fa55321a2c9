using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Adapters.Hl7v2;

/// <summary>A received acknowledgement.</summary>
/// <param name="ControlId">MSA-2: MSH-10 of the message it answers; empty when absent.</param>
/// <param name="Text">MSA-3, else ERR-8 or ERR-7 of the first ERR; empty when there is none.</param>
public sealed record Hl7Ack(AcknowledgmentCode Code, string ControlId, string Text)
{
    /// <summary>AA or CA: the receiver has it.</summary>
    public bool IsAccepted => Code is AcknowledgmentCode.AA or AcknowledgmentCode.CA;

    /// <param name="raw">One message without framing.</param>
    /// <returns>With <see cref="AcknowledgmentCode.Unknown"/> when it is no acknowledgement.</returns>
    internal static Hl7Ack Read(ReadOnlyMemory<byte> raw, Hl7Parser parser)
    {
        var message = parser.Parse(raw, "").Document as Hl7Message;
        var acknowledgment = message?.Segment("MSA");
        if (message is null || acknowledgment is null)
        {
            return new(AcknowledgmentCode.Unknown, "", "The answer is no HL7 acknowledgement.");
        }

        var code = acknowledgment.Text(1, 1, 1, 0) switch
        {
            "AA" => AcknowledgmentCode.AA,
            "AE" => AcknowledgmentCode.AE,
            "AR" => AcknowledgmentCode.AR,
            "CA" => AcknowledgmentCode.CA,
            "CE" => AcknowledgmentCode.CE,
            "CR" => AcknowledgmentCode.CR,
            _ => AcknowledgmentCode.Unknown,
        };
        var text = acknowledgment.Text(3, 1, 0, 0) ?? message["ERR-8"] ?? message["ERR-7"] ?? "";
        return new(code, acknowledgment.Text(2, 1, 1, 0) ?? "", text);
    }
}
