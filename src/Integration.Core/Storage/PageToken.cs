using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Integration.Core.Storage;

/// <summary>
/// Where a page ended: the values of the sort keys of its last document, as base64url of a JSON array. In front stands a
/// fingerprint of the query, so that a token of another query is refused and not misread. Every engine gives out the same tokens.
/// </summary>
public static class PageToken
{
    private const int MaxLength = 4_096;

    /// <param name="keyValues">Values of <see cref="DocumentQueryRules.SortKeys"/> of the page's last document: string, long, DateTimeOffset (or its microseconds) or null.</param>
    public static string Write(DocumentQuery query, IReadOnlyList<object?> keyValues)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteStringValue(Fingerprint(query));
            foreach (var key in keyValues)
            {
                switch (key)
                {
                    case null: json.WriteNullValue(); break;
                    case string text: json.WriteStringValue(text); break;
                    case DateTimeOffset time: json.WriteNumberValue(Microseconds.Of(time)); break;
                    default: json.WriteNumberValue((long)key); break;
                }
            }

            json.WriteEndArray();
        }

        return Base64Url.EncodeToString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <param name="keys">The sort keys whose values the token holds.</param>
    /// <returns>Values of the sort keys as to be bound: Time as microseconds.</returns>
    /// <exception cref="ArgumentException">This is not a token, or one of another query.</exception>
    public static object?[] Read(DocumentQuery query, IReadOnlyList<DocumentSort> keys, string token)
    {
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
        {
            throw Invalid();
        }

        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(token));
            var parts = json.RootElement.EnumerateArray().ToList();
            if (parts.Count != keys.Count + 1 || parts[0].GetString() != Fingerprint(query))
            {
                throw Invalid();
            }

            return [.. keys.Select((sort, i) => Key(parts[i + 1], sort.Field))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw Invalid();
        }
    }

    private static object? Key(JsonElement part, DocumentField field) =>
        part.ValueKind == JsonValueKind.Null ? null
        : field.Type == DocumentFieldType.Text ? part.GetString()
        : part.GetInt64();

    private static string Fingerprint(DocumentQuery query)
    {
        var text = new StringBuilder(query.Collection.Name);
        foreach (var filter in query.Where)
        {
            text.Append('\n').Append(filter.GetType().Name).Append(' ').Append(filter.Field.Name);
            foreach (var value in DocumentQueryRules.Values(filter))
            {
                text.Append('\u001f').Append(value is DateTimeOffset time ? time.UtcTicks : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "\0");
            }
        }

        foreach (var sort in query.OrderBy)
        {
            text.Append('\n').Append(sort.Descending ? '-' : '+').Append(sort.Field.Name);
        }

        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 6));
    }

    private static ArgumentException Invalid() =>
        new("The page token does not belong to this query. Start again at the first page, and pass the token on as it was given.");
}
