using System.Collections.Frozen;

namespace Integration.Fhir.FhirPath;

/// <summary>
/// What <c>htmlChecks()</c> asks of a narrative's div (FHIR R4 narrative.html §2.4.0, txt-1 and txt-2): well-formed, only elements and
/// attributes that format, and something to see.
/// </summary>
internal static class NarrativeText
{
    private const int MaxOpen = 200;

    private static readonly FrozenSet<string> Elements = new[]
    {
        "p", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "a", "span", "b", "em", "i", "strong", "small", "big", "tt", "dfn", "q", "var",
        "abbr", "acronym", "cite", "blockquote", "hr", "address", "bdo", "kbd", "sub", "sup", "ins", "del", "pre", "code", "samp", "ul", "ol",
        "li", "dl", "dt", "dd", "table", "caption", "colgroup", "col", "thead", "tr", "tfoot", "tbody", "th", "td", "img", "map", "area",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Attributes = new[]
    {
        "title", "style", "class", "id", "lang", "xml:lang", "xml:space", "xmlns", "dir", "accesskey", "tabindex", "span", "width", "align",
        "valign", "char", "charoff", "abbr", "axis", "headers", "scope", "rowspan", "colspan", "href", "name", "alt", "src", "height", "shape",
        "coords", "usemap", "ismap", "border", "cellpadding", "cellspacing", "summary", "rules", "frame", "cite", "datetime", "nowrap", "start",
        "type", "value", "compact", "longdesc", "charset", "hreflang", "rel", "rev", "target", "bgcolor", "clear", "color", "size", "noshade",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly System.Buffers.SearchValues<char> ReferenceCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    public static bool IsAllowed(string text)
    {
        var open = new Stack<string>();
        var hasContent = false;
        var hasRoot = false;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '<')
            {
                var end = text.IndexOf('<', at) is >= 0 and var next ? next : text.Length;
                var run = text.AsSpan(at, end - at);
                if (!AreReferencesWhole(run) || (open.Count == 0 && !run.IsWhiteSpace()))
                {
                    return false;
                }

                hasContent |= !run.IsWhiteSpace();
                at = end;
            }
            else if (string.CompareOrdinal(text, at, "<!--", 0, 4) == 0)
            {
                var end = text.IndexOf("-->", at + 4, StringComparison.Ordinal);
                if (end < 0)
                {
                    return false;
                }

                at = end + 3;
            }
            else if ((hasRoot && open.Count == 0) || !ReadTag(text, ref at, open, ref hasContent))
            {
                return false;
            }
            else
            {
                hasRoot = true;
            }
        }

        return open.Count == 0 && hasContent;
    }

    /// <summary>Reads <c>&lt;p class="x"&gt;</c>, <c>&lt;br/&gt;</c> or <c>&lt;/p&gt;</c>; false when it is none or not allowed.</summary>
    private static bool ReadTag(string text, ref int at, Stack<string> open, ref bool hasContent)
    {
        var isRoot = open.Count == 0;
        var isEnd = at + 1 < text.Length && text[at + 1] == '/';
        at += isEnd ? 2 : 1;
        var name = ReadName(text, ref at);
        if (isEnd)
        {
            SkipBlanks(text, ref at);
            return at < text.Length && text[at++] == '>' && open.TryPop(out var opened) && opened == name;
        }

        if (!Elements.Contains(name) || (isRoot && name != "div") || !ReadAttributes(text, ref at))
        {
            return false;
        }

        hasContent |= name == "img";
        if (text[at] == '/')
        {
            at++;
            return at < text.Length && text[at++] == '>';
        }

        at++;
        open.Push(name);
        return open.Count <= MaxOpen;
    }

    /// <summary>Stands at the end of the tag, <c>&gt;</c> or <c>/</c>, when the answer is true.</summary>
    private static bool ReadAttributes(string text, ref int at)
    {
        while (true)
        {
            SkipBlanks(text, ref at);
            if (at >= text.Length)
            {
                return false;
            }

            if (text[at] is '>' or '/')
            {
                return true;
            }

            var name = ReadName(text, ref at);
            SkipBlanks(text, ref at);
            if (!IsAttribute(name) || at + 2 >= text.Length || text[at] != '=')
            {
                return false;
            }

            at++;
            SkipBlanks(text, ref at);
            if (at >= text.Length || text[at] is not ('"' or '\''))
            {
                return false;
            }

            var end = text.IndexOf(text[at], at + 1);
            if (end < 0 || text.AsSpan(at + 1, end - at - 1) is var value && (value.Contains('<') || !AreReferencesWhole(value)))
            {
                return false;
            }

            at = end + 1;
        }
    }

    private static bool IsAttribute(string name) => Attributes.Contains(name) || name.StartsWith("xmlns:", StringComparison.Ordinal);

    private static string ReadName(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is ':' or '-' or '_'))
        {
            at++;
        }

        return text[start..at];
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    /// <summary>Whether each ampersand begins <c>&amp;name;</c> or <c>&amp;#number;</c>, HTML's names included.</summary>
    private static bool AreReferencesWhole(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('&'); at >= 0; at = text.IndexOf('&'))
        {
            text = text[(at + 1)..];
            var end = text.IndexOf(';');
            if (end <= 0 || text[..end].TrimStart('#').ContainsAnyExcept(ReferenceCharacters))
            {
                return false;
            }
        }

        return true;
    }
}
