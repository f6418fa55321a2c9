using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>What HL7 destinations log. Control ids only, never content of a message.</summary>
internal static partial class OutboundLog
{
    [LoggerMessage(1201, LogLevel.Warning, "Destination {Destination}: {Code} for message '{ControlId}' answers no message that waits for it, perhaps too late; it was ignored.")]
    public static partial void UnexpectedAck(ILogger logger, string destination, AcknowledgmentCode code, string controlId);
}
