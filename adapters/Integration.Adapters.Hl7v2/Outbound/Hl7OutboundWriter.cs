using System.Globalization;
using Integration.Core.Mapping.Outbound;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>Puts the header before a mapped message and writes it for one receiver. HL7 v2.5.1 §2.15.9 (MSH).</summary>
internal static class Hl7OutboundWriter
{
    /// <param name="controlId">MSH-10, at most 20 characters.</param>
    /// <param name="created">MSH-7.</param>
    public static Hl7WrittenMessage Write(OutboundMessage message, Hl7DestinationOptions options, string controlId, DateTimeOffset created)
    {
        var builder = new Hl7MessageBuilder();
        var header = builder.Add("MSH")
            .Set(3, options.SendingApplication).Set(4, options.SendingFacility).Set(5, options.ReceivingApplication).Set(6, options.ReceivingFacility)
            .Set(7, Stamp(TimeZoneInfo.ConvertTime(created, options.TimeZone))).Set(10, controlId).Set(11, options.ProcessingId).Set(12, options.Version)
            .Set(18, options.Charset.Declared);
        foreach (var (part, text) in message.MessageType.Split('^').Index())
        {
            header.Set(9, text, component: part + 1);
        }

        if (options.Acknowledgement != Hl7AcknowledgementMode.Original)
        {
            header.Set(15, "AL").Set(16, options.Acknowledgement == Hl7AcknowledgementMode.Commit ? "NE" : "AL");
        }

        foreach (var mapped in message.Segments)
        {
            var segment = builder.Add(mapped.Name);
            foreach (var value in mapped.Values)
            {
                _ = value.Text is { } text
                    ? segment.Set(value.Field, text, value.Repetition, value.Component, value.Subcomponent)
                    : segment.SetNull(value.Field, value.Repetition, value.Component);
            }
        }

        return builder.Write(options.Charset);
    }

    private static string Stamp(DateTimeOffset time) =>
        time.ToString("yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
}
