using System.Globalization;
using System.Text;
using Integration.Core.Attachments;

namespace Integration.Core.Mapping.Runtime;

/// <summary>A source text as a FHIR R4 primitive.</summary>
/// <param name="Name">FHIR name.</param>
/// <param name="Expected">What a value must be, in words for an issue.</param>
/// <param name="Convert">The value; null when the text cannot be one.</param>
internal sealed record FhirPrimitive(string Name, string Expected, Func<string, FeedContext, DraftNode?> Convert)
{
    private static readonly FhirPrimitive[] Known =
    [
        new("string", "a text", (text, _) => DraftNode.Of(text)),
        new("markdown", "a text", (text, _) => DraftNode.Of(text)),
        new("code", "a code", (text, _) => DraftNode.Of(SingleBlanks(text))),
        new("id", "an id", (text, _) => IsId(text) ? DraftNode.Of(text) : null),
        new("uri", "a URI without blanks", (text, _) => NoBlanks(text)),
        new("url", "a URL without blanks", (text, _) => NoBlanks(text)),
        new("canonical", "a URL without blanks", (text, _) => NoBlanks(text)),
        new("oid", "an OID", (text, _) => NoBlanks(text)),
        new("uuid", "a UUID", (text, _) => NoBlanks(text)),
        new("decimal", "a number", (text, _) => Number(text) is { } number ? DraftNode.Of(number) : null),
        new("integer", "a whole number", (text, _) => Whole(text, int.MinValue)),
        new("unsignedInt", "a whole number from 0", (text, _) => Whole(text, 0)),
        new("positiveInt", "a whole number from 1", (text, _) => Whole(text, 1)),
        new("boolean", "Y or N", (text, _) => YesOrNo(text)),
        new("date", "a date (YYYY, YYYYMM or YYYYMMDD)", (text, _) => Hl7Time.TryParse(text, out var time) ? DraftNode.Of(time.ToFhirDate()) : null),
        new("dateTime", "a date or time (YYYYMMDD, YYYYMMDDHHMMSS with or without offset)",
            (text, feed) => Hl7Time.TryParse(text, out var time) ? DraftNode.Of(time.ToFhirDateTime(feed.TimeZone)) : null),
        new("instant", "a time to the second",
            (text, feed) => Hl7Time.TryParse(text, out var time) && time.ToFhirInstant(feed.TimeZone) is { } instant ? DraftNode.Of(instant) : null),
        new("time", "a time of day (HHMM or HHMMSS)", (text, _) => Hl7Time.ToFhirTime(text) is { } time ? DraftNode.Of(time) : null),
        new("base64Binary", "data", (text, _) => Data(text)),
    ];

    private static readonly FhirPrimitive EncodedText = new("base64Binary", "data", (text, _) => DraftNode.Of(Encode(text)));

    /// <summary>For a text put together by a rule, which is never base64 already, however much it looks like it.</summary>
    public FhirPrimitive OfText => Name == "base64Binary" ? EncodedText : this;

    /// <summary>Null when FHIR R4 has no such primitive.</summary>
    public static FhirPrimitive? Find(string name) => Array.Find(Known, p => p.Name == name);

    /// <summary>A plain decimal number with all its digits; null when the text is anything else.</summary>
    public static decimal? Number(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 30
        && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static DraftNode? Whole(string text, int least) =>
        Number(text) is { } number && number == decimal.Truncate(number) && number >= least && number <= int.MaxValue ? DraftNode.Of((int)number) : null;

    private static DraftNode? YesOrNo(string text) => text switch
    {
        "Y" or "y" or "1" or "是" => DraftNode.Of(true),
        "N" or "n" or "0" or "否" => DraftNode.Of(false),
        _ => null,
    };

    /// <summary>A code has single blanks inside at most. FHIR R4 §2.24.0.1 code.</summary>
    private static string SingleBlanks(string text)
    {
        var inRun = false;
        foreach (var c in text)
        {
            var blank = char.IsWhiteSpace(c);
            if (blank && (inRun || c != ' '))
            {
                return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            }

            inRun = blank;
        }

        return text;
    }

    private static DraftNode? NoBlanks(string text) => text.AsSpan().ContainsAny(" \t\r\n") ? null : DraftNode.Of(text);

    private static bool IsId(string text) => text.Length <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    /// <summary>Base64; for a value that is kept as an attachment the properties that stand in place of <c>data</c>.</summary>
    private static DraftNode Data(string text) => AttachmentReference.TryParse(text)?.ToFhir() is { } kept ? DraftNode.From(kept) : DraftNode.Of(Base64(text));

    /// <summary>Base64 as sent, without line breaks; any other text encoded.</summary>
    private static string Base64(string text)
    {
        var packed = text.AsSpan().ContainsAny(" \r\n\t") ? string.Concat(text.Where(c => !char.IsWhiteSpace(c))) : text;
        return System.Buffers.Text.Base64.IsValid(packed.AsSpan()) ? packed : Encode(text);
    }

    private static string Encode(string text) => System.Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
