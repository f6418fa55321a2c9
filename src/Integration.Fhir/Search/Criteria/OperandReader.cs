using System.Text.Json;

namespace Integration.Fhir.Search.Criteria;

/// <summary>Reads one value of a parameter.</summary>
internal static class OperandReader
{
    private const int MaxLength = 500;

    /// <param name="name">As it was sent, for complaints.</param>
    /// <param name="targetType">Of <c>:[type]</c>; null when there is none.</param>
    public static FhirSearchOperand Read(
        string name, FhirSearchParameter parameter, FhirSearchModifier modifier, string? targetType, string text, FhirSearchContext context)
    {
        if (text.Length is 0 or > MaxLength)
        {
            throw FhirSearchException.Invalid(name, $"a value must have 1 to {MaxLength} characters.");
        }

        return (parameter.Type, modifier) switch
        {
            (FhirSearchType.Token, FhirSearchModifier.Text) => new StringOperand(TextNormalisation.Of(SearchText.Unescape(text)), modifier),
            (FhirSearchType.Token, _) or (FhirSearchType.Reference, FhirSearchModifier.Identifier) => Token(name, text),
            (FhirSearchType.String, FhirSearchModifier.Exact) => new StringOperand(SearchText.Unescape(text), modifier),
            (FhirSearchType.String, _) => new StringOperand(TextNormalisation.Of(SearchText.Unescape(text)), modifier),
            (FhirSearchType.Date, _) => Date(name, text, context),
            (FhirSearchType.Number, _) => Number(name, text),
            (FhirSearchType.Quantity, _) => Quantity(name, text),
            (FhirSearchType.Uri, _) => new UriOperand(SearchText.Unescape(text), modifier),
            (FhirSearchType.Reference, _) => Reference(name, SearchText.Unescape(text), targetType, context),
            (FhirSearchType.Composite, _) => Composite(name, parameter, text, context),
            _ => throw FhirSearchException.NotSupported(name, "this parameter is not supported."),
        };
    }

    private static TokenOperand Token(string name, string text) =>
        SearchText.Split(text, '|').ConvertAll(SearchText.Unescape) switch
        {
            [var code] => new TokenOperand(null, code),
            [var system, ""] when system.Length > 0 => new TokenOperand(system, null),
            [var system, var code] when code.Length > 0 => new TokenOperand(system, code),
            _ => throw FhirSearchException.Invalid(name, "a token is code, system|code, |code or system|."),
        };

    private static DateOperand Date(string name, string text, FhirSearchContext context)
    {
        // A + that was not written as %2B arrives as a blank.
        var (prefix, date) = SearchPrefixes.Read(text);
        return DateReader.RangeOf(date.Replace(' ', '+'), context.Offset) is { Start: { } start, End: var end }
            ? new DateOperand(prefix, start, end, context.Now)
            : throw FhirSearchException.Invalid(name, "a date is yyyy, yyyy-MM, yyyy-MM-dd or yyyy-MM-ddTHH:mm[:ss][Z or offset], behind one of eq ne gt lt ge le sa eb ap or none.");
    }

    private static NumberOperand Number(string name, string text)
    {
        var (prefix, digits) = SearchPrefixes.Read(text);
        try
        {
            using var json = JsonDocument.Parse(digits);
            if (json.RootElement.ValueKind == JsonValueKind.Number && json.RootElement.TryGetDecimal(out var value) && NumberRange.Of(json.RootElement) is { } range)
            {
                return new NumberOperand(prefix, value, range.Low, range.High);
            }
        }
        catch (JsonException)
        {
            // Said below, like any other text that is no number.
        }

        throw FhirSearchException.Invalid(name, "a number is decimal digits such as 5.40 or 5.4e-3, behind one of eq ne gt lt ge le sa eb ap or none.");
    }

    private static QuantityOperand Quantity(string name, string text) => SearchText.Split(text, '|').ConvertAll(SearchText.Unescape) switch
    {
        [var number] => new QuantityOperand(Number(name, number), null, null),
        [var number, var system, var code] => new QuantityOperand(Number(name, number), system.Length > 0 ? system : null, code.Length > 0 ? code : null),
        _ => throw FhirSearchException.Invalid(name, "a quantity is number, number|system|code or number||code."),
    };

    private static ReferenceOperand Reference(string name, string text, string? targetType, FhirSearchContext context)
    {
        var relative = text.StartsWith(context.BaseUrl + "/", StringComparison.Ordinal) ? text[(context.BaseUrl.Length + 1)..] : text;
        return relative.Split('/') switch
        {
            [var id] when !id.Contains(':') => new ReferenceOperand(targetType, id, null),
            [var type, var id] when FhirSchema.Find(type) is { Kind: FhirTypeKind.Resource } =>
                targetType is null || targetType == type ? new ReferenceOperand(type, id, null) : throw FhirSearchException.Invalid(name, "its modifier names another type than its value."),
            _ => new ReferenceOperand(targetType, null, relative),
        };
    }

    private static CompositeOperand Composite(string name, FhirSearchParameter parameter, string text, FhirSearchContext context)
    {
        var parts = SearchText.Split(text, '$');
        if (parts.Count != parameter.Components.Count)
        {
            throw FhirSearchException.Invalid(name, $"it takes {parameter.Components.Count} values with $ between them.");
        }

        return new CompositeOperand([.. parameter.Components.Select((component, i) =>
            Read(name, FhirSearchParameters.Find(component.ParameterId)!, FhirSearchModifier.None, null, parts[i], context))]);
    }
}
