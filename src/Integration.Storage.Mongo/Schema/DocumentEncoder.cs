using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;

namespace Integration.Storage.Mongo.Schema;

/// <summary>Writes what a document holds besides <c>_id</c>, <c>version</c>, <c>sequence</c> and payload.</summary>
internal static class DocumentEncoder
{
    /// <summary>Elements of the declared fields and of the body, as a document.</summary>
    /// <param name="values">In the order of the declared fields.</param>
    /// <param name="json">UTF-8.</param>
    /// <param name="absent">Names of what this document does not have.</param>
    public static byte[] Encode(DocumentCollection collection, object?[] values, ReadOnlySpan<byte> json, out IReadOnlyList<string> absent)
    {
        var writer = new BsonWriter();
        var missing = new List<string>();
        WriteFields(writer, collection, values, missing);
        var texts = new BodyTexts();
        if (!BsonBody.CanWrite(json))
        {
            writer.Binary(StoredNames.Body, json);
        }
        else
        {
            BsonBody.Write(writer, StoredNames.Body, json, collection.Shape, texts);
        }

        texts.Write(writer, missing);
        absent = missing;
        return writer.ToArray();
    }

    /// <summary>The JSON that was encoded.</summary>
    public static byte[] Json(BsonDocument document)
    {
        var body = document["body"u8] ?? throw new InvalidDataException("A stored document has no body.");
        return body.Type == BsonType.Binary
            ? body.Binary.ToArray()
            : BsonBody.ToJson(body.Document, BodyTexts.Of(document));
    }

    /// <summary>Writes the fields that have a value, and the microseconds of times.</summary>
    public static void WriteFields(BsonWriter writer, DocumentCollection collection, object?[] values, List<string> absent)
    {
        var times = new List<(FieldKey Key, object Value)>();
        for (var i = 0; i < values.Length; i++)
        {
            var field = collection.Fields[i];
            switch (values[i])
            {
                case null:
                    absent.Add(field.Name);
                    break;
                case IEnumerable<string> list when field.Type == DocumentFieldType.TextList:
                    WriteList(writer, field, list, absent);
                    break;
                case var value:
                    foreach (var key in FieldKey.Of(field).Where(key => !key.IsMicros))
                    {
                        key.Write(writer, field.Name, value);
                    }

                    if (field.Type == DocumentFieldType.Time)
                    {
                        times.Add((FieldKey.Of(field).Last(), value));
                    }

                    break;
            }
        }

        WriteMicros(writer, times, absent);
    }

    private static void WriteMicros(BsonWriter writer, List<(FieldKey Key, object Value)> times, List<string> absent)
    {
        if (times.Count == 0)
        {
            absent.Add(FieldKey.Micros);
            return;
        }

        writer.BeginDocument(FieldKey.Micros);
        foreach (var (key, value) in times)
        {
            key.Write(writer, key.Field.Name, value);
        }

        writer.End();
    }

    private static void WriteList(BsonWriter writer, DocumentField field, IEnumerable<string> list, List<string> absent)
    {
        var distinct = list.Distinct(StringComparer.Ordinal).ToList();
        if (distinct.Count == 0)
        {
            absent.Add(field.Name);
            return;
        }

        writer.BeginArray(field.Name);
        foreach (var text in distinct)
        {
            writer.String("", text);
        }

        writer.End();
    }
}
