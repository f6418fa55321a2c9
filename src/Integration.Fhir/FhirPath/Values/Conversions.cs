using System.Globalization;

namespace Integration.Fhir.FhirPath.Values;

/// <summary>Conversions between System types; null where there is none. FHIRPath 2.0.0 §5.5.</summary>
internal static class Conversions
{
    public static PathItem? Convert(in PathItem item, ItemKind target)
    {
        if (SystemValues.Of(item) is not { } value)
        {
            return null;
        }

        switch (target)
        {
            case ItemKind.Boolean:
                return ToBoolean(value);
            case ItemKind.Integer:
                return ToInteger(value);
            case ItemKind.Decimal:
                return ToDecimal(value) is { } number ? PathItem.Of(number) : null;
            case ItemKind.String:
                return ToText(value) is { } text ? PathItem.Of(text) : null;
            case ItemKind.Quantity:
                return ToQuantity(value) is { } quantity ? PathItem.Of(quantity) : null;
            default:
                return ToDate(value, target) is { } date ? PathItem.Of(date) : null;
        }
    }

    /// <summary>Null for what is no value, an element with children.</summary>
    public static string? ToText(in PathItem item)
    {
        if (SystemValues.Of(item) is not { } value)
        {
            return null;
        }

        // An element's own text keeps the precision that was written.
        if (SystemValues.TextOf(item) is { } written)
        {
            return written;
        }

        return value.Kind switch
        {
            ItemKind.Boolean => value.Boolean ? "true" : "false",
            ItemKind.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
            ItemKind.Decimal => SystemValues.ToText(value.Decimal),
            ItemKind.Date or ItemKind.DateTime or ItemKind.Time => value.Date.ToString(),
            ItemKind.Quantity => value.Quantity.ToString(),
            _ => null,
        };
    }

    /// <summary><c>4 days</c>, <c>4.5 'mg'</c>, <c>4</c>.</summary>
    private static PathQuantity? ParseQuantity(string text)
    {
        var parts = text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || !TryDecimal(parts[0], out var number))
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return new PathQuantity(number, "1");
        }

        if (parts[1].Length > 2 && parts[1][0] == '\'' && parts[1][^1] == '\'')
        {
            return new PathQuantity(number, parts[1][1..^1]);
        }

        return PathQuantity.CalendarUnit(parts[1]) is { } unit ? new PathQuantity(number, unit, IsCalendar: true) : null;
    }

    private static bool TryDecimal(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);

    private static PathItem? ToBoolean(in PathItem value)
    {
        switch (value.Kind)
        {
            case ItemKind.Boolean:
                return value;
            case ItemKind.Integer or ItemKind.Decimal when value.Decimal is 0 or 1:
                return PathItem.Of(value.Decimal == 1);
            case ItemKind.String:
                return value.Text.ToLowerInvariant() switch
                {
                    "true" or "t" or "yes" or "y" or "1" or "1.0" => PathItem.Of(true),
                    "false" or "f" or "no" or "n" or "0" or "0.0" => PathItem.Of(false),
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static PathItem? ToInteger(in PathItem value)
    {
        switch (value.Kind)
        {
            case ItemKind.Integer:
                return value;
            case ItemKind.Boolean:
                return PathItem.Of(value.Boolean ? 1L : 0L);
            case ItemKind.String when long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return PathItem.Of(number);
            default:
                return null;
        }
    }

    private static decimal? ToDecimal(in PathItem value)
    {
        switch (value.Kind)
        {
            case ItemKind.Integer or ItemKind.Decimal:
                return value.Decimal;
            case ItemKind.Boolean:
                return value.Boolean ? 1m : 0m;
            case ItemKind.String when TryDecimal(value.Text, out var number):
                return number;
            default:
                return null;
        }
    }

    private static PathQuantity? ToQuantity(in PathItem value) => value.Kind switch
    {
        ItemKind.Quantity => value.Quantity,
        ItemKind.Integer or ItemKind.Decimal => new PathQuantity(value.Decimal, "1"),
        ItemKind.Boolean => new PathQuantity(value.Boolean ? 1m : 0m, "1"),
        ItemKind.String => ParseQuantity(value.Text),
        _ => null,
    };

    private static PathDate? ToDate(in PathItem value, ItemKind target)
    {
        var date = value.Kind switch
        {
            ItemKind.Date or ItemKind.DateTime or ItemKind.Time => value.Date,
            ItemKind.String when target == ItemKind.Time => PathDate.TryParse("T" + value.Text.TrimStart('T')),
            ItemKind.String => PathDate.TryParse(value.Text),
            _ => null,
        };
        return (date?.Kind, target) switch
        {
            (ItemKind.Time, ItemKind.Time) => date,
            (ItemKind.Date or ItemKind.DateTime, ItemKind.DateTime) => date! with { Kind = ItemKind.DateTime },
            (ItemKind.Date or ItemKind.DateTime, ItemKind.Date) => date! with
            {
                Kind = ItemKind.Date, Offset = null, Precision = date.Precision > DatePrecision.Day ? DatePrecision.Day : date.Precision,
            },
            _ => null,
        };
    }
}
