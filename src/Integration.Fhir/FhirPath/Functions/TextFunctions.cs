using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>String manipulation. FHIRPath 2.0.0 §5.6; trim, split, join of its later drafts.</summary>
internal static class TextFunctions
{
    private const int MaxText = 1 << 20;
    private const int KeptPatterns = 500;

    private static readonly TimeSpan PatternTime = TimeSpan.FromSeconds(1);

    /// <summary>Patterns are constants of expressions, so there are few; more are made anew each time.</summary>
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    public static IEnumerable<Function> All =>
    [
        new("indexOf", 1, 1, (m, in f, s, n, a) => OfTwo(m, f, s, n, a, (text, part) => PathItem.Of((long)text.IndexOf(part, StringComparison.Ordinal)))),
        new("substring", 1, 2, Substring),
        new("startsWith", 1, 1, StartsWith),
        new("endsWith", 1, 1, (m, in f, s, n, a) => OfTwo(m, f, s, n, a, (text, part) => PathItem.Of(text.EndsWith(part, StringComparison.Ordinal)))),
        new("contains", 1, 1, (m, in f, s, n, a) => OfTwo(m, f, s, n, a, (text, part) => PathItem.Of(text.Contains(part, StringComparison.Ordinal)))),
        new("upper", 0, 0, (m, in _, s, n, _) => Of(m, s, n, text => PathItem.Of(text.ToUpperInvariant()))),
        new("lower", 0, 0, (m, in _, s, n, _) => Of(m, s, n, text => PathItem.Of(text.ToLowerInvariant()))),
        new("trim", 0, 0, (m, in _, s, n, _) => Of(m, s, n, text => PathItem.Of(text.Trim()))),
        new("length", 0, 0, (m, in _, s, n, _) => Of(m, s, n, text => PathItem.Of((long)text.Length))),
        new("replace", 2, 2, Replace),
        new("matches", 1, 1, (m, in f, s, n, a) => OfTwo(m, f, s, n, a, (text, pattern) => PathItem.Of(IsMatch(text, pattern)))),
        new("replaceMatches", 2, 2, ReplaceMatches),
        new("toChars", 0, 0, ToChars),
        new("split", 1, 1, Split),
        new("join", 0, 1, Join, Prediction.Unknown),
    ];

    private static void Of(PathMachine machine, int start, int count, Func<string, PathItem> function)
    {
        if (Arguments.InputText(machine, start, count) is { } text)
        {
            machine.Push(function(text));
        }
    }

    private static void OfTwo(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments, Func<string, string, PathItem> function)
    {
        if (Arguments.InputText(machine, start, count) is { } text && Arguments.Text(machine, frame, arguments[0]) is { } other)
        {
            machine.Push(function(text, other));
        }
    }

    /// <summary>Every Reference asks this of itself (ref-1), so an element's bytes are compared as they stand.</summary>
    private static void StartsWith(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (count == 1 && arguments[0] is LiteralNode { Utf8: { } prefix } && machine[start].IsElement
            && machine[start].Json.ValueKind == System.Text.Json.JsonValueKind.String
            && Validation.JsonText.TryRead(machine[start].Json, out var utf8))
        {
            machine.Push(utf8.StartsWith(prefix));
            return;
        }

        OfTwo(machine, frame, start, count, arguments, (text, part) => PathItem.Of(text.StartsWith(part, StringComparison.Ordinal)));
    }

    private static void Substring(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Arguments.InputText(machine, start, count) is not { } text || Arguments.Integer(machine, frame, arguments[0]) is not { } from
            || from < 0 || from >= text.Length)
        {
            return;
        }

        var length = arguments.Length > 1 ? Arguments.Integer(machine, frame, arguments[1]) ?? text.Length : text.Length;
        machine.Push(PathItem.Of(text.Substring((int)from, (int)Math.Clamp(length, 0, text.Length - from))));
    }

    private static void Replace(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Arguments.InputText(machine, start, count) is not { } text
            || Arguments.Text(machine, frame, arguments[0]) is not { } part
            || Arguments.Text(machine, frame, arguments[1]) is not { } substitution)
        {
            return;
        }

        CheckSize(text, substitution);
        machine.Push(PathItem.Of(part.Length > 0
            ? text.Replace(part, substitution, StringComparison.Ordinal)
            : text.Length == 0 ? "" : substitution + string.Concat(text.Select(c => c + substitution))));
    }

    private static void ReplaceMatches(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Arguments.InputText(machine, start, count) is not { } text
            || Arguments.Text(machine, frame, arguments[0]) is not { } pattern
            || Arguments.Text(machine, frame, arguments[1]) is not { } substitution)
        {
            return;
        }

        CheckSize(text, substitution);
        machine.Push(PathItem.Of(Match(text, pattern, regex => regex.Replace(text, substitution))));
    }

    private static void ToChars(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        foreach (var c in Arguments.InputText(machine, start, count) ?? "")
        {
            machine.Spend();
            machine.Push(PathItem.Of(c.ToString()));
        }
    }

    private static void Split(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Arguments.InputText(machine, start, count) is not { } text || Arguments.Text(machine, frame, arguments[0]) is not { } separator)
        {
            return;
        }

        foreach (var part in text.Split(separator))
        {
            machine.Spend();
            machine.Push(PathItem.Of(part));
        }
    }

    private static void Join(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var separator = arguments.Length > 0 ? Arguments.Text(machine, frame, arguments[0]) ?? "" : "";
        var parts = new List<string>(count);
        for (var i = start; i < start + count; i++)
        {
            parts.Add(SystemValues.TextOf(machine[i]) ?? throw new FhirPathException("join() was asked about something that is no text."));
        }

        if (parts.Count > 0)
        {
            machine.Push(PathItem.Of(string.Join(separator, parts)));
        }
    }

    /// <summary>Whether the pattern is found anywhere in the text, as later versions of FHIRPath say outright; <c>^…$</c> asks for all of it.</summary>
    private static bool IsMatch(string text, string pattern) => Match(text, pattern, regex => regex.IsMatch(text));

    private static T Match<T>(string text, string pattern, Func<Regex, T> use)
    {
        try
        {
            return use(PatternOf(pattern));
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new FhirPathLimitException("A pattern took too long.", exception);
        }
    }

    private static Regex PatternOf(string pattern)
    {
        if (Patterns.TryGetValue(pattern, out var known))
        {
            return known;
        }

        var regex = Compile(pattern);
        return Patterns.Count < KeptPatterns ? Patterns.GetOrAdd(pattern, regex) : regex;
    }

    /// <summary>Time linear in the text where the pattern allows it; otherwise (look-around, back references) bounded.</summary>
    private static Regex Compile(string pattern)
    {
        const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Singleline;
        try
        {
            return new Regex(pattern, Options | RegexOptions.NonBacktracking, PatternTime);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, Options, PatternTime);
        }
        catch (ArgumentException exception)
        {
            throw new FhirPathException("A pattern is no regular expression.", exception);
        }
    }

    /// <summary>Replacing can make a text longer again and again.</summary>
    private static void CheckSize(string text, string substitution)
    {
        if ((long)text.Length * Math.Max(1, substitution.Length) > MaxText)
        {
            throw new FhirPathLimitException("A text became too long.");
        }
    }
}
