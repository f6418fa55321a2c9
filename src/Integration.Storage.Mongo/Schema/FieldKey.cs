using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;

namespace Integration.Storage.Mongo.Schema;

/// <summary>
/// A place in the document that an index or a sort goes by. Most fields have one. A Time has two: a BSON date, which holds milliseconds, and the
/// microseconds beyond them, so that other programs see a date and the order stays exact.
/// </summary>
/// <param name="Path">Dotted.</param>
/// <param name="IsMicros">The second place of a Time.</param>
internal readonly record struct FieldKey(DocumentField Field, string Path, bool IsMicros)
{
    /// <summary>Name of the subdocument that holds the microseconds of all Time fields.</summary>
    public const string Micros = "micros";

    private const long MicrosAMillisecond = 1000;

    /// <summary>The places of a field, in the order they sort.</summary>
    public static IEnumerable<FieldKey> Of(DocumentField field)
    {
        var path = field == DocumentField.Id ? "_id" : field.Name;
        yield return new FieldKey(field, path, false);
        if (field.Type == DocumentFieldType.Time)
        {
            yield return new FieldKey(field, $"{Micros}.{field.Name}", true);
        }
    }

    /// <summary>Milliseconds, rounded down, and the microseconds beyond them (0 to 999).</summary>
    public static (long Milliseconds, int Micros) Split(long microseconds)
    {
        var (whole, rest) = Math.DivRem(microseconds, MicrosAMillisecond);
        return rest < 0 ? (whole - 1, (int)(rest + MicrosAMillisecond)) : (whole, (int)rest);
    }

    public static (long Milliseconds, int Micros) Split(DateTimeOffset time) => Split(Microseconds.Of(time));

    /// <summary>Writes a value of the field as this place holds it; null as null.</summary>
    /// <param name="value">string, long, int, DateTimeOffset (or the microseconds of a Time), or null.</param>
    public void Write(BsonWriter writer, BsonName name, object? value)
    {
        switch (value)
        {
            case null: writer.Null(name); break;
            case string text: writer.String(name, text); break;
            case DateTimeOffset time: WriteTime(writer, name, Split(time)); break;
            case long micros when Field.Type == DocumentFieldType.Time: WriteTime(writer, name, Split(micros)); break;
            case int number: writer.Int64(name, number); break;
            default: writer.Int64(name, (long)value); break;
        }
    }

    private void WriteTime(BsonWriter writer, BsonName name, (long Milliseconds, int Micros) time)
    {
        if (IsMicros)
        {
            writer.Int32(name, time.Micros);
        }
        else
        {
            writer.Date(name, time.Milliseconds);
        }
    }
}
