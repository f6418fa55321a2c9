using Integration.Fhir.FhirPath.Nodes;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>What a function does: reads the items [start, start + count) and leaves its result on top of the stack.</summary>
/// <param name="frame">Of the expression around the call; arguments that are no conditions are evaluated in it.</param>
internal delegate void FunctionBody(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments);

/// <param name="OfEmpty">Its result for an empty collection, whatever the arguments.</param>
/// <param name="OfNotEmpty">Its result for any collection that is not empty.</param>
internal sealed record Function(
    string Name, int MinArguments, int MaxArguments, FunctionBody Body, Prediction OfEmpty = Prediction.Empty, Prediction OfNotEmpty = Prediction.Unknown);

/// <summary>The call of a function.</summary>
internal sealed class FunctionStep : PathStep
{
    private readonly Function _function;
    private readonly PathNode[] _arguments;

    public FunctionStep(Function function, PathNode[] arguments)
    {
        (_function, _arguments) = (function, arguments);
        foreach (var argument in arguments)
        {
            Depth = Math.Max(Depth, 1 + argument.Depth);
        }
    }

    public override void Apply(PathMachine machine, in Frame frame, int start, int count) => _function.Body(machine, frame, start, count, _arguments);

    public override Prediction Predict(Prediction input, in ElementPresence presence)
    {
        switch (_function.Name)
        {
            case "not" when input.IsTruth(out var truth):
                return Predictions.Of(!truth);
            case "trace":
                return input;

            // With a condition only nothing is surely nothing.
            case "exists" when _arguments.Length > 0 && input != Prediction.Empty:
                return Prediction.Unknown;
        }

        return input switch
        {
            Prediction.Empty => _function.OfEmpty,
            Prediction.NotEmpty or Prediction.True or Prediction.False => _function.OfNotEmpty,
            _ => Prediction.Unknown,
        };
    }
}

/// <summary><c>collection[index]</c></summary>
internal sealed class IndexerStep : PathStep
{
    private readonly PathNode _index;

    public IndexerStep(PathNode index)
    {
        _index = index;
        Depth = 1 + index.Depth;
    }

    public override void Apply(PathMachine machine, in Frame frame, int start, int count)
    {
        if (Arguments.Integer(machine, frame, _index) is { } at && at >= 0 && at < count)
        {
            var item = machine[start + (int)at];
            machine.Push(item);
        }
    }
}
