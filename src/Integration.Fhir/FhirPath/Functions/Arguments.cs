using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>Reads the input and the arguments of functions.</summary>
internal static class Arguments
{
    /// <summary>The one whole number; null when there is none.</summary>
    /// <exception cref="FhirPathException">There are several, or it is no whole number.</exception>
    public static long? Integer(PathMachine machine, in Frame frame, PathNode argument)
    {
        if (Value(machine, frame, argument) is not { } value)
        {
            return null;
        }

        return value.Kind == ItemKind.Integer ? value.Integer : throw new FhirPathException("A whole number was expected as argument.");
    }

    /// <summary>The one text; null when there is none.</summary>
    /// <exception cref="FhirPathException">There are several, or it is no text.</exception>
    public static string? Text(PathMachine machine, in Frame frame, PathNode argument)
    {
        if (Value(machine, frame, argument) is not { } value)
        {
            return null;
        }

        return SystemValues.TextOf(value) ?? throw new FhirPathException("A text was expected as argument.");
    }

    /// <summary>The one value; null when there is none.</summary>
    public static PathItem? Value(PathMachine machine, in Frame frame, PathNode argument)
    {
        var start = machine.Top;
        argument.Evaluate(machine, frame);
        return machine.PopSingle(start) is { } item ? SystemValues.Of(item) : null;
    }

    /// <summary>The input as one value; null when there is none.</summary>
    /// <exception cref="FhirPathException">There are several items.</exception>
    public static PathItem? Input(PathMachine machine, int start, int count) => count switch
    {
        0 => null,
        1 => SystemValues.Of(machine[start]),
        _ => throw new FhirPathException("A function takes one value, there are several."),
    };

    /// <summary>The input as one text, that of an element of any primitive type that is written as a string; null when there is none.</summary>
    /// <exception cref="FhirPathException">There are several items, or it is no text.</exception>
    public static string? InputText(PathMachine machine, int start, int count)
    {
        if (count > 1)
        {
            throw new FhirPathException("A function takes one value, there are several.");
        }

        if (count == 0 || (machine[start].IsPrimitive && !machine[start].HasValue))
        {
            return null;
        }

        return SystemValues.TextOf(machine[start]) ?? throw new FhirPathException("A function of texts was asked about something else.");
    }

    /// <summary>Whether a condition holds for one item of the input.</summary>
    public static bool? Holds(PathMachine machine, int at, int index, PathNode condition)
    {
        machine.Spend();
        var top = machine.Top;
        condition.Evaluate(machine, new Frame(at, 1, index));
        return machine.PopTruth(top);
    }
}
