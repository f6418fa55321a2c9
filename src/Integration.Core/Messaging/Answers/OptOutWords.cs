using System.Text;

namespace Integration.Core.Messaging.Answers;

/// <summary>What people write who want no more messages. Pure.</summary>
public static class OptOutWords
{
    /// <summary>In the form that <see cref="Is"/> compares.</summary>
    public static IReadOnlyList<string> All { get; } = ["退订", "TD", "T", "N", "STOP", "UNSUBSCRIBE"];

    /// <summary>Whether a reply is one of the words and nothing else; full or half width, any case, with spaces and punctuation around or between.</summary>
    public static bool Is(string reply)
    {
        var plain = reply.Normalize(NormalizationForm.FormKC).ToUpperInvariant();
        var word = new string([.. plain.Where(c => !char.IsWhiteSpace(c) && !char.IsPunctuation(c) && !char.IsControl(c))]);
        return All.Contains(word) || All.Any(known => word == "回" + known || word == "回复" + known);
    }
}
