using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>A character set that MSH-18 can declare (HL7 table 0211 and the names seen in the field). Strict: invalid bytes are an error.</summary>
/// <remarks>Immutable, safe for many threads.</remarks>
public sealed class Hl7Charset
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Encoding _strict;
    private readonly Encoding _lenient;

    private Hl7Charset(string name, Encoding strict)
    {
        Name = name;
        _strict = strict;
        _lenient = (Encoding)strict.Clone();
        _lenient.DecoderFallback = new DecoderReplacementFallback("\uFFFD");
        _lenient.EncoderFallback = EncoderFallback.ReplacementFallback;
    }

    public static Hl7Charset Utf8 { get; } = new("UTF-8", StrictUtf8);

    /// <summary>Seven bits; anything above is invalid.</summary>
    public static Hl7Charset Ascii { get; } = new("ASCII", Strict(20127));

    /// <summary>Also reads GBK, GB2312 and CP936, which are subsets of it: senders that declare those send its characters too.</summary>
    public static Hl7Charset Gb18030 { get; } = new("GB18030", Strict(54936));

    /// <summary>Every byte is a character of it, so reading never fails and writing gives the same bytes again.</summary>
    internal static Hl7Charset Latin1 { get; } = new("8859/1", Strict(28591));

    private static FrozenDictionary<string, Hl7Charset> ByAlias { get; } = BuildAliases();

    /// <summary>The name to write in settings, e.g. <c>GB18030</c>.</summary>
    public string Name { get; }

    /// <summary>Names that <see cref="Find"/> knows, for messages to the operator.</summary>
    public static IReadOnlyList<string> KnownNames { get; } = [.. ByAlias.Values.Select(c => c.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The character set of this name in any case, spaces around it ignored; null when it is not known.</summary>
    /// <param name="name">As MSH-18 or a setting gives it; not empty.</param>
    public static Hl7Charset? Find(string name) => ByAlias.GetValueOrDefault(name.Trim());

    public override string ToString() => Name;

    /// <summary>Turns bytes of this character set into UTF-8.</summary>
    /// <param name="bytes">Returned as they are when they already are UTF-8.</param>
    /// <param name="utf8">Empty when the return value is false.</param>
    /// <param name="invalidAt">Index of the first byte that is not valid; -1 when all are.</param>
    internal bool TryDecode(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> utf8, out int invalidAt)
    {
        utf8 = bytes;
        invalidAt = -1;
        if (System.Text.Ascii.IsValid(bytes.Span) || (this == Utf8 && System.Text.Unicode.Utf8.IsValid(bytes.Span)))
        {
            return true;
        }

        utf8 = default;
        if (this == Utf8 || this == Ascii)
        {
            // The likely mistakes of a sender are found without an exception, which would cost more than the whole parse.
            invalidAt = this == Ascii ? bytes.Span.IndexOfAnyInRange((byte)0x80, (byte)0xFF) : FirstInvalidUtf8(bytes.Span);
            return false;
        }

        var characters = ArrayPool<char>.Shared.Rent(_strict.GetMaxCharCount(bytes.Length));
        try
        {
            var count = _strict.GetChars(bytes.Span, characters);
            utf8 = Encode(characters.AsSpan(0, count));
            return true;
        }
        catch (DecoderFallbackException exception)
        {
            invalidAt = Math.Clamp(exception.Index, 0, bytes.Length - 1);
            return false;
        }
        catch (EncoderFallbackException)
        {
            // GB18030 has four-byte codes for lone surrogates, which are no characters.
            invalidAt = 0;
            return false;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    /// <summary>Bytes of this character set for the text; a character it lacks becomes <c>?</c>.</summary>
    internal byte[] Encode(string text) => _lenient.GetBytes(text);

    /// <summary>The text as far as it can be read, with U+FFFD for what cannot.</summary>
    internal string DecodeForDisplay(ReadOnlySpan<byte> bytes) => _lenient.GetString(bytes);

    private static byte[] Encode(ReadOnlySpan<char> characters)
    {
        var utf8 = new byte[StrictUtf8.GetByteCount(characters)];
        StrictUtf8.GetBytes(characters, utf8);
        return utf8;
    }

    private static int FirstInvalidUtf8(ReadOnlySpan<byte> bytes)
    {
        Span<char> window = stackalloc char[256];
        var at = 0;
        while (at < bytes.Length)
        {
            var status = System.Text.Unicode.Utf8.ToUtf16(bytes[at..], window, out var read, out _, replaceInvalidSequences: false);
            at += read;
            if (status != OperationStatus.DestinationTooSmall)
            {
                return Math.Min(at, bytes.Length - 1);
            }
        }

        return bytes.Length - 1;
    }

    private static Encoding Strict(int codePage) =>
        CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static FrozenDictionary<string, Hl7Charset> BuildAliases()
    {
        var aliases = new Dictionary<string, Hl7Charset>(StringComparer.OrdinalIgnoreCase);
        Add(Utf8, "UNICODE UTF-8", "UTF-8", "UTF8", "UNICODE");
        Add(Ascii, "ASCII", "US-ASCII");
        Add(Gb18030, "GB 18030-2000", "GB18030-2000", "GB18030", "GB 18030", "GBK", "GB2312", "GB 2312", "CP936");
        Add(new("BIG-5", Strict(950)), "BIG-5", "BIG5");
        Add(Latin1, "8859/1", "ISO-8859-1", "ISO 8859/1");
        foreach (var part in (ReadOnlySpan<int>)[2, 3, 4, 5, 6, 7, 8, 9, 15])
        {
            Add(new($"8859/{part}", Strict(28590 + part)), $"8859/{part}", $"ISO-8859-{part}", $"ISO 8859/{part}");
        }

        return aliases.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void Add(Hl7Charset charset, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                aliases.Add(name, charset);
            }
        }
    }
}
