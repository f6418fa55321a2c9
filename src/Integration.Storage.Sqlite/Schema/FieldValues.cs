using System.Buffers.Binary;
using System.Text;
using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;

namespace Integration.Storage.Sqlite.Schema;

/// <summary>How values of declared fields are stored: Text as UTF-8, Integer and Time (microseconds since 1970, UTC) as 64-bit numbers.</summary>
internal static class FieldValues
{
    /// <summary>Binds a scalar that passed <see cref="WriteBatchRules.Check"/>.</summary>
    public static void Bind(Statement statement, int parameter, object? value)
    {
        switch (value)
        {
            case null: statement.BindNull(parameter); break;
            case string text: statement.BindText(parameter, text); break;
            case DateTimeOffset time: statement.Bind(parameter, Microseconds.Of(time)); break;
            case int number: statement.Bind(parameter, number); break;
            default: statement.Bind(parameter, (long)value); break;
        }
    }

    /// <summary>A Time or Integer as the number that a side table orders by.</summary>
    public static long Place(object? value) => value switch
    {
        null => ListColumn.AbsentOrder,
        DateTimeOffset time => Microseconds.Of(time),
        int number => number,
        _ => (long)value,
    };

    /// <summary>Binds a list made by <see cref="Encode"/>.</summary>
    public static void BindList(Statement statement, int parameter, byte[]? blob)
    {
        if (blob is null)
        {
            statement.BindNull(parameter);
        }
        else
        {
            statement.BindBlob(parameter, blob);
        }
    }

    /// <summary>A scalar column's value: string, long, DateTimeOffset or null.</summary>
    public static object? Read(Statement statement, int column, DocumentFieldType type) =>
        statement.IsNull(column) ? null
        : type == DocumentFieldType.Text ? statement.Text(column)
        : type == DocumentFieldType.Time ? Microseconds.ToTime(statement.Integer(column))
        : statement.Integer(column);

    /// <summary>Whether a column holds exactly this scalar.</summary>
    public static bool Same(Statement statement, int column, object? value)
    {
        if (value is null || statement.IsNull(column))
        {
            return value is null && statement.IsNull(column);
        }

        return value switch
        {
            string text => SameText(statement.Bytes(column), text),
            DateTimeOffset time => statement.Integer(column) == Microseconds.Of(time),
            int number => statement.Integer(column) == number,
            _ => statement.Integer(column) == (long)value,
        };
    }

    /// <summary>A list as one blob: length (4 bytes, little-endian) and UTF-8 of each text. Null for an empty list, which is the same as none.</summary>
    public static byte[]? Encode(object? list)
    {
        if (list is not IEnumerable<string> texts)
        {
            return null;
        }

        var distinct = texts.Distinct(StringComparer.Ordinal).ToArray();
        if (distinct.Length == 0)
        {
            return null;
        }

        var blob = new byte[distinct.Sum(text => sizeof(int) + Encoding.UTF8.GetByteCount(text))];
        var rest = blob.AsSpan();
        foreach (var text in distinct)
        {
            var length = Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, length);
            rest = rest[(sizeof(int) + length)..];
        }

        return blob;
    }

    /// <summary>The texts of <see cref="Encode"/>.</summary>
    public static HashSet<string> Decode(ReadOnlySpan<byte> blob)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        while (!blob.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(blob);
            texts.Add(Encoding.UTF8.GetString(blob.Slice(sizeof(int), length)));
            blob = blob[(sizeof(int) + length)..];
        }

        return texts;
    }

    private static bool SameText(ReadOnlySpan<byte> stored, string text)
    {
        const int StackBytes = 256;
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > StackBytes)
        {
            return Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(stored);
        }

        Span<byte> utf8 = stackalloc byte[StackBytes];
        return utf8[..Encoding.UTF8.GetBytes(text, utf8)].SequenceEqual(stored);
    }
}
