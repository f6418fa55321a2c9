using System.Buffers;
using System.Data.SqlTypes;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Integration.Adapters.Sql.Rows;

/// <summary>One row on its way into a message: its name and its columns with values as a database gives them.</summary>
/// <param name="Name">What mappings call it.</param>
/// <param name="Columns">Names as the source writes them.</param>
/// <param name="Values">As many; null for SQL NULL.</param>
internal readonly record struct RowValues(string Name, IReadOnlyList<string> Columns, IReadOnlyList<object?> Values);

/// <summary>Writes messages of rows, see <see cref="RowParser"/>.</summary>
internal static class RowMessage
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The rows as a JSON list. The same values give the same bytes.</summary>
    public static byte[] Rows(IEnumerable<RowValues> rows)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartArray();
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            writer.WriteStartObject(row.Name);
            for (var i = 0; i < row.Columns.Count; i++)
            {
                Write(writer, row.Columns[i].ToLowerInvariant(), row.Values[i]);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>32 hex digits by which a change of the rows is noticed.</summary>
    public static string HashOf(ReadOnlySpan<byte> rows) => Convert.ToHexStringLower(SHA256.HashData(rows).AsSpan(0, 16));

    /// <summary>A whole message.</summary>
    /// <param name="message">What selects the message map.</param>
    /// <param name="key">Of the row in its source.</param>
    /// <param name="read">When the source said so (UTC); null: when the message arrives.</param>
    /// <param name="rows">What <see cref="Rows"/> gave; empty for a row that is gone.</param>
    /// <param name="gone">Rows that the source does not have any more; empty for none.</param>
    public static byte[] Of(string message, string key, DateTimeOffset? read, ReadOnlySpan<byte> rows, IReadOnlyCollection<JsonElement> gone)
    {
        var buffer = new ArrayBufferWriter<byte>(rows.Length + 256);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteString("message", message);
        writer.WriteString("key", key);
        if (read is { } time)
        {
            writer.WriteString("read", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        }

        if (!rows.IsEmpty)
        {
            writer.WritePropertyName("rows");
            writer.WriteRawValue(rows, skipInputValidation: true);
        }

        if (gone.Count > 0)
        {
            writer.WriteStartArray("gone");
            foreach (var row in gone)
            {
                row.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The value as a text, the way messages have it; empty for SQL NULL.</summary>
    public static string TextOf(object? value) => value switch
    {
        null or DBNull => "",
        string text => text.TrimEnd(),   // CHAR columns are filled up with blanks
        bool yes => yes ? "1" : "0",
        SqlDateTime time => TextOf(time.Value),
        DateTime { Kind: DateTimeKind.Utc } time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static void Write(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                writer.WriteNull(name);
                break;
            case long or int or short or byte or decimal:
                writer.WriteNumber(name, Convert.ToDecimal(value, CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteString(name, Clean(TextOf(value)));
                break;
        }
    }

    // A database that counts in UTF-16 may cut a character in two; what is left of it is no text.
    private static string Clean(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
}
