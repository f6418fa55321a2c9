using System.Globalization;
using Integration.Fhir.Search;

namespace Integration.Core.Records.Search;

/// <summary>By what a match is sorted: a number or a text, or neither, which comes last.</summary>
internal readonly record struct SearchSortKey(decimal? Number, string? Text)
{
    private bool IsMissing => Number is null && Text is null;

    /// <summary>The least of a parameter's values, or the greatest when sorted downwards. FHIR R4 search.html §3.1.1.5.1.</summary>
    public static SearchSortKey Of(SearchSort sort, IEnumerable<FhirSearchValue> values)
    {
        var keys = values.Where(v => ReferenceEquals(v.Parameter, sort.Parameter)).Select(v => Of(v, sort.Descending)).Where(k => !k.IsMissing).ToList();
        keys.Sort((left, right) => Compare(left, right, sort.Descending));
        return keys.Count > 0 ? keys[0] : default;
    }

    public static int Compare(SearchSortKey left, SearchSortKey right, bool descending)
    {
        if (left.IsMissing || right.IsMissing)
        {
            return left.IsMissing.CompareTo(right.IsMissing);
        }

        var order = left.Number is { } a && right.Number is { } b ? a.CompareTo(b) : string.CompareOrdinal(left.Text, right.Text);
        return descending ? -order : order;
    }

    /// <summary>For a page token.</summary>
    public override string ToString() => Number is { } number ? "n" + number.ToString(CultureInfo.InvariantCulture) : Text is null ? "" : "t" + Text;

    public static SearchSortKey Parse(string text) => text switch
    {
        ['n', .. var number] => new(decimal.Parse(number, CultureInfo.InvariantCulture), null),
        ['t', .. var rest] => new(null, rest),
        _ => default,
    };

    private static SearchSortKey Of(FhirSearchValue value, bool descending) => value switch
    {
        FhirDateValue date => new((descending ? date.End ?? date.Start : date.Start ?? date.End)?.UtcTicks, null),
        FhirNumberValue number => new(number.Low ?? number.High, null),
        FhirQuantityValue quantity => new(quantity.Low ?? quantity.High, null),
        FhirStringValue text => new(null, text.Normalised),
        FhirTokenValue token => new(null, token.Code ?? token.Text),
        FhirUriValue uri => new(null, uri.Uri),
        FhirReferenceValue reference => new(null, reference.Id is null ? reference.Url : $"{reference.Type}/{reference.Id}"),
        _ => default,
    };
}
