using System.Collections.Concurrent;
using Integration.Fhir.FhirPath;

namespace Integration.Fhir.Validation;

/// <summary>A constraint of the definitions, compiled.</summary>
/// <param name="Path">Of the type or element that it stands on.</param>
internal sealed record Invariant(string Path, FhirConstraint Constraint, FhirPathExpression Expression)
{
    /// <summary>
    /// Published expressions that do not say what their text says, with what is evaluated instead. Each was corrected so, or to the same
    /// effect, by a later release of FHIR. Nothing else is changed or left out.
    /// </summary>
    public static IReadOnlyDictionary<string, (string Expression, string Reason)> Corrected { get; } =
        new Dictionary<string, (string, string)>(StringComparer.Ordinal)
        {
            ["Condition con-3"] = (
                "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.coding.where(code='problem-list-item').empty()",
                "compares a CodeableConcept with a text and then asks whether the answers, not the categories, are none: every category counts as problem-list-item"),
            ["Questionnaire.item.enableWhen que-7"] = (
                "operator = 'exists' implies (answer is boolean)",
                "tests for System.Boolean, which no element is"),
        };

    /// <summary>Some stand on more than a hundred types.</summary>
    private static readonly ConcurrentDictionary<string, FhirPathExpression> Compiled = new(StringComparer.Ordinal);

    public static Invariant Of(string path, FhirConstraint constraint)
    {
        var expression = Corrected.TryGetValue($"{path} {constraint.Key}", out var correction) ? correction.Expression : constraint.Expression;
        return new Invariant(path, constraint, Compiled.GetOrAdd(expression, FhirPathExpression.Compile));
    }
}
