using System.Text;

namespace Integration.Storage.Mongo.Bson;

/// <summary>Name of an element, given as text or as UTF-8. What stands inside an array needs none: <c>default</c> or an empty text.</summary>
internal readonly ref struct BsonName
{
    private readonly ReadOnlySpan<char> _text;
    private readonly ReadOnlySpan<byte> _utf8;

    private BsonName(ReadOnlySpan<char> text, ReadOnlySpan<byte> utf8)
    {
        _text = text;
        _utf8 = utf8;
    }

    /// <summary>Room that <see cref="CopyTo"/> may take.</summary>
    public int MostBytes => _text.IsEmpty ? _utf8.Length : Encoding.UTF8.GetMaxByteCount(_text.Length);

    public static implicit operator BsonName(string text) => new(text, default);

    public static implicit operator BsonName(ReadOnlySpan<byte> utf8) => new(default, utf8);

    /// <summary>Writes it as UTF-8.</summary>
    /// <returns>Bytes written.</returns>
    public int CopyTo(Span<byte> target)
    {
        if (!_text.IsEmpty)
        {
            return Encoding.UTF8.GetBytes(_text, target);
        }

        _utf8.CopyTo(target);
        return _utf8.Length;
    }
}
