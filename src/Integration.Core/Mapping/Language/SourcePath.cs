using System.Globalization;

namespace Integration.Core.Mapping.Language;

/// <summary>What a source path names.</summary>
internal enum SourceRoot
{
    /// <summary><c>PID-3</c>, or <c>NTE</c> for a whole segment.</summary>
    Segment,

    /// <summary><c>CX.4</c>, or <c>CX</c> for the whole value at hand.</summary>
    Datatype,

    /// <summary><c>event</c>: trigger event of the message.</summary>
    Event,

    /// <summary><c>feed.authority</c>.</summary>
    FeedAuthority,

    /// <summary><c>feed.name</c>.</summary>
    FeedName,
}

/// <summary>A parsed source path: <c>PID-3[2].4.1</c>, <c>AIS[*]-11</c>, <c>CX.4.1</c>, <c>NTE</c>, <c>event</c>. Numbers from 1; 0 means not given.</summary>
/// <param name="Name">Segment or datatype; empty for the others.</param>
internal sealed record SourcePath(SourceRoot Root, string Name, int Field, int Repetition, int Component, int Subcomponent)
{
    /// <summary><c>AIS[*]-11</c>: of every segment of the name in the group rather than of the nearest.</summary>
    public bool OfEach { get; init; }

    public static readonly string[] Words = ["event", "feed.authority", "feed.name"];

    /// <summary>Reads a path; null when the text is none.</summary>
    /// <param name="isDatatype">Tells the name of a datatype from that of a segment where neither <c>-</c> nor <c>.</c> follows.</param>
    public static SourcePath? Parse(string text, Func<string, bool> isDatatype)
    {
        switch (text)
        {
            case "event":
                return new SourcePath(SourceRoot.Event, "", 0, 0, 0, 0);
            case "feed.authority":
                return new SourcePath(SourceRoot.FeedAuthority, "", 0, 0, 0, 0);
            case "feed.name":
                return new SourcePath(SourceRoot.FeedName, "", 0, 0, 0, 0);
        }

        var end = 0;
        while (end < text.Length && (char.IsAsciiLetterUpper(text[end]) || char.IsAsciiDigit(text[end])))
        {
            end++;
        }

        if (end is < 2 or > 3)
        {
            return null;
        }

        var name = text[..end];
        if (end == text.Length)
        {
            return new SourcePath(isDatatype(name) ? SourceRoot.Datatype : SourceRoot.Segment, name, 0, 0, 0, 0);
        }

        if (text.AsSpan(end).StartsWith("[*]-"))
        {
            return ParseField(name, text.AsSpan(end + 4)) is { } path ? path with { OfEach = true } : null;
        }

        return text[end] == '-' ? ParseField(name, text.AsSpan(end + 1)) : ParseComponents(name, text.AsSpan(end));
    }

    private static SourcePath? ParseField(string segment, ReadOnlySpan<char> rest)
    {
        if (!TakeNumber(ref rest, out var field))
        {
            return null;
        }

        var repetition = 0;
        if (rest is ['[', ..])
        {
            rest = rest[1..];
            if (!TakeNumber(ref rest, out repetition) || rest is not [']', ..])
            {
                return null;
            }

            rest = rest[1..];
        }

        return TakeComponents(rest, out var component, out var subcomponent)
            ? new SourcePath(SourceRoot.Segment, segment, field, repetition, component, subcomponent)
            : null;
    }

    private static SourcePath? ParseComponents(string datatype, ReadOnlySpan<char> rest) =>
        TakeComponents(rest, out var component, out var subcomponent)
            ? new SourcePath(SourceRoot.Datatype, datatype, 0, 0, component, subcomponent)
            : null;

    private static bool TakeComponents(ReadOnlySpan<char> rest, out int component, out int subcomponent)
    {
        component = subcomponent = 0;
        if (rest.IsEmpty)
        {
            return true;
        }

        return TakeDotNumber(ref rest, out component) && (rest.IsEmpty || (TakeDotNumber(ref rest, out subcomponent) && rest.IsEmpty));
    }

    private static bool TakeDotNumber(ref ReadOnlySpan<char> rest, out int number)
    {
        number = 0;
        if (rest is not ['.', ..])
        {
            return false;
        }

        rest = rest[1..];
        return TakeNumber(ref rest, out number);
    }

    private static bool TakeNumber(ref ReadOnlySpan<char> rest, out int number)
    {
        var length = 0;
        while (length < rest.Length && char.IsAsciiDigit(rest[length]))
        {
            length++;
        }

        number = 0;
        if (length is 0 or > 3 || rest[0] == '0')
        {
            return false;
        }

        number = int.Parse(rest[..length], NumberStyles.None, CultureInfo.InvariantCulture);
        rest = rest[length..];
        return true;
    }
}
