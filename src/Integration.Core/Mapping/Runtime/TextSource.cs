using System.Text;

namespace Integration.Core.Mapping.Runtime;

/// <summary>Gives a text out of the message. Compiled once, shared by all threads.</summary>
internal abstract class TextSource
{
    /// <summary>The text; <c>""</c> for HL7 null, null when there is none.</summary>
    public abstract string? Read(in SourceCursor cursor, MapRun run);
}

/// <summary>A path: the text of the first value it leads to.</summary>
internal sealed class PathText(CursorSource path, bool whole) : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        var state = 0;
        return path.MoveNext(cursor, ref state, out var item) ? (whole ? item.WholeText() : item.FirstText()) : null;
    }
}

/// <summary><c>event</c>.</summary>
internal sealed class EventText : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run) => run.TriggerEvent;
}

/// <summary><c>feed.authority</c>.</summary>
internal sealed class FeedAuthorityText : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run) => run.Feed.AssigningAuthority;
}

/// <summary><c>feed.name</c>.</summary>
internal sealed class FeedNameText : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run) => run.Feed.Name;
}

/// <summary><c>text: 'urn:oid:{HD.2}'</c>: nothing when a path in it has no value.</summary>
/// <param name="literals">One more than <paramref name="parts"/>; the text around them.</param>
/// <param name="isUri">Blanks in values are written %20: an authority may be named with blanks, a URI may not hold them.</param>
internal sealed class TemplateText(string[] literals, TextSource[] parts, bool isUri) : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        var text = new StringBuilder(literals[0]);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Read(cursor, run) is not { Length: > 0 } part)
            {
                return null;
            }

            text.Append(isUri ? part.Replace(" ", "%20", StringComparison.Ordinal) : part).Append(literals[i + 1]);
        }

        return text.ToString();
    }
}

/// <summary><c>join: [XPN.1, XPN.2]</c>: all values of all paths; nothing when none has one.</summary>
internal sealed class JoinText((CursorSource Path, bool Whole)[] paths, string separator) : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        string? only = null;
        StringBuilder? joined = null;
        foreach (var (path, whole) in paths)
        {
            var state = 0;
            while (path.MoveNext(cursor, ref state, out var item))
            {
                if ((whole ? item.WholeText() : item.FirstText()) is not { Length: > 0 } text)
                {
                    continue;
                }

                if (only is null)
                {
                    only = text;
                }
                else
                {
                    (joined ??= new StringBuilder(only)).Append(separator).Append(text);
                }
            }
        }

        return joined?.ToString() ?? only;
    }
}
