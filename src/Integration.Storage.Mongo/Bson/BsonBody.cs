using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Storage;

namespace Integration.Storage.Mongo.Bson;

/// <summary>
/// A JSON document as typed BSON that other programs can compute with, from which the same JSON can be made again: what its <see cref="BodyShape"/> calls
/// a time is a BSON date, a decimal Decimal128; other whole numbers are Int32 or Int64, other fractions Decimal128.
/// </summary>
/// <remarks>
/// A date forgets how it was written (offset, digits), a decimal an exponent. Those texts are kept beside the body: see <see cref="BodyTexts"/>. A time
/// that BSON cannot hold without making something up (a month, no offset) stays text.
/// </remarks>
internal static class BsonBody
{
    /// <summary>Levels of nesting; servers take 100 including those around the body.</summary>
    private const int MostLevels = 90;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MostLevels };
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Whether BSON can hold it: an object, not nested too deeply, without half surrogate pairs or U+0000 in a name.</summary>
    public static bool CanWrite(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
                if (reader.ValueIsEscaped && reader.GetString() is { } text && reader.TokenType == JsonTokenType.PropertyName && text.Contains('\0'))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Writes the body as element <paramref name="name"/>.</summary>
    /// <param name="json">UTF-8 that <see cref="CanWrite"/>.</param>
    /// <param name="texts">Gets the texts that the BSON forgets.</param>
    public static void Write(BsonWriter writer, string name, ReadOnlySpan<byte> json, BodyShape shape, BodyTexts texts)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        writer.BeginDocument(name);
        WriteObject(writer, ref reader, shape, texts);
    }

    /// <summary>The JSON of a body.</summary>
    /// <param name="texts">As <see cref="Write"/> gave them.</param>
    public static byte[] ToJson(BsonDocument body, BodyTexts texts)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Bytes.Length + 256);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        ReadDocument(writer, body, isArray: false, texts.Read());
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteObject(BsonWriter writer, ref Utf8JsonReader reader, BodyShape shape, BodyTexts texts)
    {
        if (shape.Value == BodyValue.Resource)
        {
            shape = ShapeOfResource(reader);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            // The span of an escaped name is not its text; those are rare.
            var name = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
            reader.Read();
            WriteValue(writer, name, ref reader, shape.Property(name), texts);
        }

        writer.End();
    }

    /// <summary>Looks for <c>resourceType</c>, which as a rule comes first.</summary>
    /// <param name="reader">A copy, on the start of the object.</param>
    private static BodyShape ShapeOfResource(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("resourceType"u8);
            reader.Read();
            if (isType)
            {
                return reader.TokenType == JsonTokenType.String ? BodyShape.OfFhir(reader.GetString()!) : BodyShape.Plain;
            }

            reader.Skip();
        }

        return BodyShape.Plain;
    }

    private static void WriteArray(BsonWriter writer, ref Utf8JsonReader reader, BodyShape shape, BodyTexts texts)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            WriteValue(writer, default, ref reader, shape, texts);
        }

        writer.End();
    }

    private static void WriteValue(BsonWriter writer, ReadOnlySpan<byte> name, ref Utf8JsonReader reader, BodyShape shape, BodyTexts texts)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.BeginDocument(name);
                WriteObject(writer, ref reader, shape, texts);
                break;
            case JsonTokenType.StartArray:
                writer.BeginArray(name);
                WriteArray(writer, ref reader, shape, texts);
                break;
            case JsonTokenType.String:
                WriteText(writer, name, ref reader, shape.Value == BodyValue.Time, texts);
                break;
            case JsonTokenType.Number:
                WriteNumber(writer, name, reader.ValueSpan, shape.Value == BodyValue.Decimal, texts);
                break;
            case JsonTokenType.Null:
                writer.Null(name);
                break;
            default:
                writer.Boolean(name, reader.GetBoolean());
                break;
        }
    }

    private static void WriteText(BsonWriter writer, ReadOnlySpan<byte> name, ref Utf8JsonReader reader, bool isTime, BodyTexts texts)
    {
        if (reader.ValueIsEscaped)
        {
            writer.String(name, Encoding.UTF8.GetBytes(reader.GetString()!));
        }
        else if (isTime && JsonInstant.TryParse(reader.ValueSpan, out var milliseconds))
        {
            writer.Date(name, milliseconds);
            texts.Add(reader.ValueSpan);
        }
        else
        {
            writer.String(name, reader.ValueSpan);
        }
    }

    private static void WriteNumber(BsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, bool isDecimal, BodyTexts texts)
    {
        if (!isDecimal && Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length && text is not [(byte)'-', (byte)'0'])
        {
            if (whole is >= int.MinValue and <= int.MaxValue)
            {
                writer.Int32(name, (int)whole);
            }
            else
            {
                writer.Int64(name, whole);
            }
        }
        else if (BsonDecimal.TryParse(text, out var value, out var isAsWritten) && (isDecimal || isAsWritten))
        {
            writer.Decimal(name, value);
            texts.AddDecimal(isAsWritten ? default : text);
        }
        else
        {
            Utf8Parser.TryParse(text, out double rounded, out _);
            writer.Double(name, rounded);
            texts.Add(text);
        }
    }

    private static void ReadDocument(Utf8JsonWriter writer, BsonDocument document, bool isArray, BodyTexts.Reader texts)
    {
        if (isArray)
        {
            writer.WriteStartArray();
        }
        else
        {
            writer.WriteStartObject();
        }

        foreach (var element in document)
        {
            if (!isArray)
            {
                writer.WritePropertyName(element.Name.Span);
            }

            ReadValue(writer, element.Value, texts);
        }

        if (isArray)
        {
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteEndObject();
        }
    }

    private static void ReadValue(Utf8JsonWriter writer, BsonValue value, BodyTexts.Reader texts)
    {
        switch (value.Type)
        {
            case BsonType.String:
                writer.WriteStringValue(value.Utf8.Span);
                break;
            case BsonType.Int32 or BsonType.Int64:
                writer.WriteNumberValue(value.Whole);
                break;
            case BsonType.Document or BsonType.Array:
                ReadDocument(writer, value.Document, value.Type == BsonType.Array, texts);
                break;
            case BsonType.DateTime:
                writer.WriteStringValue(texts.Next());
                break;
            case BsonType.Double:
                writer.WriteRawValue(texts.Next(), skipInputValidation: true);
                break;
            case BsonType.Decimal128:
                writer.WriteRawValue(texts.NextDecimal() ?? value.Decimal.ToString(), skipInputValidation: true);
                break;
            case BsonType.Boolean:
                writer.WriteBooleanValue(value.IsTrue);
                break;
            case BsonType.Null:
                writer.WriteNullValue();
                break;
            default:
                throw new InvalidDataException($"A stored body holds a {value.Type}, which this program does not write.");
        }
    }
}
