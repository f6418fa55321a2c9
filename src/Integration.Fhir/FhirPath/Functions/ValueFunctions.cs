using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>Conversion, choice, tracing and the clock. FHIRPath 2.0.0 §5.5, §5.9, §5.10.</summary>
internal static class ValueFunctions
{
    private static readonly ItemKind[] Targets =
    [
        ItemKind.Boolean, ItemKind.Integer, ItemKind.Decimal, ItemKind.String, ItemKind.Date, ItemKind.DateTime, ItemKind.Time, ItemKind.Quantity,
    ];

    public static IEnumerable<Function> All =>
    [
        new("iif", 2, 3, Iif, Prediction.Unknown),
        new("trace", 1, 2, Trace),
        new("now", 0, 0, (m, in _, _, _, _) => m.Push(PathItem.Of(Clock(m, ItemKind.DateTime))), Prediction.NotEmpty, Prediction.NotEmpty),
        new("today", 0, 0, (m, in _, _, _, _) => m.Push(PathItem.Of(Clock(m, ItemKind.Date))), Prediction.NotEmpty, Prediction.NotEmpty),
        new("timeOfDay", 0, 0, (m, in _, _, _, _) => m.Push(PathItem.Of(Clock(m, ItemKind.Time))), Prediction.NotEmpty, Prediction.NotEmpty),
        .. Targets.SelectMany(Conversion),
    ];

    private static IEnumerable<Function> Conversion(ItemKind target)
    {
        // A quantity may name the unit it is to have; there is no conversion between units, so another unit gives nothing.
        var most = target == ItemKind.Quantity ? 1 : 0;
        yield return new Function($"to{target}", 0, most, (m, in f, s, n, a) =>
        {
            if (Converted(m, f, s, n, a, target) is { } result)
            {
                m.Push(result);
            }
        });
        yield return new Function($"convertsTo{target}", 0, most, (m, in f, s, n, a) =>
        {
            if (Arguments.Input(m, s, n) is not null)
            {
                m.Push(Converted(m, f, s, n, a, target) is not null);
            }
        });
    }

    private static PathItem? Converted(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments, ItemKind target)
    {
        // As it stands in the document, so that text keeps the written precision.
        if (Arguments.Input(machine, start, count) is null || Conversions.Convert(machine[start], target) is not { } result)
        {
            return null;
        }

        return arguments.Length == 0 || Arguments.Text(machine, frame, arguments[0]) == result.Quantity.Unit ? result : null;
    }

    /// <summary>Condition and results see the input as <c>$this</c>.</summary>
    private static void Iif(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var top = machine.Top;
        var inner = new Frame(start, count, frame.Index, frame.TotalStart, frame.TotalCount);
        arguments[0].Evaluate(machine, inner);
        if (machine.PopTruth(top) == true)
        {
            arguments[1].Evaluate(machine, inner);
        }
        else if (arguments.Length > 2)
        {
            arguments[2].Evaluate(machine, inner);
        }
    }

    private static void Trace(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (machine.Trace is { } listener)
        {
            var top = machine.Top;
            var name = Arguments.Text(machine, frame, arguments[0]) ?? "";
            if (arguments.Length > 1)
            {
                for (var i = 0; i < count; i++)
                {
                    arguments[1].Evaluate(machine, new Frame(start + i, 1, i));
                }
            }
            else
            {
                machine.PushRange(start, count);
            }

            listener(name, FhirPathValue.TakeFrom(machine, top));
            machine.Truncate(top);
        }

        machine.PushRange(start, count);
    }

    private static PathDate Clock(PathMachine machine, ItemKind kind) => kind switch
    {
        ItemKind.Date => new PathDate(kind, machine.Now.Date, DatePrecision.Day),
        ItemKind.Time => new PathDate(kind, new DateTime(machine.Now.TimeOfDay.Ticks, DateTimeKind.Unspecified), DatePrecision.Second),
        _ => new PathDate(kind, machine.Now.DateTime, DatePrecision.Second, machine.Now.Offset),
    };
}
