using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Integration.Storage.Mongo.Bson;

/// <summary>
/// Writes one BSON document (bsonspec.org 1.1) into memory that it keeps and grows. Inside an array names are not written but counted.
/// Not thread-safe.
/// </summary>
internal sealed class BsonWriter
{
    private readonly Stack<(int Start, bool IsArray, int Count)> _open = new();
    private byte[] _buffer = new byte[1024];
    private int _length;
    private (int Start, bool IsArray, int Count) _level;

    /// <summary>Starts over with an empty document.</summary>
    public BsonWriter() => Reset();

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>Starts over with an empty document and keeps the memory.</summary>
    public void Reset()
    {
        _open.Clear();
        _length = 0;
        _level = (0, false, 0);
        Reserve(sizeof(int));
        _length = sizeof(int);
    }

    /// <summary>The whole document; nothing may be written after it before <see cref="Reset"/>.</summary>
    public byte[] ToArray() => Finish().ToArray();

    /// <summary>The whole document in the writer's memory: valid until it is used again.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        if (_open.Count > 0)
        {
            throw new InvalidOperationException("A document or array was begun and not ended.");
        }

        CloseLevel();
        return _buffer.AsSpan(0, _length);
    }

    public BsonWriter BeginDocument(BsonName name) => Begin(BsonType.Document, name);

    public BsonWriter BeginArray(BsonName name) => Begin(BsonType.Array, name);

    /// <summary>Ends the document or array begun last.</summary>
    public BsonWriter End()
    {
        CloseLevel();
        _level = _open.Pop();
        return this;
    }

    public BsonWriter String(BsonName name, ReadOnlySpan<char> value)
    {
        Name(BsonType.String, name);
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Reserve(sizeof(int) + most + 1);
        var written = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length + sizeof(int)));
        EndString(written);
        return this;
    }

    /// <param name="value">UTF-8.</param>
    public BsonWriter String(BsonName name, ReadOnlySpan<byte> value)
    {
        Name(BsonType.String, name);
        Reserve(sizeof(int) + value.Length + 1);
        value.CopyTo(_buffer.AsSpan(_length + sizeof(int)));
        EndString(value.Length);
        return this;
    }

    public BsonWriter Int32(BsonName name, int value)
    {
        Name(BsonType.Int32, name);
        return Int32(value);
    }

    public BsonWriter Int64(BsonName name, long value)
    {
        Name(BsonType.Int64, name);
        return Int64(value);
    }

    /// <param name="milliseconds">Since 1970-01-01T00:00:00Z.</param>
    public BsonWriter Date(BsonName name, long milliseconds)
    {
        Name(BsonType.DateTime, name);
        return Int64(milliseconds);
    }

    public BsonWriter Double(BsonName name, double value)
    {
        Name(BsonType.Double, name);
        return Int64(BitConverter.DoubleToInt64Bits(value));
    }

    public BsonWriter Decimal(BsonName name, BsonDecimal value)
    {
        Name(BsonType.Decimal128, name);
        Int64((long)value.Low);
        return Int64((long)value.High);
    }

    public BsonWriter Boolean(BsonName name, bool value)
    {
        Name(BsonType.Boolean, name);
        return Byte(value ? (byte)1 : (byte)0);
    }

    public BsonWriter Null(BsonName name)
    {
        Name(BsonType.Null, name);
        return this;
    }

    /// <summary>Binary of the generic subtype.</summary>
    public BsonWriter Binary(BsonName name, ReadOnlySpan<byte> value)
    {
        Name(BsonType.Binary, name);
        Int32(value.Length);
        Byte(0);
        return Raw(value);
    }

    /// <summary>A value as it was read.</summary>
    public BsonWriter Value(BsonName name, BsonValue value)
    {
        Name(value.Type, name);
        return Raw(value.Bytes.Span);
    }

    /// <summary>A document as it was read or written.</summary>
    public BsonWriter Document(BsonName name, ReadOnlySpan<byte> document)
    {
        Name(BsonType.Document, name);
        return Raw(document);
    }

    /// <summary>All elements of a document, names and all.</summary>
    public BsonWriter Elements(ReadOnlySpan<byte> document) => Raw(document[sizeof(int)..^1]);

    private BsonWriter Begin(BsonType type, BsonName name)
    {
        Name(type, name);
        _open.Push(_level);
        _level = (_length, type == BsonType.Array, 0);
        Reserve(sizeof(int));
        _length += sizeof(int);
        return this;
    }

    private void CloseLevel()
    {
        Byte(0);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_level.Start), _length - _level.Start);
    }

    private void Name(BsonType type, BsonName name)
    {
        Byte((byte)type);
        if (_level.IsArray)
        {
            Index();
            return;
        }

        Reserve(name.MostBytes + 1);
        var length = name.CopyTo(_buffer.AsSpan(_length));
        if (_buffer.AsSpan(_length, length).Contains((byte)0))
        {
            throw new ArgumentException("A BSON name cannot hold the character U+0000.");
        }

        _length += length;
        _buffer[_length++] = 0;
    }

    private void Index()
    {
        const int MostDigits = 10;
        Reserve(MostDigits + 1);
        Utf8Formatter.TryFormat(_level.Count++, _buffer.AsSpan(_length), out var written);
        _length += written;
        _buffer[_length++] = 0;
    }

    private void EndString(int bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length), bytes + 1);
        _length += sizeof(int) + bytes;
        _buffer[_length++] = 0;
    }

    private BsonWriter Byte(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
        return this;
    }

    private BsonWriter Int32(int value)
    {
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length), value);
        _length += sizeof(int);
        return this;
    }

    private BsonWriter Int64(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_length), value);
        _length += sizeof(long);
        return this;
    }

    private BsonWriter Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }
    }
}
