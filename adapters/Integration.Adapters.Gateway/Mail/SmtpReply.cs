using System.Text.RegularExpressions;

namespace Integration.Adapters.Gateway.Mail;

/// <summary>What a mail server answered (RFC 5321 §4.2).</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Lines">Its words without the code. They may name the patient's address, so that they are shown to nobody.</param>
internal sealed partial record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>Code, and enhanced status code (RFC 3463) where it has one: what may be shown.</summary>
    public string Shown => Lines.Count > 0 && Enhanced().Match(Lines[0]) is { Success: true } match ? $"SMTP {Code} {match.Value}" : $"SMTP {Code}";

    public bool IsPositive => Code is >= 200 and < 400;

    public bool IsTransient => Code is >= 400 and < 500;

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}(?= |$)")]
    private static partial Regex Enhanced();
}
