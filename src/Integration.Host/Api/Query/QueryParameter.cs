using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Fhir;
using Microsoft.OpenApi;

namespace Integration.Host.Api.Query;

/// <summary>One query parameter of an address. The same object reads it, words the complaint about it and describes it in OpenAPI.</summary>
/// <param name="Name">camelCase.</param>
/// <param name="Description">One or two sentences for the OpenAPI document.</param>
/// <param name="Allowed">What a value must be, as the end of the sentence "It must be …".</param>
/// <param name="Read">The value, or null when the text is none.</param>
/// <param name="Schema">For the OpenAPI document.</param>
internal sealed record QueryParameter(string Name, string Description, string Allowed, Func<string, object?> Read, Func<OpenApiSchema> Schema)
{
    private const int MaxTextLength = 200;

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The values where they can be listed, else null.</summary>
    public IReadOnlyList<string>? Values { get; private init; }

    /// <summary>The place behind the previous page. The same on every list.</summary>
    public static readonly QueryParameter After = new("after",
        "Continues behind a page: its `next`. All other parameters must stay as they were.",
        "the `next` of the previous page, unchanged", text => text.Length <= 2000 ? text : null, () => new() { Type = JsonSchemaType.String });

    /// <param name="isUsable">Whether anything can be looked for by it; null: any text can.</param>
    /// <param name="allowed">See <see cref="Allowed"/>.</param>
    public static QueryParameter Text(string name, string description, string allowed, Func<string, bool>? isUsable = null) =>
        new(name, description, $"{allowed}, at most {MaxTextLength} characters",
            text => text.Length <= MaxTextLength && (isUsable is null || isUsable(text)) ? text : null,
            () => new() { Type = JsonSchemaType.String, MaxLength = MaxTextLength });

    /// <summary>Most entries in one answer.</summary>
    public static QueryParameter Limit(int usual, int most) =>
        new("limit", "Most entries in the answer.", string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {most}"),
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null,
            () => new() { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = most.ToString(CultureInfo.InvariantCulture), Default = usual })
        {
            Usual = usual,
        };

    /// <summary>An instant, read as UTC where it names no offset.</summary>
    public static QueryParameter Time(string name, string description) =>
        new(name, description, "an ISO 8601 time such as 2026-11-21T08:00:00Z or a day such as 2026-11-21 (the + of an offset is written %2B)",
            text => DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null,
            () => new() { Type = JsonSchemaType.String, Format = "date-time" });

    /// <summary>One of a few words; case matters.</summary>
    public static QueryParameter Choice(string name, string description, params IReadOnlyList<string> values) =>
        new(name, description, $"one of {string.Join(", ", values)}", text => values.Contains(text) ? text : null,
            () => new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => (JsonNode)value)] })
        {
            Values = values,
        };

    public static QueryParameter ResourceType(string name, string description) =>
        new(name, description, "a FHIR R4 resource type such as Observation",
            text => FhirSchema.Find(text) is { Kind: FhirTypeKind.Resource, IsAbstract: false } ? text : null,
            () => new() { Type = JsonSchemaType.String });

    /// <summary>The number where none is sent; null where that means no condition.</summary>
    public int? Usual { get; private init; }
}
