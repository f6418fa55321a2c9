using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Reading;

/// <summary>Reads declared and built-in fields of stored documents.</summary>
internal static class FieldReading
{
    private const long MicrosAMillisecond = 1000;

    /// <summary>string, long, DateTimeOffset or null; lists are not read.</summary>
    public static object? Read(BsonDocument document, DocumentField field) =>
        Value(document[System.Text.Encoding.UTF8.GetBytes(field == DocumentField.Id ? StoredNames.Id : field.Name)], field,
            field.Type == DocumentFieldType.Time ? document["micros"u8]?.Document[System.Text.Encoding.UTF8.GetBytes(field.Name)] : null);

    /// <param name="micros">Of a Time.</param>
    public static object? Value(BsonValue? value, DocumentField field, BsonValue? micros) => value switch
    {
        null or { Type: BsonType.Null } => null,
        { } present => field.Type switch
        {
            DocumentFieldType.Text => present.Text,
            DocumentFieldType.Time => Microseconds.ToTime((present.Whole * MicrosAMillisecond) + (micros is { Type: not BsonType.Null } rest ? rest.Whole : 0)),
            _ => present.Whole,
        },
    };
}
