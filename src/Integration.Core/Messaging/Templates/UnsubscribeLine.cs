namespace Integration.Core.Messaging.Templates;

/// <summary>The end of marketing that says how to have no more of it. Pure.</summary>
internal static class UnsubscribeLine
{
    /// <summary>The text with the line at its end, once, whether or not it had it.</summary>
    public static string Close(string text, string line)
    {
        var bare = text.Replace(line, "", StringComparison.OrdinalIgnoreCase).Trim();
        return bare.Length == 0 ? line : $"{bare}{(char.IsPunctuation(bare[^1]) && bare[^1] >= '\u2E80' ? "" : " ")}{line}";
    }

    /// <summary>Null: the message ends without it. Nobody answers a call by a letter.</summary>
    public static string? For(string channel, bool isMarketing, string language, MessagingSettings settings) =>
        isMarketing && channel != MessageChannels.Voice ? settings.UnsubscribeIn(language) : null;
}
