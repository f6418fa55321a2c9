using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Core.Diagnostics;

namespace Integration.Host.Console.Views;

/// <summary>One field as it stands in the text, delimiters of its parts included.</summary>
/// <param name="Place"><c>PID-3</c>, HL7 v2.5.1 §2.5; the segment's ordinal is in it when the message has several: <c>OBX[2]-5</c>.</param>
/// <param name="Mark">What is to be said about it.</param>
/// <param name="Issue">Code of the worst issue that names it; null when none does.</param>
/// <param name="IsAsked">Somebody wants to see just this one: a value of the record was read there.</param>
internal sealed record SourceField(string Place, string Text, SourceMark Mark, IntegrationErrorCode? Issue, bool IsAsked = false);

/// <summary>What the engine has to say about a field, the most serious last.</summary>
internal enum SourceMark
{
    None,

    /// <summary>No mapping read it.</summary>
    Unread,

    /// <summary>An issue names it that did not stop the message.</summary>
    Warning,

    /// <summary>An issue names it that stopped the message.</summary>
    Error,
}

/// <summary>One segment, or one line of a format without numbered fields (then a single nameless field).</summary>
/// <param name="Mark">What is said about the segment as a whole.</param>
/// <param name="IsAsked">As of a field, of the segment as a whole.</param>
internal sealed record SourceLine(string Name, SourceMark Mark, IReadOnlyList<SourceField> Fields, bool IsAsked = false);

/// <summary>Splits a decoded message for display, so that every field can say its place.</summary>
/// <remarks>
/// For the eye only: it knows neither escapes nor repetitions. What the engine really read is told by issues and unread places.
/// </remarks>
internal static partial class SourceText
{
    private const int WholeSegment = 0;

    /// <param name="text">As <c>IMessageParser.Display</c> gives it: segments on lines.</param>
    /// <param name="unread">Places of the journal's unread list.</param>
    /// <param name="asked">Places that somebody wants to see.</param>
    public static IReadOnlyList<SourceLine> Split(string text, IReadOnlyList<string> unread, IReadOnlyList<MessageIssue> issues, IReadOnlyList<string>? asked = null)
    {
        var askedFields = (asked ?? []).Select(FieldKey).ToHashSet(StringComparer.Ordinal);
        var unreadFields = unread.Select(FieldKey).ToHashSet(StringComparer.Ordinal);
        var issueFields = issues.GroupBy(i => FieldKey(i.Place), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MaxBy(i => i.Severity)!, StringComparer.Ordinal);
        var lines = text.Split(["\r\n", "\r", "\n"], StringSplitOptions.RemoveEmptyEntries);
        var separator = lines.Length > 0 && lines[0] is ['M', 'S', 'H', var sent, ..] ? sent : '\0';
        if (separator == '\0')
        {
            return [.. lines.Select(line => new SourceLine("", SourceMark.None, [new SourceField("", line, SourceMark.None, null)]))];
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. lines.Select(line => SplitLine(line, separator, seen, new Said(unreadFields, issueFields, askedFields)))];
    }

    private static SourceLine SplitLine(string line, char separator, Dictionary<string, int> seen, Said said)
    {
        var parts = line.Split(separator);
        var name = parts[0];
        var ordinal = seen[name] = seen.GetValueOrDefault(name) + 1;

        // MSH-1 is the separator itself, so that what follows it is MSH-2 (HL7 v2.5.1 §2.15.9.1).
        var shift = name == "MSH" ? 1 : 0;
        var fields = new List<SourceField>(parts.Length - 1);
        for (var i = 1; i < parts.Length; i++)
        {
            var key = Key(name, ordinal, i + shift);
            var place = ordinal == 1 ? $"{name}-{i + shift}" : key;
            var issue = said.Issues.GetValueOrDefault(key);
            var mark = MarkOf(issue);
            if (mark == SourceMark.None && parts[i].Length > 0 && said.Unread.Contains(key))
            {
                mark = SourceMark.Unread;
            }

            fields.Add(new SourceField(place, parts[i], mark, mark > SourceMark.Unread ? issue?.Code : null, said.Asked.Contains(key)));
        }

        var whole = Key(name, ordinal, WholeSegment);
        var worst = MarkOf(said.Issues.GetValueOrDefault(whole));
        return new SourceLine(name, worst == SourceMark.None && said.Unread.Contains(whole) ? SourceMark.Unread : worst, fields, said.Asked.Contains(whole));
    }

    /// <summary>What is said of the message, by field.</summary>
    private sealed record Said(HashSet<string> Unread, Dictionary<string, MessageIssue> Issues, HashSet<string> Asked);

    private static SourceMark MarkOf(MessageIssue? issue) => issue?.Severity switch
    {
        IssueSeverity.Error => SourceMark.Error,
        IssueSeverity.Warning => SourceMark.Warning,
        _ => SourceMark.None,
    };

    // Places may go deeper (PID-3[2].4) or leave the first segment's ordinal out; a field is what the page can mark.
    private static string FieldKey(string place) =>
        PlacePattern().Match(place) is { Success: true } match
            ? Key(
                match.Groups["name"].Value,
                match.Groups["ordinal"].Success ? int.Parse(match.Groups["ordinal"].ValueSpan, CultureInfo.InvariantCulture) : 1,
                match.Groups["field"].Success ? int.Parse(match.Groups["field"].ValueSpan, CultureInfo.InvariantCulture) : WholeSegment)
            : place;

    private static string Key(string name, int ordinal, int field) => string.Create(CultureInfo.InvariantCulture, $"{name}[{ordinal}]-{field}");

    [GeneratedRegex(@"^(?<name>[A-Z][A-Z0-9]{2})(\[(?<ordinal>\d{1,6})\])?($|-(?<field>\d{1,6}))")]
    private static partial Regex PlacePattern();
}
