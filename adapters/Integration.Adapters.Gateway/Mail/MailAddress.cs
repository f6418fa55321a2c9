using System.Globalization;

namespace Integration.Adapters.Gateway.Mail;

/// <summary>Mail addresses as they may stand in an SMTP command: nothing in them can end the command. Pure.</summary>
internal static class MailAddress
{
    // RFC 5321 §4.5.3.1.
    private const int LongestLocalPart = 64;
    private const int LongestDomain = 255;

    private const string AtomSigns = "!#$%&'*+-/=?^_`{|}~.";

    /// <summary>The address with its domain in ASCII; null: it is none, or its local part needs SMTPUTF8, which few servers take.</summary>
    public static string? Parse(string text)
    {
        var at = text.LastIndexOf('@');
        if (at is <= 0 or > LongestLocalPart)
        {
            return null;
        }

        var local = text[..at];
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)
            || !local.All(c => char.IsAsciiLetterOrDigit(c) || AtomSigns.Contains(c)))
        {
            return null;
        }

        try
        {
            var domain = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text[(at + 1)..]);
            return domain.Length <= LongestDomain ? $"{local}@{domain}" : null;
        }
        catch (ArgumentException)
        {
            return null;   // what IdnMapping throws for a text that is no domain
        }
    }
}
