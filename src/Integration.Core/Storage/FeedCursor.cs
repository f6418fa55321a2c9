using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Integration.Core.Storage;

/// <summary>
/// How far a reader of an endless list has come. To the reader opaque: a text safe in an address, of one list and no other. Inside, the sequence up to
/// which it has seen everything.
/// </summary>
public static class FeedCursor
{
    /// <param name="feed">Which list, one word.</param>
    public static string Write(string feed, long sequence) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{feed}:{sequence}")));

    /// <returns>Null: it is no cursor of this list.</returns>
    public static long? Read(string feed, string cursor)
    {
        if (cursor.Length > 100 || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        return text.StartsWith(feed + ":", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(feed.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null;
    }
}
