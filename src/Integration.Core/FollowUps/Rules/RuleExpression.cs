using System.Text.Json;
using Integration.Fhir.FhirPath;

namespace Integration.Core.FollowUps.Rules;

/// <summary>A FHIRPath expression of a rule. Immutable; safe for many threads.</summary>
public sealed class RuleExpression(FhirPathExpression expression)
{
    /// <summary>As it is written in the rule.</summary>
    public string Text => expression.Text;

    /// <summary>Whether the condition is true; nothing is not.</summary>
    /// <exception cref="FhirPathException">It asks for what the resource cannot give.</exception>
    public bool Holds(JsonElement resource, FhirPathContext context) => expression.IsTrue(resource, context) == true;

    /// <summary>The first value as text; null when there is none.</summary>
    /// <exception cref="FhirPathException">It asks for what the resource cannot give.</exception>
    public string? Value(JsonElement resource, FhirPathContext context)
    {
        foreach (var value in expression.Evaluate(resource, context))
        {
            if (value.Text is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>All values as text.</summary>
    /// <exception cref="FhirPathException">It asks for what the resource cannot give.</exception>
    public IReadOnlyList<string> Values(JsonElement resource, FhirPathContext context) =>
        [.. expression.Evaluate(resource, context).Select(value => value.Text).OfType<string>()];

    public override string ToString() => expression.Text;
}
