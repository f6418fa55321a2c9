using System.Globalization;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Hl7v2;

/// <summary>
/// Writes acknowledgements (HL7 v2.5.1 §2.9, §2.13.1): delimiters, version, processing id and character set of the message, sender and
/// receiver swapped, MSA-2 whenever the control id is known, ERR for what is wrong.
/// </summary>
internal static class Hl7AckBuilder
{
    private const string DefaultVersion = "2.5.1";

    /// <summary>What intake did with a message, as the answer its sender asked for; null when it asked for none.</summary>
    /// <param name="now">For MSH-7, in the zone it is to be shown in.</param>
    /// <param name="ackControlId">MSH-10 of the answer, at most 20 characters.</param>
    public static byte[]? Build(Hl7Header header, Hl7AckRequest request, IntakeResult result, DateTimeOffset now, string ackControlId) =>
        request.OnIntake(result) is { } code ? Build(header, code, IssuesOf(result), now, ackControlId) : null;

    /// <summary>How a message ended, as the answer its sender asked for; null when it asked for none.</summary>
    /// <inheritdoc cref="Build(Hl7Header, Hl7AckRequest, IntakeResult, DateTimeOffset, string)"/>
    public static byte[]? Build(Hl7Header header, Hl7AckRequest request, JournaledMessage finished, DateTimeOffset now, string ackControlId) =>
        request.OnFinished(finished.State) is { } code
            ? Build(header, code, code == AcknowledgmentCode.AA ? [] : finished.Issues, now, ackControlId, isApplication: true)
            : null;

    /// <inheritdoc cref="Build(Hl7Header, Hl7AckRequest, IntakeResult, DateTimeOffset, string)"/>
    /// <param name="isApplication">The second answer of enhanced mode: it asks for no acknowledgement of itself.</param>
    public static byte[] Build(
        Hl7Header header, AcknowledgmentCode code, IReadOnlyList<MessageIssue> issues, DateTimeOffset now, string ackControlId,
        bool isApplication = false)
    {
        var delimiters = header.Delimiters;
        var field = (char)delimiters.Field;
        var component = delimiters.Component == Hl7Delimiters.None ? '^' : (char)delimiters.Component;
        var echo = header.Echo;
        var version = echo.Version.Length == 0 ? DefaultVersion : echo.Version;
        var type = header.TriggerEvent.Length == 0
            ? "ACK"
            : $"ACK{component}{Hl7EscapeSequences.Encode(header.TriggerEvent, delimiters)}{component}ACK";
        var text = new StringBuilder("MSH", 256).Append(field).Append(EncodingCharacters(delimiters));
        Append(echo.ReceivingApplication, echo.ReceivingFacility, echo.SendingApplication, echo.SendingFacility);
        Append(now.ToString("yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal));
        Append("", type, ackControlId, echo.ProcessingId.Length == 0 ? "P" : echo.ProcessingId, version);
        if (echo.CharacterSet.Length > 0 || isApplication)
        {
            Append("", "");
            Append(isApplication ? ["NE", "NE"] : ["", ""]);
        }

        if (echo.CharacterSet.Length > 0)
        {
            Append("", echo.CharacterSet);
        }

        text.Append("\rMSA");
        Append(code.ToString(), echo.ControlId);
        if (issues.OrderByDescending(i => i.Severity).FirstOrDefault() is { } worst)
        {
            Append(Hl7EscapeSequences.Encode(worst.Text, delimiters));
        }

        text.Append('\r');
        foreach (var fields in Hl7AckErrors.Segments(issues, version, delimiters))
        {
            text.Append("ERR");
            Append(fields);
            text.Append('\r');
        }

        return header.Charset.Encode(text.ToString());

        void Append(params ReadOnlySpan<string> fields)
        {
            foreach (var value in fields)
            {
                text.Append(field).Append(value);
            }
        }
    }

    private static IReadOnlyList<MessageIssue> IssuesOf(IntakeResult result) => result switch
    {
        IntakeResult.Quarantined quarantined => quarantined.Issues,
        IntakeResult.Refused refused =>
            [MessageIssue.Error(IntegrationErrorCode.StoreUnavailable, "", $"{refused.Reason} The message was not stored; send it again.")],
        _ => [],
    };

    private static string EncodingCharacters(in Hl7Delimiters delimiters)
    {
        ReadOnlySpan<byte> all =
            [delimiters.Component, delimiters.Repetition, delimiters.Escape, delimiters.Subcomponent, delimiters.Truncation];
        var unused = all.IndexOf(Hl7Delimiters.None);
        return Encoding.Latin1.GetString(unused < 0 ? all : all[..unused]);
    }
}
