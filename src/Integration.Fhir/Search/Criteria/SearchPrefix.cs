namespace Integration.Fhir.Search.Criteria;

/// <summary>FHIR R4 search.html §3.1.1.4.4.</summary>
public enum SearchPrefix
{
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,

    /// <summary>Starts after.</summary>
    Sa,

    /// <summary>Ends before.</summary>
    Eb,

    /// <summary>Approximately: a tenth to either side, of a date a tenth of how long it is away from now.</summary>
    Ap,
}

internal static class SearchPrefixes
{
    /// <summary>The prefix of an ordered value and what follows it.</summary>
    public static (SearchPrefix Prefix, string Text) Read(string text) =>
        text.Length > 2 && char.IsAsciiLetterLower(text[0]) && Enum.TryParse<SearchPrefix>(text[..2], ignoreCase: true, out var prefix)
            ? (prefix, text[2..])
            : (SearchPrefix.Eq, text);
}
