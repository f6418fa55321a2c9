namespace Integration.Fhir.FhirPath.Parsing;

internal enum TokenKind
{
    End,

    /// <summary>A name or keyword; with <see cref="Token.IsDelimited"/> always a name.</summary>
    Identifier,
    String,
    Integer,
    Decimal,

    /// <summary>Text after the <c>@</c>.</summary>
    Date,

    /// <summary>Name after the <c>%</c>.</summary>
    External,

    /// <summary><c>$this</c>, <c>$index</c> or <c>$total</c>.</summary>
    Variable,

    /// <summary>An operator or bracket.</summary>
    Symbol,
}

/// <param name="Text">Unescaped.</param>
/// <param name="Position">0-based character where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position, bool IsDelimited = false)
{
    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsKeyword(string word) => Kind == TokenKind.Identifier && !IsDelimited && Text == word;
}
