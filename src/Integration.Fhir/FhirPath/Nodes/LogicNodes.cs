namespace Integration.Fhir.FhirPath.Nodes;

/// <summary><c>and</c>, <c>or</c>, <c>xor</c>, <c>implies</c> with three-valued logic. FHIRPath 2.0.0 §6.5.</summary>
internal sealed class LogicNode : PathNode
{
    private readonly string _word;
    private readonly PathNode _left;
    private readonly PathNode _right;

    public LogicNode(string word, PathNode left, PathNode right)
    {
        (_word, _left, _right) = (word, left, right);
        Depth = 1 + Math.Max(left.Depth, right.Depth);
    }

    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        machine.Spend();
        var start = machine.Top;
        _left.Evaluate(machine, frame);
        var left = machine.PopTruth(start);
        if (Decides(left) is { } decided)
        {
            machine.Push(decided);
            return;
        }

        _right.Evaluate(machine, frame);
        machine.Push(Combine(left, machine.PopTruth(start)));
    }

    public override Prediction Predict(in ElementPresence presence)
    {
        var isLeftKnown = _left.Predict(presence).IsTruth(out var left);
        if (isLeftKnown && Decides(left) is { } decided)
        {
            return Predictions.Of(decided);
        }

        var isRightKnown = _right.Predict(presence).IsTruth(out var right);
        if (isLeftKnown && isRightKnown)
        {
            return Predictions.Of(Combine(left, right));
        }

        // The right side alone can decide these, as the evaluation would find after an unknown left.
        return isRightKnown
            ? (_word, right) switch
            {
                ("and", false) => Prediction.False,
                ("or", true) or ("implies", true) => Prediction.True,
                _ => Prediction.Unknown,
            }
            : Prediction.Unknown;
    }

    /// <summary>What the left side decides by itself; null when the right one is needed.</summary>
    private bool? Decides(bool? left) => (_word, left) switch
    {
        ("and", false) => false,
        ("or", true) => true,
        ("implies", false) => true,
        _ => null,
    };

    private bool? Combine(bool? left, bool? right) => _word switch
    {
        "and" => left & right,
        "or" => left | right,
        "xor" => left ^ right,
        _ => !left | right,
    };
}
