namespace Integration.Fhir.FhirPath.Nodes;

/// <summary>What bare names and <c>$this</c>, <c>$index</c>, <c>$total</c> mean where a node is evaluated.</summary>
/// <param name="Start">Where <c>$this</c> lies on the machine's stack; mostly one item.</param>
/// <param name="Index">0-based <c>$index</c>.</param>
/// <param name="TotalStart">Where <c>$total</c> lies.</param>
internal readonly record struct Frame(int Start, int Count, int Index = 0, int TotalStart = 0, int TotalCount = 0);

/// <summary>A part of a compiled expression. Immutable; shared by all threads.</summary>
internal abstract class PathNode
{
    /// <summary>Levels of nodes, this one included; bounded by the parser, since evaluation recurses over them.</summary>
    public int Depth { get; protected init; } = 1;

    /// <summary>Leaves its result on top of the machine's stack and changes nothing below.</summary>
    public abstract void Evaluate(PathMachine machine, in Frame frame);

    /// <summary>What the result is for every object in which the same elements are present, as far as that can be told.</summary>
    public virtual Prediction Predict(in ElementPresence presence) => Prediction.Unknown;
}

/// <summary>What is done with a collection: a function, an element's name, an index.</summary>
internal abstract class PathStep
{
    public int Depth { get; protected init; } = 1;

    /// <summary>Reads the items [start, start + count) and leaves its result on top of the stack.</summary>
    /// <param name="frame">Of the expression around it, for arguments.</param>
    public abstract void Apply(PathMachine machine, in Frame frame, int start, int count);

    public virtual Prediction Predict(Prediction input, in ElementPresence presence) => input == Prediction.Empty ? Prediction.Empty : Prediction.Unknown;
}

/// <summary><c>target.step</c></summary>
internal sealed class InvocationNode : PathNode
{
    public InvocationNode(PathNode target, PathStep step)
    {
        Target = target;
        Step = step;
        Depth = 1 + Math.Max(target.Depth, step.Depth);
    }

    public PathNode Target { get; }

    public PathStep Step { get; }

    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        var start = machine.Top;
        Target.Evaluate(machine, frame);
        var end = machine.Top;
        machine.Spend();
        Step.Apply(machine, frame, start, end - start);
        machine.Collapse(start, end);
    }

    public override Prediction Predict(in ElementPresence presence) => Step.Predict(Target.Predict(presence), presence);
}
