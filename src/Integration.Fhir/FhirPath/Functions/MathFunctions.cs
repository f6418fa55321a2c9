using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>Math. FHIRPath 2.0.0 §5.7. What is undefined or too large to be held gives nothing.</summary>
internal static class MathFunctions
{
    public static IEnumerable<Function> All =>
    [
        new("abs", 0, 0, Abs),
        new("ceiling", 0, 0, (m, in _, s, n, _) => ToInteger(m, s, n, decimal.Ceiling)),
        new("floor", 0, 0, (m, in _, s, n, _) => ToInteger(m, s, n, decimal.Floor)),
        new("truncate", 0, 0, (m, in _, s, n, _) => ToInteger(m, s, n, decimal.Truncate)),
        new("exp", 0, 0, (m, in _, s, n, _) => Real(m, s, n, Math.Exp)),
        new("ln", 0, 0, (m, in _, s, n, _) => Real(m, s, n, Math.Log)),
        new("sqrt", 0, 0, (m, in _, s, n, _) => Real(m, s, n, Math.Sqrt)),
        new("log", 1, 1, (m, in f, s, n, a) => WithArgument(m, f, s, n, a, (value, other) => Math.Log(value, other))),
        new("power", 1, 1, Power),
        new("round", 0, 1, Round),
        new("sum", 0, 0, Sum),
    ];

    private static PathItem? Number(PathMachine machine, int start, int count)
    {
        var value = Arguments.Input(machine, start, count);
        return value is null or { Kind: ItemKind.Integer or ItemKind.Decimal }
            ? value
            : throw new FhirPathException("A function of numbers was asked about something else.");
    }

    private static void Abs(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var value = Arguments.Input(machine, start, count);
        if (value is { Kind: ItemKind.Quantity } quantity)
        {
            machine.Push(PathItem.Of(quantity.Quantity with { Value = Math.Abs(quantity.Quantity.Value) }));
        }
        else if (Number(machine, start, count) is { } number)
        {
            machine.Push(number.Kind == ItemKind.Integer ? PathItem.Of(Math.Abs(number.Integer)) : PathItem.Of(Math.Abs(number.Decimal)));
        }
    }

    /// <summary>FHIRPath 3.0.0 §5.9: nothing where there is nothing to add.</summary>
    private static void Sum(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (count == 0)
        {
            return;
        }

        var (sum, isWhole) = (0m, true);
        for (var i = start; i < start + count; i++)
        {
            machine.Spend();
            if (Number(machine, i, 1) is not { } number)
            {
                return;
            }

            isWhole &= number.Kind == ItemKind.Integer;
            try
            {
                sum += number.Decimal;
            }
            catch (OverflowException)
            {
                return;
            }
        }

        if (!isWhole)
        {
            machine.Push(PathItem.Of(sum));
        }
        else if (sum is >= long.MinValue and <= long.MaxValue)
        {
            machine.Push(PathItem.Of((long)sum));
        }
    }

    private static void ToInteger(PathMachine machine, int start, int count, Func<decimal, decimal> function)
    {
        if (Number(machine, start, count) is { } number && function(number.Decimal) is var whole && whole is >= long.MinValue and <= long.MaxValue)
        {
            machine.Push(PathItem.Of((long)whole));
        }
    }

    private static void Real(PathMachine machine, int start, int count, Func<double, double> function)
    {
        if (Number(machine, start, count) is { } number)
        {
            PushReal(machine, function((double)number.Decimal));
        }
    }

    private static void WithArgument(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments, Func<double, double, double> function)
    {
        if (Number(machine, start, count) is { } number && Arguments.Value(machine, frame, arguments[0]) is { Kind: ItemKind.Integer or ItemKind.Decimal } other)
        {
            PushReal(machine, function((double)number.Decimal, (double)other.Decimal));
        }
    }

    private static void Power(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Number(machine, start, count) is not { } number
            || Arguments.Value(machine, frame, arguments[0]) is not { Kind: ItemKind.Integer or ItemKind.Decimal } exponent)
        {
            return;
        }

        var result = Math.Pow((double)number.Decimal, (double)exponent.Decimal);
        if (number.Kind == ItemKind.Integer && exponent.Kind == ItemKind.Integer && Math.Abs(result) < 1L << 53 && result == Math.Truncate(result))
        {
            machine.Push(PathItem.Of((long)result));
        }
        else
        {
            PushReal(machine, result);
        }
    }

    private static void Round(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Number(machine, start, count) is not { } number)
        {
            return;
        }

        var places = arguments.Length > 0 ? Arguments.Integer(machine, frame, arguments[0]) ?? 0 : 0;
        if (places < 0)
        {
            throw new FhirPathException("round() takes a number of places from 0.");
        }

        machine.Push(PathItem.Of(Rounded(number.Decimal, (int)Math.Min(places, 28))));
    }

    /// <summary>A half goes up, also below zero: "0.5 or higher will round to 1".</summary>
    private static decimal Rounded(decimal value, int places)
    {
        var toZero = decimal.Round(value, places, MidpointRounding.ToZero);
        var nearest = decimal.Round(value, places, MidpointRounding.AwayFromZero);
        return value < 0 && nearest != toZero && value - nearest == toZero - value ? toZero : nearest;
    }

    private static void PushReal(PathMachine machine, double value)
    {
        if (double.IsFinite(value) && Math.Abs(value) < (double)decimal.MaxValue)
        {
            machine.Push(PathItem.Of((decimal)value));
        }
    }
}
