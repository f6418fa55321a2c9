namespace Integration.Fhir.Search.Criteria;

/// <summary>One condition of a search: a parameter, how to compare, and values of which one must be met. Immutable.</summary>
/// <param name="Name">As it was sent, without its value.</param>
/// <param name="Operands">Empty for <see cref="FhirSearchModifier.Missing"/>.</param>
/// <param name="IsMissing">Of <see cref="FhirSearchModifier.Missing"/>.</param>
public sealed record FhirSearchCriterion(
    string Name, FhirSearchParameter Parameter, FhirSearchModifier Modifier, IReadOnlyList<FhirSearchOperand> Operands, bool IsMissing = false)
{
    private const int MaxOperands = 500;

    /// <summary>Reads <c>name[:modifier]=value[,value…]</c> of a search for a resource type.</summary>
    /// <exception cref="FhirSearchException">The type has no such parameter, the parameter no such modifier, or the value is none.</exception>
    public static FhirSearchCriterion Read(string resourceType, string name, string value, FhirSearchContext context)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0 ? name : name[..colon];
        var parameter = FhirSearchParameters.Find(resourceType, code);
        if (parameter is null or { Expression: null } or { Type: FhirSearchType.Special })
        {
            throw FhirSearchException.NotSupported(SafeName(name), $"{resourceType} is not searched by it; the CapabilityStatement at metadata lists what there is.");
        }

        var (modifier, targetType) = colon < 0 ? (FhirSearchModifier.None, null) : ReadModifier(name, parameter, name[(colon + 1)..]);
        if (modifier == FhirSearchModifier.Missing)
        {
            return value is "true" or "false"
                ? new(name, parameter, modifier, [], value == "true")
                : throw FhirSearchException.Invalid(name, "it is true or false.");
        }

        var texts = SearchText.Split(value, ',');
        return texts.Count <= MaxOperands
            ? new(name, parameter, modifier, [.. texts.Select(text => OperandReader.Read(name, parameter, modifier, targetType, text, context))])
            : throw new FhirSearchException("too-costly", $"{name}: it has more than {MaxOperands} values.");
    }

    /// <summary>Whether a resource with these values is what is asked for.</summary>
    /// <param name="values">Those of the parameter, others among them.</param>
    public bool Matches(IEnumerable<FhirSearchValue> values)
    {
        var own = values.Where(value => ReferenceEquals(value.Parameter, Parameter));
        return Modifier switch
        {
            FhirSearchModifier.Missing => own.Any() != IsMissing,
            FhirSearchModifier.Not => !own.Any(value => Operands.Any(operand => operand.Matches(value))),
            _ => own.Any(value => Operands.Any(operand => operand.Matches(value))),
        };
    }

    /// <summary>What stands before "=" may be anything, a pasted value included: a name that is none is not repeated.</summary>
    public static string SafeName(string name) =>
        name.Length <= 60 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '$') ? name : "a parameter";

    private static (FhirSearchModifier Modifier, string? TargetType) ReadModifier(string name, FhirSearchParameter parameter, string word)
    {
        var modifier = (word, parameter.Type) switch
        {
            ("missing", _) => FhirSearchModifier.Missing,
            ("exact", FhirSearchType.String) => FhirSearchModifier.Exact,
            ("contains", FhirSearchType.String) => FhirSearchModifier.Contains,
            ("not", FhirSearchType.Token) => FhirSearchModifier.Not,
            ("text", FhirSearchType.Token) => FhirSearchModifier.Text,
            ("identifier", FhirSearchType.Reference) => FhirSearchModifier.Identifier,
            ("above", FhirSearchType.Uri) => FhirSearchModifier.Above,
            ("below", FhirSearchType.Uri) => FhirSearchModifier.Below,
            _ => FhirSearchModifier.None,
        };
        if (modifier != FhirSearchModifier.None)
        {
            return (modifier, null);
        }

        return parameter.Type == FhirSearchType.Reference && FhirSchema.Find(word) is { Kind: FhirTypeKind.Resource }
            ? (FhirSearchModifier.None, word)
            : throw FhirSearchException.NotSupported(SafeName(name), "this modifier is not supported here.");
    }
}
