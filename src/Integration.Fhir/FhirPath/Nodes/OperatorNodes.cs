using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Nodes;

/// <summary>An operator between two expressions.</summary>
internal abstract class BinaryNode : PathNode
{
    protected BinaryNode(PathNode left, PathNode right)
    {
        Left = left;
        Right = right;
        Depth = 1 + Math.Max(left.Depth, right.Depth);
    }

    protected PathNode Left { get; }

    protected PathNode Right { get; }

    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        machine.Spend();
        var left = machine.Top;
        Left.Evaluate(machine, frame);
        var right = machine.Top;
        Right.Evaluate(machine, frame);
        var end = machine.Top;
        Operate(machine, left, right, end);
        machine.Collapse(left, end);
    }

    /// <summary>Leaves the result of [left, right) and [right, end) above them.</summary>
    protected abstract void Operate(PathMachine machine, int left, int right, int end);

    /// <summary>Whether a side is surely empty, which most operators answer with nothing.</summary>
    protected bool HasEmptySide(in ElementPresence presence) =>
        Left.Predict(presence) == Prediction.Empty || Right.Predict(presence) == Prediction.Empty;
}

/// <summary><c>=</c> and <c>!=</c></summary>
internal sealed class EqualityNode(PathNode left, PathNode right, bool isEqual) : BinaryNode(left, right)
{
    private readonly byte[]? _rightText = (right as LiteralNode)?.Utf8;

    public override Prediction Predict(in ElementPresence presence)
    {
        var (left, right) = (Left.Predict(presence), Right.Predict(presence));
        if (left == Prediction.Empty || right == Prediction.Empty)
        {
            return Prediction.Empty;
        }

        return left.IsTruth(out var a) && right.IsTruth(out var b) ? Predictions.Of(a == b == isEqual) : Prediction.Unknown;
    }

    protected override void Operate(PathMachine machine, int left, int right, int end)
    {
        // The common case, an element and a constant text, needs no string of the element.
        var result = _rightText is not null && right - left == 1 && PathEquality.HasText(machine[left], _rightText) is { } same
            ? same
            : PathEquality.AreEqual(machine, left, right - left, right, end - right);
        machine.Push(result is { } known ? known == isEqual : null);
    }
}

/// <summary><c>~</c> and <c>!~</c></summary>
internal sealed class EquivalenceNode(PathNode left, PathNode right, bool isEquivalent) : BinaryNode(left, right)
{
    protected override void Operate(PathMachine machine, int left, int right, int end) =>
        machine.Push(PathEquality.AreEquivalent(machine, left, right - left, right, end - right) == isEquivalent);
}

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c></summary>
internal sealed class ComparisonNode(PathNode left, PathNode right, string symbol) : BinaryNode(left, right)
{
    public override Prediction Predict(in ElementPresence presence) => HasEmptySide(presence) ? Prediction.Empty : Prediction.Unknown;

    protected override void Operate(PathMachine machine, int left, int right, int end)
    {
        if (Operands.TrySingle(machine, left, right, end, out var a, out var b) && PathArithmetic.Compare(a, b) is { } order)
        {
            machine.Push(symbol switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            });
        }
    }
}

/// <summary><c>+ - * / div mod</c></summary>
internal sealed class ArithmeticNode(PathNode left, PathNode right, string symbol) : BinaryNode(left, right)
{
    public override Prediction Predict(in ElementPresence presence) => HasEmptySide(presence) ? Prediction.Empty : Prediction.Unknown;

    protected override void Operate(PathMachine machine, int left, int right, int end)
    {
        if (Operands.TrySingle(machine, left, right, end, out var a, out var b) && PathArithmetic.Calculate(symbol, a, b) is { } result)
        {
            machine.Push(result);
        }
    }
}

/// <summary><c>&amp;</c>: texts put together, nothing being the empty text.</summary>
internal sealed class ConcatenationNode(PathNode left, PathNode right) : BinaryNode(left, right)
{
    protected override void Operate(PathMachine machine, int left, int right, int end) =>
        machine.Push(PathItem.Of(Operands.Text(machine, left, right - left) + Operands.Text(machine, right, end - right)));
}

/// <summary><c>|</c>: the members of both, each once.</summary>
internal sealed class UnionNode(PathNode left, PathNode right) : BinaryNode(left, right)
{
    public PathNode First => Left;

    public PathNode Second => Right;

    public override Prediction Predict(in ElementPresence presence) => (Left.Predict(presence), Right.Predict(presence)) switch
    {
        (Prediction.Empty, Prediction.Empty) => Prediction.Empty,
        (Prediction.NotEmpty, _) or (_, Prediction.NotEmpty) => Prediction.NotEmpty,
        _ => Prediction.Unknown,
    };

    protected override void Operate(PathMachine machine, int left, int right, int end) => Operands.PushDistinct(machine, left, end);
}

/// <summary><c>in</c>, and <c>contains</c> with its sides exchanged.</summary>
internal sealed class MembershipNode(PathNode item, PathNode collection, bool isReversed)
    : BinaryNode(isReversed ? collection : item, isReversed ? item : collection)
{
    public override Prediction Predict(in ElementPresence presence) =>
        item.Predict(presence) == Prediction.Empty ? Prediction.Empty : Prediction.Unknown;

    protected override void Operate(PathMachine machine, int left, int right, int end)
    {
        var (itemAt, itemCount, start, count) = isReversed ? (right, end - right, left, right - left) : (left, right - left, right, end - right);
        if (itemCount > 1)
        {
            throw new FhirPathException("'in' and 'contains' look for one item, there are several.");
        }

        if (itemCount == 1)
        {
            machine.Push(PathEquality.Contains(machine, start, count, machine[itemAt]));
        }
    }
}

/// <summary>A sign before a number.</summary>
internal sealed class SignNode : PathNode
{
    private readonly PathNode _operand;
    private readonly bool _isNegative;

    public SignNode(PathNode operand, bool isNegative)
    {
        (_operand, _isNegative) = (operand, isNegative);
        Depth = 1 + operand.Depth;
    }

    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        machine.Spend();
        var start = machine.Top;
        _operand.Evaluate(machine, frame);
        if (machine.PopSingle(start) is { } item && (_isNegative ? PathArithmetic.Negated(item) : SystemValues.Of(item)) is { } result)
        {
            machine.Push(result);
        }
    }
}

/// <summary>What operators do with the collections on their sides.</summary>
internal static class Operands
{
    /// <summary>The one item of each side; false when a side is empty.</summary>
    /// <exception cref="FhirPathException">A side has several.</exception>
    public static bool TrySingle(PathMachine machine, int left, int right, int end, out PathItem a, out PathItem b)
    {
        (a, b) = (default, default);
        if (right == left || end == right)
        {
            return false;
        }

        if (right - left > 1 || end - right > 1)
        {
            throw new FhirPathException("An operator takes one value on each side, there are several.");
        }

        (a, b) = (machine[left], machine[right]);
        return true;
    }

    /// <summary>The text of no or one item.</summary>
    public static string Text(PathMachine machine, int start, int count) => count switch
    {
        0 => "",
        1 => SystemValues.TextOf(machine[start]) ?? Conversions.ToText(machine[start]) ?? "",
        _ => throw new FhirPathException("'&' takes one value on each side, there are several."),
    };

    /// <summary>Puts the items [start, end) on top, equal ones once.</summary>
    public static void PushDistinct(PathMachine machine, int start, int end)
    {
        var top = machine.Top;
        for (var i = start; i < end; i++)
        {
            if (!PathEquality.Contains(machine, top, machine.Top - top, machine[i]))
            {
                var item = machine[i];
                machine.Push(item);
            }
        }
    }
}
