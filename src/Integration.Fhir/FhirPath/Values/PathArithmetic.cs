namespace Integration.Fhir.FhirPath.Values;

/// <summary>Arithmetic and order of two values. FHIRPath 2.0.0 §6.2 and §6.6.</summary>
internal static class PathArithmetic
{
    /// <returns>Less than, equal, more than 0 as the left comes first, neither, the right; null when it cannot be told.</returns>
    /// <exception cref="FhirPathException">The two have no order.</exception>
    public static int? Compare(in PathItem left, in PathItem right)
    {
        if (SystemValues.Of(left) is not { } a || SystemValues.Of(right) is not { } b)
        {
            return null;
        }

        return (a.Kind, b.Kind) switch
        {
            (ItemKind.Integer or ItemKind.Decimal, ItemKind.Integer or ItemKind.Decimal) => a.Decimal.CompareTo(b.Decimal),
            (ItemKind.String, ItemKind.String) => string.CompareOrdinal(a.Text, b.Text),
            (ItemKind.Date or ItemKind.DateTime, ItemKind.Date or ItemKind.DateTime) or (ItemKind.Time, ItemKind.Time) => PathDate.Compare(a.Date, b.Date),
            (ItemKind.Quantity, ItemKind.Quantity) => PathQuantity.Compare(a.Quantity, b.Quantity),
            (ItemKind.Quantity, ItemKind.Integer or ItemKind.Decimal) => PathQuantity.Compare(a.Quantity, new PathQuantity(b.Decimal, "1")),
            (ItemKind.Integer or ItemKind.Decimal, ItemKind.Quantity) => PathQuantity.Compare(new PathQuantity(a.Decimal, "1"), b.Quantity),

            // A quantity without value is an element still, and has no order to anything.
            (ItemKind.Element, ItemKind.Element or ItemKind.Quantity) when a.Type.IsA("Quantity") => null,
            (ItemKind.Quantity, ItemKind.Element) when b.Type.IsA("Quantity") => null,
            _ => throw new FhirPathException("Values of these types have no order."),
        };
    }

    /// <returns>Null when the result is undefined (division by zero) or too large to be held.</returns>
    /// <exception cref="FhirPathException">The operator does not take these types.</exception>
    public static PathItem? Calculate(string symbol, in PathItem left, in PathItem right)
    {
        if (SystemValues.Of(left) is not { } a || SystemValues.Of(right) is not { } b)
        {
            return null;
        }

        try
        {
            return (a.Kind, b.Kind) switch
            {
                (ItemKind.Integer, ItemKind.Integer) when symbol != "/" => Integers(symbol, a.Integer, b.Integer),
                (ItemKind.Integer or ItemKind.Decimal, ItemKind.Integer or ItemKind.Decimal) => Decimals(symbol, a.Decimal, b.Decimal),
                (ItemKind.String, ItemKind.String) when symbol == "+" => PathItem.Of(a.Text + b.Text),
                (ItemKind.Date or ItemKind.DateTime or ItemKind.Time, ItemKind.Quantity) when symbol is "+" or "-" => Shifted(a.Date, b.Quantity, symbol == "+" ? 1 : -1),
                (ItemKind.Quantity, ItemKind.Quantity) => Quantities(symbol, a.Quantity, b.Quantity),
                (ItemKind.Quantity, ItemKind.Integer or ItemKind.Decimal) when symbol is "*" or "/" => Scaled(symbol, a.Quantity, b.Decimal),
                (ItemKind.Integer or ItemKind.Decimal, ItemKind.Quantity) when symbol == "*" => Scaled(symbol, b.Quantity, a.Decimal),
                _ => throw new FhirPathException($"'{symbol}' does not take values of these types."),
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    public static PathItem? Negated(in PathItem item) => SystemValues.Of(item) switch
    {
        { Kind: ItemKind.Integer } value => PathItem.Of(-value.Integer),
        { Kind: ItemKind.Decimal } value => PathItem.Of(-value.Decimal),
        { Kind: ItemKind.Quantity } value => PathItem.Of(value.Quantity with { Value = -value.Quantity.Value }),
        null => null,
        _ => throw new FhirPathException("Only a number or quantity has a sign."),
    };

    private static PathItem? Shifted(PathDate date, PathQuantity amount, int sign)
    {
        if (amount.Months is null && amount.Milliseconds is null)
        {
            throw new FhirPathException("Only a quantity of time can be added to a date.");
        }

        return date.Add(amount, sign) is { } result ? PathItem.Of(result) : null;
    }

    private static PathItem? Integers(string symbol, long a, long b) => symbol switch
    {
        "+" => PathItem.Of(checked(a + b)),
        "-" => PathItem.Of(checked(a - b)),
        "*" => PathItem.Of(checked(a * b)),
        "div" => b == 0 ? null : PathItem.Of(checked(a / b)),
        "mod" => b is 0 ? null : b is -1 ? PathItem.Of(0L) : PathItem.Of(a % b),
        _ => throw new FhirPathException($"'{symbol}' does not take numbers."),
    };

    private static PathItem? Decimals(string symbol, decimal a, decimal b) => symbol switch
    {
        "+" => PathItem.Of(a + b),
        "-" => PathItem.Of(a - b),
        "*" => PathItem.Of(a * b),
        "/" => b == 0 ? null : PathItem.Of(a / b),
        "div" => b == 0 ? null : PathItem.Of((long)decimal.Truncate(a / b)),
        "mod" => b == 0 ? null : PathItem.Of(a % b),
        _ => throw new FhirPathException($"'{symbol}' does not take numbers."),
    };

    private static PathItem? Quantities(string symbol, PathQuantity a, PathQuantity b)
    {
        switch (symbol)
        {
            case "+" or "-":
                var right = symbol == "+" ? b.Value : -b.Value;
                return a.Unit == b.Unit ? PathItem.Of(a with { Value = a.Value + right }) : null;
            case "*" when b.Unit == "1":
                return Scaled(symbol, a, b.Value);
            case "*" when a.Unit == "1":
                return Scaled(symbol, b, a.Value);
            case "/" when b.Value != 0 && (a.Unit == b.Unit || b.Unit == "1"):
                return PathItem.Of(new PathQuantity(a.Value / b.Value, b.Unit == "1" ? a.Unit : "1"));
            case "*" or "/":
                return null;
            default:
                throw new FhirPathException($"'{symbol}' does not take quantities.");
        }
    }

    private static PathItem? Scaled(string symbol, PathQuantity quantity, decimal factor) => symbol switch
    {
        "*" => PathItem.Of(quantity with { Value = quantity.Value * factor }),
        _ => factor == 0 ? null : PathItem.Of(quantity with { Value = quantity.Value / factor }),
    };
}
