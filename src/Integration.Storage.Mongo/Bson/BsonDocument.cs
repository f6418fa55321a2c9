using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace Integration.Storage.Mongo.Bson;

/// <summary>A BSON document or array as it lies in memory, read element by element and never copied.</summary>
/// <param name="Bytes">All of it, with its length in front. Must not change while it is read.</param>
internal readonly record struct BsonDocument(ReadOnlyMemory<byte> Bytes) : IEnumerable<BsonElement>
{
    private const int EmptyLength = 5;

    /// <summary>The element of that name, the first when there are several; null when there is none.</summary>
    public BsonValue? this[ReadOnlySpan<byte> name]
    {
        get
        {
            foreach (var element in this)
            {
                if (element.Name.Span.SequenceEqual(name))
                {
                    return element.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Whether there is an element of that name.</summary>
    public bool Has(ReadOnlySpan<byte> name) => this[name] is not null;

    /// <exception cref="InvalidDataException">While enumerating: the bytes are not BSON.</exception>
    public Enumerator GetEnumerator() => new(Bytes);

    IEnumerator<BsonElement> IEnumerable<BsonElement>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes through the elements.</summary>
    internal struct Enumerator : IEnumerator<BsonElement>
    {
        private readonly ReadOnlyMemory<byte> _bytes;
        private int _at;

        public Enumerator(ReadOnlyMemory<byte> bytes)
        {
            if (bytes.Length < EmptyLength || BinaryPrimitives.ReadInt32LittleEndian(bytes.Span) is var length && (length < EmptyLength || length > bytes.Length))
            {
                throw Malformed();
            }

            _bytes = bytes[..BinaryPrimitives.ReadInt32LittleEndian(bytes.Span)];
            _at = sizeof(int);
            Current = default;
        }

        public BsonElement Current { get; private set; }

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            var rest = _bytes.Span[_at..];
            if (rest.IsEmpty)
            {
                throw Malformed();
            }

            if (rest[0] == 0)
            {
                return false;
            }

            var type = (BsonType)rest[0];
            var nameLength = rest[1..].IndexOf((byte)0);
            if (nameLength < 0)
            {
                throw Malformed();
            }

            var value = rest[(nameLength + 2)..];
            var valueLength = LengthOf(type, value);
            if (valueLength < 0 || valueLength > value.Length)
            {
                throw Malformed();
            }

            var start = _at + nameLength + 2;
            Current = new BsonElement(_bytes.Slice(_at + 1, nameLength), new BsonValue(type, _bytes.Slice(start, valueLength)));
            _at = start + valueLength;
            return true;
        }

        public readonly void Reset() => throw new NotSupportedException();

        public readonly void Dispose()
        {
        }

        private static int LengthOf(BsonType type, ReadOnlySpan<byte> value) => type switch
        {
            BsonType.Null or BsonType.MinKey or BsonType.MaxKey => 0,
            BsonType.Boolean => 1,
            BsonType.Int32 => sizeof(int),
            BsonType.Double or BsonType.DateTime or BsonType.Int64 or BsonType.Timestamp => sizeof(long),
            BsonType.ObjectId => 12,
            BsonType.Decimal128 => 16,
            BsonType.String when value.Length >= sizeof(int) => sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(value),
            BsonType.Binary when value.Length >= sizeof(int) => sizeof(int) + 1 + BinaryPrimitives.ReadInt32LittleEndian(value),
            BsonType.Document or BsonType.Array when value.Length >= sizeof(int) => BinaryPrimitives.ReadInt32LittleEndian(value),
            _ => throw new InvalidDataException($"The BSON type 0x{(byte)type:X2} is not known here."),
        };

        private static InvalidDataException Malformed() => new("These bytes are no BSON document.");
    }
}

/// <param name="Name">UTF-8; the index as digits inside an array.</param>
internal readonly record struct BsonElement(ReadOnlyMemory<byte> Name, BsonValue Value)
{
    public string NameText => Encoding.UTF8.GetString(Name.Span);
}

/// <summary>One value. Reading it as a type that it does not have is an <see cref="InvalidDataException"/>.</summary>
internal readonly record struct BsonValue(BsonType Type, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>UTF-8 of a string.</summary>
    public ReadOnlyMemory<byte> Utf8 => Type == BsonType.String ? Bytes[sizeof(int)..^1] : throw Wrong(BsonType.String);

    public string Text => Encoding.UTF8.GetString(Utf8.Span);

    /// <summary>Any number that is whole, or the milliseconds of a date.</summary>
    public long Whole => Type switch
    {
        BsonType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span),
        BsonType.Int64 or BsonType.DateTime => BinaryPrimitives.ReadInt64LittleEndian(Bytes.Span),
        BsonType.Double => (long)Number,
        _ => throw Wrong(BsonType.Int64),
    };

    public double Number => Type == BsonType.Double ? BinaryPrimitives.ReadDoubleLittleEndian(Bytes.Span) : Whole;

    public BsonDecimal Decimal => Type == BsonType.Decimal128
        ? new(BinaryPrimitives.ReadUInt64LittleEndian(Bytes.Span[sizeof(long)..]), BinaryPrimitives.ReadUInt64LittleEndian(Bytes.Span))
        : throw Wrong(BsonType.Decimal128);

    /// <summary>As commands answer: a boolean, or a number that is not zero.</summary>
    public bool IsTrue => Type == BsonType.Boolean ? Bytes.Span[0] != 0 : Type != BsonType.Null && Number != 0;

    public BsonDocument Document => Type is BsonType.Document or BsonType.Array ? new BsonDocument(Bytes) : throw Wrong(BsonType.Document);

    public ReadOnlyMemory<byte> Binary => Type == BsonType.Binary ? Bytes[(sizeof(int) + 1)..] : throw Wrong(BsonType.Binary);

    private InvalidDataException Wrong(BsonType expected) => new($"A BSON value is a {Type}, not a {expected}.");
}
