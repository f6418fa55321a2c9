using System.Text.Json;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Fhir.Search;

/// <summary>Search values of one element by the type of the parameter. FHIR R4 search.html §3.1.1.4.3 to §3.1.1.4.12.</summary>
internal static class ValueReader
{
    private const string CurrencySystem = "urn:iso:std:iso:4217";

    /// <param name="codeSystem">See <see cref="SearchPlan.CodeSystem"/>.</param>
    public static IEnumerable<FhirSearchValue> Read(FhirSearchParameter parameter, PathItem item, TimeSpan offset, string? codeSystem) => parameter.Type switch
    {
        FhirSearchType.Token => Tokens(parameter, item, codeSystem),
        FhirSearchType.String => Strings(parameter, item),
        FhirSearchType.Date => DateReader.Read(parameter, item, offset),
        FhirSearchType.Number => Numbers(item).Select(n => new FhirNumberValue(parameter, n.Low, n.High)),
        FhirSearchType.Quantity => Quantities(parameter, item),
        FhirSearchType.Reference => References(parameter, item),
        FhirSearchType.Uri => SystemValues.TextOf(item) is { } uri ? [new FhirUriValue(parameter, uri)] : [],
        FhirSearchType.Special => Positions(parameter, item),
        _ => [],
    };

    private static string? Text(JsonElement json, ReadOnlySpan<byte> name) => json.ValueKind == JsonValueKind.Object ? JsonText.FindString(json, name) : null;

    private static IEnumerable<JsonElement> Each(JsonElement json, string name)
    {
        var found = json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;
        return found.ValueKind switch
        {
            JsonValueKind.Array => found.EnumerateArray(),
            JsonValueKind.Undefined => [],
            _ => [found],
        };
    }

    private static IEnumerable<FhirSearchValue> Tokens(FhirSearchParameter parameter, PathItem item, string? codeSystem)
    {
        if (!item.IsElement || item.IsPrimitive)
        {
            return Conversions.ToText(item) is { } code ? [new FhirTokenValue(parameter, item.IsElement && item.Type.Type.Name == "code" ? codeSystem : null, code)] : [];
        }

        var json = item.Json;
        switch (item.Type.Type.Name)
        {
            case "Coding":
                return [Coding(parameter, json, null)];
            case "CodeableConcept":
                var text = Text(json, "text"u8);
                var codings = Each(json, "coding").Where(c => c.ValueKind == JsonValueKind.Object).Select(c => Coding(parameter, c, text)).ToList();
                return codings.Count > 0 ? codings : text is null ? [] : [new FhirTokenValue(parameter, null, null, text)];
            case "Identifier" when Text(json, "value"u8) is { } value:
                return [new FhirTokenValue(parameter, Text(json, "system"u8), value)];
            case "ContactPoint" when Text(json, "value"u8) is { } value:
                return [new FhirTokenValue(parameter, null, value)];
            default:
                return [];
        }
    }

    private static FhirTokenValue Coding(FhirSearchParameter parameter, JsonElement json, string? text) =>
        new(parameter, Text(json, "system"u8), Text(json, "code"u8), text ?? Text(json, "display"u8));

    private static IEnumerable<FhirSearchValue> Strings(FhirSearchParameter parameter, PathItem item)
    {
        string[] parts = item.IsElement
            ? item.Type.Type.Name switch
            {
                "HumanName" => ["text", "family", "given", "prefix", "suffix"],
                "Address" => ["text", "line", "city", "district", "state", "postalCode", "country"],
                _ => [],
            }
            : [];
        var texts = parts.Length > 0
            ? parts.SelectMany(part => Each(item.Json, part)).Where(v => v.ValueKind == JsonValueKind.String)
                .Select(v => SystemValues.TextOf(PathItem.Element(v, default, TypePlan.Of("string"))))
            : [SystemValues.TextOf(item)];
        return texts.OfType<string>().Select(text => new FhirStringValue(parameter, text, TextNormalisation.Of(text)));
    }

    private static IEnumerable<(decimal? Low, decimal? High)> Numbers(PathItem item)
    {
        if (item.Json.ValueKind == JsonValueKind.Number)
        {
            return NumberRange.Of(item.Json) is { } range ? [(range.Low, range.High)] : [];
        }

        if (!item.IsElement || !item.Type.IsA("Range"))
        {
            return [];
        }

        return [(BoundOf("low", isHigh: false), BoundOf("high", isHigh: true))];

        decimal? BoundOf(string name, bool isHigh)
        {
            var value = Each(item.Json, name).Take(1).SelectMany(q => Each(q, "value")).FirstOrDefault();
            var range = value.ValueKind == JsonValueKind.Number ? NumberRange.Of(value) : null;
            return isHigh ? range?.High : range?.Low;
        }
    }

    private static IEnumerable<FhirSearchValue> Quantities(FhirSearchParameter parameter, PathItem item)
    {
        if (!item.IsElement || item.Json.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var json = item.Json;
        if (item.Type.IsA("Range"))
        {
            var unit = Each(json, "low").Concat(Each(json, "high")).FirstOrDefault();
            return [.. Numbers(item).Select(n => Quantity(parameter, unit, n.Low, n.High))];
        }

        var value = Each(json, "value").FirstOrDefault();
        if (value.ValueKind != JsonValueKind.Number || NumberRange.Of(value) is not { } range)
        {
            return [];
        }

        if (item.Type.IsA("Money"))
        {
            var currency = Text(json, "currency"u8);
            return [new FhirQuantityValue(parameter, range.Low, range.High, currency is null ? null : CurrencySystem, currency, currency)];
        }

        return Text(json, "comparator"u8) switch
        {
            "<" or "<=" => [Quantity(parameter, json, null, range.High)],
            ">" or ">=" => [Quantity(parameter, json, range.Low, null)],
            _ => [Quantity(parameter, json, range.Low, range.High)],
        };
    }

    private static FhirQuantityValue Quantity(FhirSearchParameter parameter, JsonElement unit, decimal? low, decimal? high) =>
        new(parameter, low, high, Text(unit, "system"u8), Text(unit, "code"u8), Text(unit, "unit"u8));

    private static IEnumerable<FhirSearchValue> References(FhirSearchParameter parameter, PathItem item)
    {
        if (item.IsElement && item.Type.Type.Kind == FhirTypeKind.Resource)
        {
            return Text(item.Json, "id"u8) is { } id ? [new FhirReferenceValue(parameter, item.Type.Type.Name, id, null, null, null)] : [];
        }

        if (!item.IsElement || item.Type.Type.Name != "Reference")
        {
            return SystemValues.TextOf(item) is { } canonical ? [new FhirReferenceValue(parameter, null, null, canonical, null, null)] : [];
        }

        var identifier = Each(item.Json, "identifier").FirstOrDefault();
        var (system, value) = (Text(identifier, "system"u8), Text(identifier, "value"u8));
        var literal = Text(item.Json, "reference"u8);
        if (literal is null or ['#', ..])
        {
            // What is contained has no identity of its own.
            return value is null ? [] : [new FhirReferenceValue(parameter, Text(item.Json, "type"u8), null, null, system, value)];
        }

        var type = Validation.References.TypeOf(literal);
        return [new FhirReferenceValue(parameter, type ?? Text(item.Json, "type"u8), type is null ? null : Validation.References.IdOf(literal), literal, system, value)];
    }

    private static IEnumerable<FhirSearchValue> Positions(FhirSearchParameter parameter, PathItem item)
    {
        var (latitude, longitude) = (Each(item.Json, "latitude").FirstOrDefault(), Each(item.Json, "longitude").FirstOrDefault());
        return latitude.ValueKind == JsonValueKind.Number && longitude.ValueKind == JsonValueKind.Number
            && SystemValues.DecimalOf(latitude) is { } north && SystemValues.DecimalOf(longitude) is { } east
            ? [new FhirPositionValue(parameter, north, east)]
            : [];
    }
}
