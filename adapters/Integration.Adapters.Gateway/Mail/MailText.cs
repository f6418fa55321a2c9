using System.Globalization;
using System.Text;

namespace Integration.Adapters.Gateway.Mail;

/// <summary>
/// One mail as bytes: plain text in UTF-8, base64 (RFC 2045 §6.8), headers of other alphabets as encoded words (RFC 2047). All lines are short ASCII,
/// so every server takes it, and none begins with a dot.
/// </summary>
internal static class MailText
{
    // RFC 2047 §2: an encoded word has 75 characters at most, of which "=?utf-8?B?" and "?=" take 12; 39 bytes make 52, so that the first has room behind the header's name.
    private const int BytesOfAWord = 39;
    private const int CharactersOfALine = 76;

    /// <param name="messageId">Without angle brackets; the same in every repeat, so that a mail taken twice is known by it.</param>
    /// <param name="to">One address, checked.</param>
    /// <param name="unsubscribe">Null: no marketing.</param>
    /// <param name="now">UTC.</param>
    public static byte[] Write(SmtpOptions options, string messageId, string to, string subject, string text, Uri? unsubscribe, DateTimeOffset now)
    {
        var mail = new StringBuilder();
        Header(mail, "Date", now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000");
        Header(mail, "From", options.FromName is { } name ? $"{Phrase(name)} <{options.From}>" : options.From);
        Header(mail, "To", to);
        Header(mail, "Subject", Words(subject));
        Header(mail, "Message-ID", $"<{messageId}>");
        Header(mail, "Auto-Submitted", "auto-generated");   // RFC 3834 §5: no out-of-office answers
        if (unsubscribe is not null)
        {
            Header(mail, "List-Unsubscribe", $"<{unsubscribe.AbsoluteUri}>");
        }

        Header(mail, "MIME-Version", "1.0");
        Header(mail, "Content-Type", "text/plain; charset=utf-8");
        Header(mail, "Content-Transfer-Encoding", "base64");
        mail.Append("\r\n");
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n"));
        for (var i = 0; i < body.Length; i += CharactersOfALine)
        {
            mail.Append(body, i, Math.Min(CharactersOfALine, body.Length - i)).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(mail.ToString());
    }

    private static void Header(StringBuilder mail, string name, string value) => mail.Append(name).Append(": ").Append(value).Append("\r\n");

    /// <summary>A display name: quoted where it is ASCII, encoded words where it is not.</summary>
    private static string Phrase(string name) =>
        name.All(c => c is >= ' ' and <= '~') ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : Words(name);

    /// <summary>Unstructured text; ASCII stays as it is unless it is long or looks like an encoded word. No word parts a character.</summary>
    private static string Words(string text)
    {
        var line = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        if (line.Length <= CharactersOfALine - 10 && line.All(c => c is >= ' ' and <= '~') && !line.Contains("=?", StringComparison.Ordinal))
        {
            return line;
        }

        var words = new List<string>();
        var word = new List<byte>(BytesOfAWord);
        Span<byte> buffer = stackalloc byte[4];
        foreach (var rune in line.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(buffer);
            if (word.Count + length > BytesOfAWord)
            {
                words.Add(Word(word));
                word.Clear();
            }

            word.AddRange(buffer[..length]);
        }

        words.Add(Word(word));
        return string.Join("\r\n ", words);
    }

    private static string Word(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";
}
