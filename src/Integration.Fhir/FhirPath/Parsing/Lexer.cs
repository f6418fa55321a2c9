using System.Globalization;
using System.Text;

namespace Integration.Fhir.FhirPath.Parsing;

/// <summary>Takes an expression apart into tokens. FHIRPath 2.0.0 (N1) grammar, lexical elements.</summary>
internal sealed class Lexer(string text)
{
    private static readonly string[] TwoCharacterSymbols = ["<=", ">=", "!=", "!~"];

    private int _at;

    /// <exception cref="FhirPathSyntaxException">No token begins here.</exception>
    public Token Next()
    {
        SkipBlanks();
        if (_at == text.Length)
        {
            return new Token(TokenKind.End, "", _at);
        }

        var start = _at;
        var c = text[_at];
        return c switch
        {
            '\'' => new Token(TokenKind.String, Quoted('\''), start),
            '`' => new Token(TokenKind.Identifier, Quoted('`'), start, IsDelimited: true),
            '@' => new Token(TokenKind.Date, DateText(), start),
            '%' => External(),
            '$' => Variable(),
            _ when char.IsAsciiDigit(c) => Number(),
            _ when IsNameStart(c) => new Token(TokenKind.Identifier, Name(), start),
            _ => Symbol(),
        };
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private char At(int index) => index < text.Length ? text[index] : '\0';

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
            else if (text[_at] == '/' && At(_at + 1) == '/')
            {
                var end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end + 1;
            }
            else if (text[_at] == '/' && At(_at + 1) == '*')
            {
                var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? throw new FhirPathSyntaxException("The comment has no end.", _at) : end + 2;
            }
            else
            {
                break;
            }
        }
    }

    private string Name()
    {
        var start = _at;
        while (_at < text.Length && IsNamePart(text[_at]))
        {
            _at++;
        }

        return text[start.._at];
    }

    private Token External()
    {
        var start = _at++;
        var name = At(_at) switch
        {
            '`' => Quoted('`'),
            '\'' => Quoted('\''),
            _ => Name(),
        };
        return name.Length > 0 ? new Token(TokenKind.External, name, start) : throw new FhirPathSyntaxException("A name follows '%'.", start);
    }

    private Token Variable()
    {
        var start = _at++;
        var name = Name();
        return name is "this" or "index" or "total"
            ? new Token(TokenKind.Variable, name, start)
            : throw new FhirPathSyntaxException("Only $this, $index and $total begin with '$'.", start);
    }

    private Token Number()
    {
        var start = _at;
        SkipDigits();
        if (At(_at) != '.' || !char.IsAsciiDigit(At(_at + 1)))
        {
            return new Token(TokenKind.Integer, text[start.._at], start);
        }

        _at++;
        SkipDigits();
        return new Token(TokenKind.Decimal, text[start.._at], start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(At(_at)))
        {
            _at++;
        }
    }

    /// <summary><c>@2015-02-04T14:34:28.5+09:00</c>, <c>@T14:34</c>: the longest run of what can stand in one; whether it is one is told later.</summary>
    private string DateText()
    {
        var start = ++_at;
        var isTime = false;
        while (_at < text.Length)
        {
            var c = text[_at];
            var isPart = char.IsAsciiDigit(c)
                || c is ':' or 'T' or 'Z'
                || (c == '.' && char.IsAsciiDigit(At(_at + 1)) && isTime)
                || (c is '-' or '+' && char.IsAsciiDigit(At(_at + 1)) && (isTime || c == '-'));
            if (!isPart)
            {
                break;
            }

            isTime |= c == 'T';
            _at++;
        }

        return text[start.._at];
    }

    private string Quoted(char quote)
    {
        var start = _at++;
        var result = new StringBuilder();
        while (true)
        {
            var c = _at < text.Length ? text[_at++] : throw new FhirPathSyntaxException($"The closing {quote} is missing.", start);
            if (c == quote)
            {
                return result.ToString();
            }

            result.Append(c == '\\' ? Escaped() : c);
        }
    }

    private char Escaped()
    {
        var start = _at - 1;
        var c = At(_at++);
        switch (c)
        {
            case '\'' or '"' or '`' or '\\' or '/':
                return c;
            case 'r':
                return '\r';
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'u' when _at + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                _at += 4;
                return (char)unit;
            default:
                throw new FhirPathSyntaxException("There is no such escape; a backslash itself is written \\\\.", start);
        }
    }

    private Token Symbol()
    {
        var start = _at;
        foreach (var symbol in TwoCharacterSymbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, 2) == 0)
            {
                _at += 2;
                return new Token(TokenKind.Symbol, symbol, start);
            }
        }

        var c = text[_at++];
        return "+-*/&|<>=~.,()[]{}".Contains(c, StringComparison.Ordinal)
            ? new Token(TokenKind.Symbol, c.ToString(), start)
            : throw new FhirPathSyntaxException("No expression has this character here.", start);
    }
}
