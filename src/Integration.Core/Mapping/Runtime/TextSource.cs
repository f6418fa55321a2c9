using System.Text;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>Gives a text out of the message. Compiled once, shared by all threads.</summary>
internal abstract class TextSource
{
    /// <summary>See <see cref="Value.NeedsCursor"/>.</summary>
    public virtual bool NeedsCursor => false;

    /// <summary>The text; <c>""</c> for HL7 null, null when there is none.</summary>
    public abstract string? Read(in SourceCursor cursor, MapRun run);

    /// <summary>Whether there is a text that is not HL7 null.</summary>
    public virtual bool HasText(in SourceCursor cursor, MapRun run) => Read(cursor, run) is { Length: > 0 };
}

/// <summary>A path: the text of the first value it leads to.</summary>
internal sealed class PathText(CursorSource path, bool whole) : TextSource
{
    public override bool NeedsCursor => path.IsPart;

    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        var state = 0;
        if (!path.MoveNext(cursor, ref state, out var item))
        {
            return null;
        }

        var text = whole ? item.WholeText() : item.FirstText();
        if (text is not null)
        {
            run.Trace?.Read(item);
        }

        return text;
    }

    public override bool HasText(in SourceCursor cursor, MapRun run)
    {
        if (run.Trace is not null)
        {
            return Read(cursor, run) is { Length: > 0 };
        }

        var state = 0;
        return path.MoveNext(cursor, ref state, out var item) && (whole ? item : item.Part(1, 0)).Presence == SourcePresence.Valued;
    }
}

/// <summary>A text that stands in the mapping file.</summary>
internal sealed class LiteralText(string text) : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run) => text;
}

/// <summary><c>event</c>.</summary>
internal sealed class EventText : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        run.Trace?.ReadEvent(run.TriggerEvent);
        return run.TriggerEvent;
    }
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

/// <summary><c>feed.wado</c>.</summary>
internal sealed class FeedWadoText : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run) => run.Feed.Wado;
}

/// <summary><c>feed.viewer</c>.</summary>
/// <param name="parts">One for each of <see cref="LinkTemplate.Placeholders"/>.</param>
internal sealed class FeedViewerText(TextSource[] parts) : TextSource
{
    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        var at = cursor;
        return run.Feed.Viewer?.Fill(placeholder => parts[placeholder].Read(at, run));
    }
}

/// <summary><c>text: 'urn:oid:{HD.2}'</c>: nothing when a path in it has no value.</summary>
/// <param name="literals">One more than <paramref name="parts"/>; the text around them.</param>
/// <param name="isUri">Blanks in values are written %20: an authority may be named with blanks, a URI may not hold them.</param>
internal sealed class TemplateText(string[] literals, TextSource[] parts, bool isUri) : TextSource
{
    public override bool NeedsCursor { get; } = parts.Any(part => part.NeedsCursor);

    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        if (parts is [var only])
        {
            return Part(only, cursor, run) is { } text ? string.Concat(literals[0], text, literals[1]) : null;
        }

        var pieces = new string[literals.Length + parts.Length];
        pieces[0] = literals[0];
        for (var i = 0; i < parts.Length; i++)
        {
            if (Part(parts[i], cursor, run) is not { } part)
            {
                return null;
            }

            (pieces[(2 * i) + 1], pieces[(2 * i) + 2]) = (part, literals[i + 1]);
        }

        return string.Concat(pieces);
    }

    private string? Part(TextSource part, in SourceCursor cursor, MapRun run) =>
        part.Read(cursor, run) is not { Length: > 0 } text ? null : isUri ? text.Replace(" ", "%20", StringComparison.Ordinal) : text;
}

/// <summary>A path of <c>join</c>.</summary>
/// <param name="Each">Segments that the path is read on, one after another; null: where the rule stands.</param>
internal sealed record JoinPath(CursorSource? Each, CursorSource Path, bool Whole);

/// <summary><c>join: [XPN.1, XPN.2]</c>: all values of all paths, of every segment of the name in the group; nothing when none has one.</summary>
/// <param name="where">Which segments count.</param>
internal sealed class JoinText(JoinPath[] paths, string separator, Condition? where) : TextSource
{
    public override bool NeedsCursor { get; } = paths.All(path => path.Each is null && path.Path.IsPart);

    public override string? Read(in SourceCursor cursor, MapRun run)
    {
        var joined = new Joined(separator);
        foreach (var path in paths)
        {
            if (path.Each is not { } each)
            {
                Add(path, cursor, run, ref joined);
                continue;
            }

            var state = 0;
            while (each.MoveNext(cursor, ref state, out var segment))
            {
                var read = run.Trace?.ReadCount ?? 0;
                var counts = where is null || where.Test(segment, run);
                run.Trace?.Forget(read);
                if (counts)
                {
                    Add(path, segment, run, ref joined);
                }
            }
        }

        return joined.Text;
    }

    private static void Add(JoinPath path, in SourceCursor cursor, MapRun run, ref Joined joined)
    {
        var state = 0;
        while (path.Path.MoveNext(cursor, ref state, out var item))
        {
            var text = path.Whole ? item.WholeText() : item.FirstText();
            joined.Add(text);
            if (!string.IsNullOrEmpty(text))
            {
                run.Trace?.Read(item);
            }
        }
    }

    /// <summary>Most joins have one text, which then costs no copy.</summary>
    private struct Joined(string separator)
    {
        private string? _only;
        private StringBuilder? _all;

        public readonly string? Text => _all?.ToString() ?? _only;

        public void Add(string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return;
            }

            if (_only is null)
            {
                _only = text;
            }
            else
            {
                (_all ??= new StringBuilder(_only)).Append(separator).Append(text);
            }
        }
    }
}
