using System.Text.Json.Nodes;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;
using Integration.Fhir;

namespace Integration.Core.Mapping.Outbound;

/// <summary>A compiled condition on a FHIR value, in the syntax of the inbound conditions: <c>use = 'work' and not period.end valued</c>.</summary>
internal static class ElementCondition
{
    /// <summary>The test; null when the condition is wrong, which has then been reported.</summary>
    /// <param name="type">Type of the value that is tested.</param>
    public static Func<JsonNode, bool>? Compile(Word word, FhirType type, ProblemList problems) =>
        ConditionParser.Parse(word, problems) is { } syntax ? Compile(syntax, type, problems) : null;

    private static Func<JsonNode, bool>? Compile(ConditionSyntax syntax, FhirType type, ProblemList problems) => syntax switch
    {
        ConditionSyntax.And and => Both(and.Left, and.Right, (l, r) => value => l(value) && r(value), type, problems),
        ConditionSyntax.Or or => Both(or.Left, or.Right, (l, r) => value => l(value) || r(value), type, problems),
        ConditionSyntax.Not not => Compile(not.Inner, type, problems) is { } inner ? value => !inner(value) : null,
        ConditionSyntax.Valued valued => ElementPath.Resolve(valued.Path, type, problems) is { } path ? value => path.Select(value).Any() : null,
        ConditionSyntax.In test => Texts(test.Path, text => test.Values.Contains(text), type, problems),
        ConditionSyntax.Is test => Form(test, type, problems),
        _ => throw new InvalidOperationException($"No such condition: {syntax.GetType().Name}."),
    };

    private static Func<JsonNode, bool>? Both(
        ConditionSyntax left, ConditionSyntax right, Func<Func<JsonNode, bool>, Func<JsonNode, bool>, Func<JsonNode, bool>> combine, FhirType type,
        ProblemList problems)
    {
        // Both are compiled in any case, so that every problem is found.
        var (first, second) = (Compile(left, type, problems), Compile(right, type, problems));
        return first is null || second is null ? null : combine(first, second);
    }

    private static Func<JsonNode, bool>? Form(ConditionSyntax.Is test, FhirType type, ProblemList problems)
    {
        if (ValueForm.All.TryGetValue(test.Form.Text, out var hasForm))
        {
            return Texts(test.Path, hasForm, type, problems);
        }

        problems.AddUnknown(test.Form.Position, $"There is no form '{test.Form.Text}'.", test.Form.Text, ValueForm.All.Keys);
        return null;
    }

    private static Func<JsonNode, bool>? Texts(Word word, Func<string, bool> holds, FhirType type, ProblemList problems)
    {
        if (ElementPath.Resolve(word, type, problems) is not { } path)
        {
            return null;
        }

        if (FhirSchema.Find(path.TypeName) is not { Kind: FhirTypeKind.Primitive })
        {
            problems.Add(word.Position, $"{word.Text} is a {path.TypeName}, which is no single text to compare.");
            return null;
        }

        return value => path.Select(value).Any(node => OutboundText.Of(node) is { } text && holds(text));
    }
}
