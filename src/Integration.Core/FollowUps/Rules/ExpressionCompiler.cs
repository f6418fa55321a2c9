using System.Text.RegularExpressions;
using Integration.Core.Mapping.Language;
using Integration.Fhir;
using Integration.Fhir.FhirPath;

namespace Integration.Core.FollowUps.Rules;

/// <summary>Compiles the FHIRPath of rules; an error is reported at its character.</summary>
internal sealed partial class ExpressionCompiler(ProblemList problems)
{
    /// <summary>Null when the text is no expression or begins with an element that the type does not have, which has then been reported.</summary>
    /// <param name="typeName">FHIR type that it is asked of; null: not known, so that names are not checked.</param>
    public RuleExpression? Compile(Word word, string? typeName)
    {
        FhirPathExpression expression;
        try
        {
            expression = FhirPathExpression.Compile(word.Text);
        }
        catch (FhirPathSyntaxException e)
        {
            problems.Add(word.Position.Plus(Math.Max(0, e.Position)), $"This is not FHIRPath: {e.Message}", "See docs/follow-up-rules.md for examples.");
            return null;
        }
        catch (FhirPathException e)
        {
            problems.Add(word.Position, $"This is not FHIRPath: {e.Message}");
            return null;
        }

        return typeName is not null && !ChecksNames(word, typeName) ? null : new RuleExpression(expression);
    }

    /// <summary>The names from the beginning to the first function; what stands behind depends on data.</summary>
    private bool ChecksNames(Word word, string typeName)
    {
        var (type, offset) = (FhirSchema.Find(typeName), word.Text.TakeWhile(c => c == '(').Count());
        if (word.Text[offset..].StartsWith(typeName + ".", StringComparison.Ordinal))
        {
            offset += typeName.Length + 1;
        }

        foreach (Capture name in LeadingNames().Match(word.Text[offset..]).Groups[1].Captures)
        {
            if (type is null)
            {
                return true;
            }

            var element = type.Elements.FirstOrDefault(e => e.Name == name.Value);
            if (element is null)
            {
                problems.AddUnknown(word.Position.Plus(offset + name.Index), $"FHIR R4 {type.Name} has no element '{name.Value}'.", name.Value, type.Elements.Select(e => e.Name));
                return false;
            }

            type = element.IsChoice ? null : FhirSchema.Find(element.Types[0]);
        }

        return true;
    }

    [GeneratedRegex(@"^(?:([a-z][A-Za-z]*)(?![A-Za-z(])\.?)*")]
    private static partial Regex LeadingNames();
}
