namespace Integration.Fhir.Search.Criteria;

/// <summary>One of the values that a criterion asks for. Immutable.</summary>
public abstract record FhirSearchOperand
{
    /// <summary>Whether a value of the criterion's parameter is what is asked for.</summary>
    public abstract bool Matches(FhirSearchValue value);
}

/// <summary><c>code</c>, <c>system|code</c>, <c>|code</c> or <c>system|</c>.</summary>
/// <param name="System">Null: any; empty: none stated.</param>
/// <param name="Code">Null: any.</param>
public sealed record TokenOperand(string? System, string? Code) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value switch
    {
        FhirTokenValue token => Fits(token.System, token.Code),
        FhirReferenceValue reference => Fits(reference.IdentifierSystem, reference.IdentifierValue),
        _ => false,
    };

    private bool Fits(string? system, string? code) =>
        code is not null && (Code is null || Code == code) && (System is null || (System.Length == 0 ? system is null : System == system));
}

/// <summary>Text, compared as the modifier says.</summary>
/// <param name="Text">Normalised, but for <see cref="FhirSearchModifier.Exact"/>.</param>
public sealed record StringOperand(string Text, FhirSearchModifier Modifier) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value switch
    {
        FhirStringValue text => Modifier switch
        {
            FhirSearchModifier.Exact => text.Exact == Text,
            FhirSearchModifier.Contains => text.Normalised.Contains(Text, StringComparison.Ordinal),
            _ => text.Normalised.StartsWith(Text, StringComparison.Ordinal),
        },
        FhirTokenValue { Text: { } text } => TextNormalisation.Of(text).StartsWith(Text, StringComparison.Ordinal),
        _ => false,
    };
}

/// <summary>A URI, compared as the modifier says.</summary>
public sealed record UriOperand(string Uri, FhirSearchModifier Modifier) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value is FhirUriValue { Uri: var uri } && Modifier switch
    {
        FhirSearchModifier.Above => Uri.StartsWith(uri, StringComparison.Ordinal),
        FhirSearchModifier.Below => uri.StartsWith(Uri, StringComparison.Ordinal),
        _ => uri == Uri,
    };
}

/// <summary>Any of several resources of the record, as <c>Type/id</c>.</summary>
public sealed record ReferenceSetOperand(IReadOnlySet<string> References) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) =>
        value is FhirReferenceValue { Type: { } type, Id: { } id } && References.Contains($"{type}/{id}");
}

/// <summary>A resource by its id or address.</summary>
/// <param name="Type">Null: of any type.</param>
/// <param name="Id">Null: it is no resource of ours, see <paramref name="Url"/>.</param>
/// <param name="Url">Absolute, or a canonical; null for a relative reference.</param>
public sealed record ReferenceOperand(string? Type, string? Id, string? Url) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value is FhirReferenceValue reference
        && (Id is null
            ? reference.Url == Url || (reference.Url is { } url && Url is not null && url.StartsWith(Url + "|", StringComparison.Ordinal))
            : reference.Id == Id && (Type is null || reference.Type == Type));
}

/// <summary>Values that must stand together, one for each component.</summary>
public sealed record CompositeOperand(IReadOnlyList<FhirSearchOperand> Components) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value is FhirCompositeValue composite
        && composite.Components.Count == Components.Count
        && Components.Zip(composite.Components).All(pair => pair.First.Matches(pair.Second));
}
