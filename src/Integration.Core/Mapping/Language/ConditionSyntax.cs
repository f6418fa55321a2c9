namespace Integration.Core.Mapping.Language;

/// <summary>A condition as written: <c>PV1-2 = 'I' and not (PV1-19 valued or event in [A11, A12])</c>.</summary>
internal abstract record ConditionSyntax
{
    /// <summary><c>a and b</c>.</summary>
    public sealed record And(ConditionSyntax Left, ConditionSyntax Right) : ConditionSyntax;

    /// <summary><c>a or b</c>.</summary>
    public sealed record Or(ConditionSyntax Left, ConditionSyntax Right) : ConditionSyntax;

    /// <summary><c>not a</c>.</summary>
    public sealed record Not(ConditionSyntax Inner) : ConditionSyntax;

    /// <summary><c>PV1-19 valued</c>: something was sent there.</summary>
    public sealed record Valued(Word Path) : ConditionSyntax;

    /// <summary><c>PV1-2 in [I, O]</c>, and <c>PV1-2 = 'I'</c> as a list of one.</summary>
    public sealed record In(Word Path, IReadOnlyList<string> Values) : ConditionSyntax;

    /// <summary><c>CX.1 is resident-id</c>: the value has that form.</summary>
    public sealed record Is(Word Path, Word Form) : ConditionSyntax;
}

/// <summary>Reads conditions. <c>or</c> binds weaker than <c>and</c>, <c>and</c> weaker than <c>not</c>.</summary>
internal sealed class ConditionParser
{
    private readonly List<(string Text, int Offset, bool Quoted)> _tokens = [];
    private readonly Word _source;
    private readonly ProblemList _problems;
    private int _next;

    private ConditionParser(Word source, ProblemList problems)
    {
        _source = source;
        _problems = problems;
    }

    /// <summary>The condition; null (and a problem) when the text is none.</summary>
    public static ConditionSyntax? Parse(Word source, ProblemList problems)
    {
        var parser = new ConditionParser(source, problems);
        if (!parser.ReadTokens())
        {
            return null;
        }

        var condition = parser.ReadOr();
        if (condition is not null && parser._next < parser._tokens.Count)
        {
            return parser.Fail($"'{parser._tokens[parser._next].Text}' is not expected here.");
        }

        return condition;
    }

    private ConditionSyntax? ReadOr()
    {
        var left = ReadAnd();
        while (left is not null && Take("or"))
        {
            left = ReadAnd() is { } right ? new ConditionSyntax.Or(left, right) : null;
        }

        return left;
    }

    private ConditionSyntax? ReadAnd()
    {
        var left = ReadNot();
        while (left is not null && Take("and"))
        {
            left = ReadNot() is { } right ? new ConditionSyntax.And(left, right) : null;
        }

        return left;
    }

    private ConditionSyntax? ReadNot()
    {
        if (Take("not"))
        {
            return ReadNot() is { } inner ? new ConditionSyntax.Not(inner) : null;
        }

        if (!Take("("))
        {
            return ReadTest();
        }

        var condition = ReadOr();
        return condition is null || Take(")") ? condition : Fail("A closing parenthesis is missing.");
    }

    private ConditionSyntax? ReadTest()
    {
        if (TakeWord() is not { } path)
        {
            return Fail("A source path is missing.");
        }

        if (Take("valued"))
        {
            return new ConditionSyntax.Valued(path);
        }

        if (Take("="))
        {
            return TakeWord() is { } value ? new ConditionSyntax.In(path, [value.Text]) : Fail("A value is missing behind =.");
        }

        if (Take("!="))
        {
            return TakeWord() is { } value
                ? new ConditionSyntax.Not(new ConditionSyntax.In(path, [value.Text]))
                : Fail("A value is missing behind !=.");
        }

        if (Take("is"))
        {
            return TakeWord() is { } form ? new ConditionSyntax.Is(path, form) : Fail("A form is missing behind is.");
        }

        return Take("in") ? ReadList(path) : Fail($"Behind '{path.Text}' one of valued, =, !=, in, is must follow.");
    }

    private ConditionSyntax? ReadList(Word path)
    {
        if (!Take("["))
        {
            return Fail("A list in square brackets must follow in.");
        }

        var values = new List<string>();
        do
        {
            if (TakeWord() is not { } value)
            {
                return Fail("A value is missing in the list.");
            }

            values.Add(value.Text);
        }
        while (Take(","));

        return Take("]") ? new ConditionSyntax.In(path, values) : Fail("A closing bracket is missing.");
    }

    private ConditionSyntax? Fail(string text)
    {
        var offset = _next < _tokens.Count ? _tokens[_next].Offset : _source.Text.Length;
        _problems.Add(_source.Position.Plus(offset), $"The condition cannot be read: {text}", "For example: PV1-2 = 'I' and not PV1-19 valued");
        return null;
    }

    private bool Take(string token)
    {
        if (_next < _tokens.Count && !_tokens[_next].Quoted && _tokens[_next].Text == token)
        {
            _next++;
            return true;
        }

        return false;
    }

    private Word? TakeWord()
    {
        if (_next >= _tokens.Count || (!_tokens[_next].Quoted && "()[],=".Contains(_tokens[_next].Text, StringComparison.Ordinal)))
        {
            return null;
        }

        var (text, offset, _) = _tokens[_next++];
        return new Word(text, _source.Position.Plus(offset));
    }

    private bool ReadTokens()
    {
        var text = _source.Text;
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            switch (text[i])
            {
                case ' ':
                    i++;
                    break;
                case '\'':
                    var end = text.IndexOf('\'', i + 1);
                    if (end < 0)
                    {
                        _next = _tokens.Count;
                        Fail("A closing quote is missing.");
                        return false;
                    }

                    _tokens.Add((text[(i + 1)..end], start, true));
                    i = end + 1;
                    break;
                case '!' when i + 1 < text.Length && text[i + 1] == '=':
                    _tokens.Add(("!=", start, false));
                    i += 2;
                    break;
                case '(' or ')' or ',' or '=' or ']':
                    _tokens.Add((text[i++].ToString(), start, false));
                    break;
                case '[':
                    _tokens.Add(("[", start, false));
                    i++;
                    break;
                default:
                    i = EndOfWord(text, i);
                    _tokens.Add((text[start..i], start, false));
                    break;
            }
        }

        return true;
    }

    /// <summary>A bracket belongs to the word when it holds a repetition number: <c>PID-3[2].4</c>.</summary>
    private static int EndOfWord(string text, int start)
    {
        var i = start;
        while (i < text.Length && !" ()',=!]".Contains(text[i], StringComparison.Ordinal))
        {
            if (text[i] == '[')
            {
                var close = text.IndexOf(']', i);
                if (i == start || close < 0 || !text.AsSpan(i + 1, close - i - 1).ContainsAnyInRange('0', '9'))
                {
                    break;
                }

                i = close;
            }

            i++;
        }

        return i;
    }
}
