using System.Globalization;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Hl7v2;

/// <summary>
/// Writes acknowledgements in original mode (HL7 v2.5.1 §2.9.2): delimiters, version, processing id and character set of the message,
/// sender and receiver swapped, MSA-2 whenever the control id is known, one ERR for each issue of a refusal.
/// </summary>
internal static class Hl7AckBuilder
{
    private const string DefaultVersion = "2.5.1";

    /// <summary>What intake did with a message, as its answer.</summary>
    /// <param name="now">For MSH-7, in the zone it is to be shown in.</param>
    /// <param name="ackControlId">MSH-10 of the answer, at most 20 characters.</param>
    public static byte[] Build(Hl7Header header, IntakeResult result, DateTimeOffset now, string ackControlId) => result switch
    {
        IntakeResult.Accepted or IntakeResult.Duplicate => Build(header, AcknowledgmentCode.AA, [], now, ackControlId),
        IntakeResult.Quarantined quarantined => Build(header, AcknowledgmentCode.AR, quarantined.Issues, now, ackControlId),
        IntakeResult.Refused refused => Build(
            header, AcknowledgmentCode.AR,
            [MessageIssue.Error(IntegrationErrorCode.StoreUnavailable, "", $"{refused.Reason} The message was not stored; send it again.")],
            now, ackControlId),
        _ => throw new InvalidOperationException($"Intake answered {result.GetType().Name}, for which there is no acknowledgement."),
    };

    /// <inheritdoc cref="Build(Hl7Header, IntakeResult, DateTimeOffset, string)"/>
    public static byte[] Build(
        Hl7Header header, AcknowledgmentCode code, IReadOnlyList<MessageIssue> issues, DateTimeOffset now, string ackControlId)
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
        if (echo.CharacterSet.Length > 0)
        {
            Append("", "", "", "", "", echo.CharacterSet);
        }

        text.Append("\rMSA");
        Append(code.ToString(), echo.ControlId);
        if (issues.Count > 0)
        {
            Append(Hl7EscapeSequences.Encode(issues[0].Text, delimiters));
        }

        text.Append('\r');
        foreach (var issue in issues)
        {
            text.Append("ERR");
            Append(ErrorFields(issue, version, component, delimiters));
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

    private static string EncodingCharacters(in Hl7Delimiters delimiters)
    {
        ReadOnlySpan<byte> all =
            [delimiters.Component, delimiters.Repetition, delimiters.Escape, delimiters.Subcomponent, delimiters.Truncation];
        var unused = all.IndexOf(Hl7Delimiters.None);
        return Encoding.Latin1.GetString(unused < 0 ? all : all[..unused]);
    }

    /// <summary>The ERR segment in the shape of its version: location and code together in ERR-1 before v2.5, apart from it on.</summary>
    private static string[] ErrorFields(MessageIssue issue, string version, char component, in Hl7Delimiters delimiters)
    {
        var (number, title) = ConditionOf(issue);
        var code = string.Join(component, number, title, "HL70357");
        var location = Hl7Path.TryParse(issue.Place, out var path) ? $"{path.Segment}{component}{path.Ordinal}{component}{path.Field}" : "";
        if (string.CompareOrdinal(version, "2.5") >= 0)
        {
            return ["", location, code, "E", "", "", $"{(int)issue.Code}", Hl7EscapeSequences.Encode(issue.Text, delimiters)];
        }

        var subcomponent = delimiters.Subcomponent == Hl7Delimiters.None ? '&' : (char)delimiters.Subcomponent;
        var prefix = location.Length == 0 ? new string(component, 3) : location + component;
        return [prefix + code.Replace(component, subcomponent)];
    }

    /// <summary>HL7 table 0357, message error condition codes.</summary>
    private static (string Number, string Title) ConditionOf(MessageIssue issue) => issue.Code switch
    {
        IntegrationErrorCode.NotHl7 => ("100", "Segment sequence error"),
        IntegrationErrorCode.HeaderUnreadable when issue.Place == "MSH-9" => ("101", "Required field missing"),
        IntegrationErrorCode.HeaderUnreadable or IntegrationErrorCode.DelimitersInvalid or IntegrationErrorCode.CharsetMismatch =>
            ("102", "Data type error"),
        IntegrationErrorCode.CharsetUnknown => ("103", "Table value not found"),
        _ => ("207", "Application internal error"),
    };
}
