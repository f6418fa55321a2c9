using System.Globalization;
using Integration.Fhir.FhirPath.Functions;
using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Parsing;

/// <summary>Builds the nodes of an expression in one pass. FHIRPath 2.0.0 (N1) grammar; precedence §6.8. For one text.</summary>
internal sealed class Parser
{
    /// <summary>The longest official expression has 1,400 characters.</summary>
    public const int MaxLength = 32_768;

    /// <summary>Brackets within brackets, and levels of nodes: evaluation recurses over them.</summary>
    public const int MaxDepth = 200;

    private static readonly Dictionary<string, int> Precedence = new(StringComparer.Ordinal)
    {
        ["implies"] = 1,
        ["or"] = 2,
        ["xor"] = 2,
        ["and"] = 3,
        ["in"] = 4,
        ["contains"] = 4,
        ["="] = 5,
        ["~"] = 5,
        ["!="] = 5,
        ["!~"] = 5,
        ["<"] = 6,
        ["<="] = 6,
        [">"] = 6,
        [">="] = 6,
        ["|"] = 7,
        ["is"] = 8,
        ["as"] = 8,
        ["+"] = 9,
        ["-"] = 9,
        ["&"] = 9,
        ["*"] = 10,
        ["/"] = 10,
        ["div"] = 10,
        ["mod"] = 10,
    };

    private readonly Lexer _lexer;
    private readonly HashSet<string> _headNames = new(StringComparer.Ordinal);
    private Token _token;
    private int _depth;

    private Parser(string text)
    {
        _lexer = new Lexer(text);
        _token = _lexer.Next();
    }

    /// <param name="headNames">The names that begin a path, which are elements of some <c>$this</c>.</param>
    /// <exception cref="FhirPathSyntaxException">The text is no expression, or larger than the limits.</exception>
    public static PathNode Parse(string text, out IReadOnlySet<string> headNames)
    {
        if (text.Length > MaxLength)
        {
            throw new FhirPathSyntaxException($"An expression has at most {MaxLength} characters.", MaxLength);
        }

        var parser = new Parser(text);
        var root = parser.Expression(1);
        if (parser._token.Kind != TokenKind.End)
        {
            throw Unexpected(parser._token, "the end");
        }

        headNames = parser._headNames;
        return root;
    }

    private static FhirPathSyntaxException Unexpected(Token token, string expected) =>
        new($"Expected {expected}, found {(token.Kind == TokenKind.End ? "the end" : $"'{token.Text}'")}.", token.Position);

    private Token Take()
    {
        var token = _token;
        _token = _lexer.Next();
        return token;
    }

    private void Expect(string symbol)
    {
        if (!_token.IsSymbol(symbol))
        {
            throw Unexpected(_token, $"'{symbol}'");
        }

        Take();
    }

    private T Checked<T>(T node, int depth, Token at)
    {
        return depth <= MaxDepth ? node : throw new FhirPathSyntaxException($"An expression is nested at most {MaxDepth} levels deep.", at.Position);
    }

    /// <summary>Operators of at least this precedence, from left to right.</summary>
    private PathNode Expression(int least)
    {
        if (++_depth > MaxDepth)
        {
            throw new FhirPathSyntaxException($"An expression is nested at most {MaxDepth} levels deep.", _token.Position);
        }

        var left = Signed();
        while (!_token.IsDelimited && _token.Kind is TokenKind.Symbol or TokenKind.Identifier
            && Precedence.TryGetValue(_token.Text, out var precedence) && precedence >= least)
        {
            var symbol = Take();
            if (symbol.Text is "is" or "as")
            {
                left = new TypeNode(left, Type(), symbol.Text == "is");
            }
            else
            {
                left = Binary(symbol.Text, left, Expression(precedence + 1));
            }

            Checked(left, left.Depth, symbol);
        }

        _depth--;
        return left;
    }

    private static PathNode Binary(string symbol, PathNode left, PathNode right) => symbol switch
    {
        "implies" or "or" or "xor" or "and" => new LogicNode(symbol, left, right),
        "in" => new MembershipNode(left, right, isReversed: false),
        "contains" => new MembershipNode(right, left, isReversed: true),
        "=" => new EqualityNode(left, right, isEqual: true),
        "!=" => new EqualityNode(left, right, isEqual: false),
        "~" => new EquivalenceNode(left, right, isEquivalent: true),
        "!~" => new EquivalenceNode(left, right, isEquivalent: false),
        "<" or "<=" or ">" or ">=" => new ComparisonNode(left, right, symbol),
        "|" => new UnionNode(left, right),
        "&" => new ConcatenationNode(left, right),
        _ => new ArithmeticNode(left, right, symbol),
    };

    private PathNode Signed()
    {
        var signs = new Stack<Token>();
        while (_token.IsSymbol("-") || _token.IsSymbol("+"))
        {
            signs.Push(Take());
        }

        var operand = Path();
        while (signs.TryPop(out var sign))
        {
            operand = new SignNode(operand, sign.Text == "-");
            Checked(operand, operand.Depth, sign);
        }

        return operand;
    }

    /// <summary>A term with what follows it after dots and in square brackets.</summary>
    private PathNode Path()
    {
        var node = Term();
        while (true)
        {
            var at = _token;
            if (at.IsSymbol("."))
            {
                Take();
                node = new InvocationNode(node, Step(TakeName()));
            }
            else if (at.IsSymbol("["))
            {
                Take();
                var index = Expression(1);
                Expect("]");
                node = new InvocationNode(node, new IndexerStep(index));
            }
            else
            {
                return node;
            }

            Checked(node, node.Depth, at);
        }
    }

    private Token TakeName() => _token.Kind == TokenKind.Identifier ? Take() : throw Unexpected(_token, "a name");

    private PathNode Term()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.String:
                return new LiteralNode(PathItem.Of(token.Text));
            case TokenKind.Integer or TokenKind.Decimal:
                return new LiteralNode(Number(token));
            case TokenKind.Date:
                return new LiteralNode(PathItem.Of(PathDate.TryParse(token.Text) ?? throw new FhirPathSyntaxException("No date or time is written so.", token.Position)));
            case TokenKind.External:
                return External(token);
            case TokenKind.Variable:
                return token.Text switch
                {
                    "this" => new ThisNode(),
                    "index" => new IndexNode(),
                    _ => new TotalNode(),
                };
            case TokenKind.Identifier when token.IsKeyword("true") || token.IsKeyword("false"):
                return new LiteralNode(PathItem.Of(token.Text == "true"));
            case TokenKind.Identifier when _token.IsSymbol("("):
                return new InvocationNode(new ThisNode(), Step(token));
            case TokenKind.Identifier:
                _headNames.Add(token.Text);
                return new HeadNode(token.Text);
            case TokenKind.Symbol when token.Text == "(":
                var inner = Expression(1);
                Expect(")");
                return inner;
            case TokenKind.Symbol when token.Text == "{":
                Expect("}");
                return new EmptyNode();
            default:
                throw Unexpected(token, "a value, a name or '('");
        }
    }

    private static ExternalNode External(Token token)
    {
        try
        {
            return new ExternalNode(token.Text);
        }
        catch (KeyNotFoundException)
        {
            throw new FhirPathSyntaxException($"There is no variable %{token.Text}.", token.Position);
        }
    }

    /// <summary>A number, with the unit that may follow: <c>4</c>, <c>4 days</c>, <c>4.5 'mg'</c>.</summary>
    private PathItem Number(Token token)
    {
        if (!decimal.TryParse(token.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || (token.Kind == TokenKind.Integer && value > long.MaxValue))
        {
            throw new FhirPathSyntaxException("The number is too large.", token.Position);
        }

        if (_token.Kind == TokenKind.String)
        {
            return PathItem.Of(new PathQuantity(value, Take().Text));
        }

        if (_token.Kind == TokenKind.Identifier && !_token.IsDelimited && PathQuantity.CalendarUnit(_token.Text) is { } unit)
        {
            Take();
            return PathItem.Of(new PathQuantity(value, unit, IsCalendar: true));
        }

        return token.Kind == TokenKind.Integer ? PathItem.Of((long)value) : PathItem.Of(value);
    }

    /// <summary>What a name means after a dot: a function when a bracket follows, else a child.</summary>
    private PathStep Step(Token name)
    {
        if (!_token.IsSymbol("("))
        {
            return new ChildStep(name.Text);
        }

        Take();
        if (name.Text is "is" or "as" or "ofType")
        {
            var type = Type();
            Expect(")");
            return new TypeStep(type, name.Text == "is");
        }

        var arguments = new List<PathNode>();
        while (!_token.IsSymbol(")"))
        {
            if (arguments.Count > 0)
            {
                Expect(",");
            }

            arguments.Add(Expression(1));
        }

        Take();
        var function = FunctionTable.Find(name.Text) ?? throw new FhirPathSyntaxException($"There is no function {name.Text}().", name.Position);
        if (arguments.Count < function.MinArguments || arguments.Count > function.MaxArguments)
        {
            throw new FhirPathSyntaxException($"{name.Text}() does not take {arguments.Count} arguments.", name.Position);
        }

        return new FunctionStep(function, [.. arguments]);
    }

    private TypeName Type()
    {
        var first = TakeName();
        string? space = null;
        var name = first.Text;
        if (_token.IsSymbol("."))
        {
            Take();
            (space, name) = (name, TakeName().Text);
        }

        try
        {
            return new TypeName(space, name);
        }
        catch (KeyNotFoundException)
        {
            throw new FhirPathSyntaxException($"There is no type {name}.", first.Position);
        }
    }
}
