using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath.Nodes;

/// <summary>What is known of a result before any value is read.</summary>
internal enum Prediction
{
    Unknown,
    Empty,

    /// <summary>At least one item.</summary>
    NotEmpty,
    True,
    False,
}

/// <summary>Which elements an object has. Only elements that are surely absent or surely have an item are predicted from.</summary>
/// <param name="Type">Of the object that is <c>$this</c> of the whole expression.</param>
/// <param name="Bits">One per watched element, by <see cref="ElementPlan.WatchBit"/>.</param>
internal readonly record struct ElementPresence(TypePlan Type, ulong Bits)
{
    public Prediction Of(string name) => Type.FindElement(name) switch
    {
        null => Type.Type.Kind == FhirTypeKind.Primitive ? Prediction.Unknown : Prediction.Empty,
        { WatchBit: < 0 } => Prediction.Unknown,
        var element => (Bits >> element.WatchBit & 1) != 0 ? Prediction.NotEmpty : Prediction.Empty,
    };
}

/// <summary>Three-valued logic (FHIRPath 2.0.0 §6.5) on predictions; null is <see cref="Prediction.Empty"/>.</summary>
internal static class Predictions
{
    public static Prediction Of(bool? truth) => truth switch
    {
        true => Prediction.True,
        false => Prediction.False,
        null => Prediction.Empty,
    };

    /// <summary>Whether it stands for a truth that is known; then that truth is in <paramref name="truth"/>.</summary>
    public static bool IsTruth(this Prediction prediction, out bool? truth)
    {
        truth = prediction switch
        {
            Prediction.True => true,
            Prediction.False => false,
            _ => null,
        };
        return prediction is Prediction.True or Prediction.False or Prediction.Empty;
    }
}
