using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Intake;

namespace Integration.Adapters.Hl7v2;

/// <summary>When a sender wants one kind of acknowledgement. HL7 table 0155.</summary>
internal enum AcknowledgmentCondition
{
    /// <summary>AL: always.</summary>
    Always,

    /// <summary>NE: never.</summary>
    Never,

    /// <summary>ER: on error or reject only.</summary>
    ErrorOrReject,

    /// <summary>SU: on success only.</summary>
    Success,
}

/// <summary>
/// Which acknowledgements a message asks for, by MSH-15 and MSH-16. HL7 v2.5.1 §2.9.2 (original mode) and §2.9.3 (enhanced mode).
/// </summary>
/// <param name="IsEnhanced">False: one answer AA, AE or AR, once the message is durable; the conditions do not count.</param>
/// <param name="Accept">MSH-15: CA, CE or CR once the message is durable or refused.</param>
/// <param name="Application">MSH-16: AA, AE or AR once the message is processed.</param>
internal readonly record struct Hl7AckRequest(bool IsEnhanced, AcknowledgmentCondition Accept, AcknowledgmentCondition Application)
{
    public static Hl7AckRequest Original => new(false, AcknowledgmentCondition.Always, AcknowledgmentCondition.Never);

    /// <summary>Somebody waits for the end of the message.</summary>
    public bool WantsApplication => IsEnhanced && Application != AcknowledgmentCondition.Never;

    /// <summary>
    /// Both fields empty is original mode; one of them empty counts as NE. A value that the table does not know counts as AL: an answer
    /// that nobody waits for does less harm than none.
    /// </summary>
    public static Hl7AckRequest Of(Hl7Header header)
    {
        var (accept, application) = (header.Echo.AcceptAcknowledgment, header.Echo.ApplicationAcknowledgment);
        return accept.Length == 0 && application.Length == 0 ? Original : new(true, ConditionOf(accept), ConditionOf(application));
    }

    /// <summary>
    /// The answer to be sent at once; null for none. A message that was not taken is never processed: where no accept acknowledgement is
    /// wanted for it, the sender that waits for the application hears of it here.
    /// </summary>
    public AcknowledgmentCode? OnIntake(IntakeResult result)
    {
        var isTaken = result is IntakeResult.Accepted or IntakeResult.Duplicate;
        if (!IsEnhanced)
        {
            return isTaken ? AcknowledgmentCode.AA : AcknowledgmentCode.AR;
        }

        if (Wants(Accept, isTaken))
        {
            // CR: it will not be accepted as it is. CE: it cannot be committed now.
            return isTaken ? AcknowledgmentCode.CA : result is IntakeResult.Quarantined ? AcknowledgmentCode.CR : AcknowledgmentCode.CE;
        }

        return !isTaken && Wants(Application, succeeded: false) ? AcknowledgmentCode.AR : null;
    }

    /// <summary>The answer to be sent when the message is finished; null for none.</summary>
    public AcknowledgmentCode? OnFinished(MessageState state)
    {
        var code = state switch
        {
            MessageState.Done => AcknowledgmentCode.AA,
            MessageState.Filtered => AcknowledgmentCode.AR,
            MessageState.Failed => AcknowledgmentCode.AE,
            _ => AcknowledgmentCode.Unknown,
        };
        return WantsApplication && code != AcknowledgmentCode.Unknown && Wants(Application, code == AcknowledgmentCode.AA) ? code : null;
    }

    private static bool Wants(AcknowledgmentCondition condition, bool succeeded) => condition switch
    {
        AcknowledgmentCondition.Always => true,
        AcknowledgmentCondition.ErrorOrReject => !succeeded,
        AcknowledgmentCondition.Success => succeeded,
        _ => false,
    };

    private static AcknowledgmentCondition ConditionOf(string value) => value.Trim().ToUpperInvariant() switch
    {
        "" or "NE" => AcknowledgmentCondition.Never,
        "ER" => AcknowledgmentCondition.ErrorOrReject,
        "SU" => AcknowledgmentCondition.Success,
        _ => AcknowledgmentCondition.Always,
    };
}
