using System.Globalization;
using Integration.Core.Mapping.Dicom;

namespace Integration.Core.Mapping.Language;

/// <summary>What a source path names.</summary>
internal enum SourceRoot
{
    /// <summary><c>PID-3</c>, or <c>NTE</c> for a whole segment; <c>bill.amount</c>, or <c>line</c> for a whole row.</summary>
    Segment,

    /// <summary><c>CX.4</c>, or <c>CX</c> for the whole value at hand.</summary>
    Datatype,

    /// <summary><c>event</c>: trigger event of the message.</summary>
    Event,

    /// <summary><c>feed.authority</c>.</summary>
    FeedAuthority,

    /// <summary><c>feed.name</c>.</summary>
    FeedName,

    /// <summary><c>feed.wado</c>: base address of WADO-RS, of feeds that have one.</summary>
    FeedWado,

    /// <summary><c>feed.viewer</c>: the viewer's address for the study at hand, of feeds that have one.</summary>
    FeedViewer,
}

/// <summary>
/// A parsed source path: <c>PID-3[2].4.1</c>, <c>AIS[*]-11</c>, <c>CX.4.1</c>, <c>NTE</c>, <c>event</c>; of rows <c>bill.amount</c>; in DICOM
/// <c>PatientName[1].2</c>, <c>SQ.Modality</c>. Numbers from 1; 0 means not given.
/// </summary>
/// <param name="Name">Segment or datatype; empty for the others.</param>
internal sealed record SourcePath(SourceRoot Root, string Name, int Field, int Repetition, int Component, int Subcomponent)
{
    /// <summary><c>AIS[*]-11</c>: of every segment of the name in the group rather than of the nearest.</summary>
    public bool OfEach { get; init; }

    /// <summary>Column of a row, small letters; null for everything else.</summary>
    public string? Column { get; init; }

    public static readonly string[] Words = ["event", "feed.authority", "feed.name", "feed.wado", "feed.viewer"];

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
            case "feed.wado":
                return new SourcePath(SourceRoot.FeedWado, "", 0, 0, 0, 0);
            case "feed.viewer":
                return new SourcePath(SourceRoot.FeedViewer, "", 0, 0, 0, 0);
        }

        if (text.Length > 0 && char.IsAsciiLetterLower(text[0]))
        {
            return ParseRow(text);
        }

        var keyword = KeywordLength(text);
        if (keyword > 0)
        {
            return DicomTags.Find(text.AsSpan(0, keyword)) is { } entry ? ParseRepetition(DicomTags.SegmentName, entry.Number, text.AsSpan(keyword)) : null;
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

    /// <summary>Whether the name is that of a row rather than of an HL7 segment: small letters, digits and <c>_</c>, as <c>bill_line</c>.</summary>
    public static bool IsRowName(string name) =>
        name.Length >= 2 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary><c>bill</c>, <c>bill.amount</c>, <c>patient.姓名</c>. Databases do not tell large letters of a column from small ones, so neither does this.</summary>
    private static SourcePath? ParseRow(string text)
    {
        var dot = text.IndexOf('.');
        var name = dot < 0 ? text : text[..dot];
        var column = dot < 0 ? null : text[(dot + 1)..].ToLowerInvariant();
        return IsRowName(name) && (column is null || (column.Length > 0 && (char.IsLetter(column[0]) || column[0] == '_') && column.All(c => char.IsLetterOrDigit(c) || c == '_')))
            ? new SourcePath(SourceRoot.Segment, name, 0, 0, 0, 0) { Column = column }
            : null;
    }

    private static SourcePath? ParseField(string segment, ReadOnlySpan<char> rest) =>
        TakeNumber(ref rest, out var field) ? ParseRepetition(segment, field, rest) : null;

    private static SourcePath? ParseRepetition(string segment, int field, ReadOnlySpan<char> rest)
    {
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
        if (KeywordLength(rest) is > 0 and var keyword)
        {
            number = DicomTags.Find(rest[..keyword])?.Number ?? 0;
            rest = rest[keyword..];
            return number > 0;
        }

        return TakeNumber(ref rest, out number);
    }

    /// <summary>Length of the DICOM keyword that the text begins with: letters and digits from a capital on, small letters among them; 0 when there is none.</summary>
    internal static int KeywordLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        var hasSmall = false;
        while (length < text.Length && char.IsAsciiLetterOrDigit(text[length]))
        {
            hasSmall |= char.IsAsciiLetterLower(text[length++]);
        }

        return hasSmall && char.IsAsciiLetterUpper(text[0]) ? length : 0;
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
