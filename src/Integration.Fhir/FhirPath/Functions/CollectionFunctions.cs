using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>Existence, filtering, subsetting and combining. FHIRPath 2.0.0 §5.1 to §5.4.</summary>
internal static class CollectionFunctions
{
    public static IEnumerable<Function> All =>
    [
        new("empty", 0, 0, (m, in _, _, n, _) => m.Push(n == 0), Prediction.True, Prediction.False),
        new("exists", 0, 1, Exists, Prediction.False, Prediction.True),
        new("not", 0, 0, Not),
        new("all", 1, 1, AllHold, Prediction.True),
        new("allTrue", 0, 0, (m, in _, s, n, _) => m.Push(!Any(m, s, n, false)), Prediction.True),
        new("anyTrue", 0, 0, (m, in _, s, n, _) => m.Push(Any(m, s, n, true)), Prediction.False),
        new("allFalse", 0, 0, (m, in _, s, n, _) => m.Push(!Any(m, s, n, true)), Prediction.True),
        new("anyFalse", 0, 0, (m, in _, s, n, _) => m.Push(Any(m, s, n, false)), Prediction.False),
        new("count", 0, 0, (m, in _, _, n, _) => m.Push(PathItem.Of((long)n)), Prediction.NotEmpty, Prediction.NotEmpty),
        new("distinct", 0, 0, (m, in _, s, n, _) => Operands.PushDistinct(m, s, s + n), Prediction.Empty, Prediction.NotEmpty),
        new("isDistinct", 0, 0, IsDistinct, Prediction.True),
        new("subsetOf", 1, 1, (m, in f, s, n, a) => Subset(m, f, s, n, a[0], isReversed: false), Prediction.True),
        new("supersetOf", 1, 1, (m, in f, s, n, a) => Subset(m, f, s, n, a[0], isReversed: true), Prediction.Unknown),
        new("where", 1, 1, Where),
        new("select", 1, 1, Select),
        new("single", 0, 0, Single),
        new("first", 0, 0, (m, in _, s, n, _) => m.PushRange(s, Math.Min(n, 1))),
        new("last", 0, 0, (m, in _, s, n, _) => m.PushRange(s + n - Math.Min(n, 1), Math.Min(n, 1))),
        new("tail", 0, 0, (m, in _, s, n, _) => m.PushRange(s + 1, Math.Max(n - 1, 0))),
        new("skip", 1, 1, Skip),
        new("take", 1, 1, Take),
        new("intersect", 1, 1, Intersect),
        new("exclude", 1, 1, Exclude),
        new("union", 1, 1, Union, Prediction.Unknown),
        new("combine", 1, 1, Combine, Prediction.Unknown),
        new("aggregate", 1, 2, Aggregate, Prediction.Unknown),
    ];

    private static void Exists(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var found = arguments.Length == 0 && count > 0;
        for (var i = 0; i < count && !found && arguments.Length > 0; i++)
        {
            found = Arguments.Holds(machine, start + i, i, arguments[0]) == true;
        }

        machine.Push(found);
    }

    private static void Not(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var top = machine.Top;
        machine.PushRange(start, count);
        machine.Push(!machine.PopTruth(top));
    }

    private static void AllHold(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        for (var i = 0; i < count; i++)
        {
            if (Arguments.Holds(machine, start + i, i, arguments[0]) != true)
            {
                machine.Push(false);
                return;
            }
        }

        machine.Push(true);
    }

    private static bool Any(PathMachine machine, int start, int count, bool wanted)
    {
        for (var i = start; i < start + count; i++)
        {
            if (SystemValues.Of(machine[i]) is not { } value)
            {
                continue;
            }

            if (value.Kind != ItemKind.Boolean)
            {
                throw new FhirPathException("A function of truths was asked about something else.");
            }

            if (value.Boolean == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private static void IsDistinct(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var isDistinct = true;
        for (var i = 1; i < count && isDistinct; i++)
        {
            isDistinct = !PathEquality.Contains(machine, start, i, machine[start + i]);
        }

        machine.Push(isDistinct);
    }

    private static void Subset(PathMachine machine, in Frame frame, int start, int count, PathNode argument, bool isReversed)
    {
        var other = machine.Top;
        argument.Evaluate(machine, frame);
        var otherCount = machine.Top - other;
        var (part, partCount, whole, wholeCount) = isReversed ? (other, otherCount, start, count) : (start, count, other, otherCount);
        var isSubset = true;
        for (var i = part; i < part + partCount && isSubset; i++)
        {
            isSubset = PathEquality.Contains(machine, whole, wholeCount, machine[i]);
        }

        machine.Truncate(other);
        machine.Push(isSubset);
    }

    private static void Where(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        for (var i = 0; i < count; i++)
        {
            if (Arguments.Holds(machine, start + i, i, arguments[0]) == true)
            {
                machine.PushRange(start + i, 1);
            }
        }
    }

    private static void Select(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        for (var i = 0; i < count; i++)
        {
            machine.Spend();
            arguments[0].Evaluate(machine, new Frame(start + i, 1, i));
        }
    }

    private static void Single(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (count > 1)
        {
            throw new FhirPathException("single() found several items.");
        }

        machine.PushRange(start, count);
    }

    private static void Skip(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var skipped = (int)Math.Clamp(Arguments.Integer(machine, frame, arguments[0]) ?? count, 0, count);
        machine.PushRange(start + skipped, count - skipped);
    }

    private static void Take(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments) =>
        machine.PushRange(start, (int)Math.Clamp(Arguments.Integer(machine, frame, arguments[0]) ?? 0, 0, count));

    private static void Intersect(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var other = machine.Top;
        arguments[0].Evaluate(machine, frame);
        var end = machine.Top;
        for (var i = start; i < start + count; i++)
        {
            if (PathEquality.Contains(machine, other, end - other, machine[i]) && !PathEquality.Contains(machine, end, machine.Top - end, machine[i]))
            {
                machine.PushRange(i, 1);
            }
        }

        machine.Collapse(other, end);
    }

    private static void Exclude(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var other = machine.Top;
        arguments[0].Evaluate(machine, frame);
        var end = machine.Top;
        for (var i = start; i < start + count; i++)
        {
            if (!PathEquality.Contains(machine, other, end - other, machine[i]))
            {
                machine.PushRange(i, 1);
            }
        }

        machine.Collapse(other, end);
    }

    private static void Union(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var all = machine.Top;
        machine.PushRange(start, count);
        arguments[0].Evaluate(machine, frame);
        var end = machine.Top;
        Operands.PushDistinct(machine, all, end);
        machine.Collapse(all, end);
    }

    private static void Combine(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        machine.PushRange(start, count);
        arguments[0].Evaluate(machine, frame);
    }

    /// <summary>FHIRPath 2.0.0 §7: <c>$total</c> begins as the second argument or nothing.</summary>
    private static void Aggregate(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var total = machine.Top;
        if (arguments.Length > 1)
        {
            arguments[1].Evaluate(machine, frame);
        }

        for (var i = 0; i < count; i++)
        {
            machine.Spend();
            var end = machine.Top;
            arguments[0].Evaluate(machine, new Frame(start + i, 1, i, total, end - total));
            machine.Collapse(total, end);
        }
    }
}
