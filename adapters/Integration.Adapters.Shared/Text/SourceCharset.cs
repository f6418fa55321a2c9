using System.Buffers;
using System.Text;

namespace Integration.Adapters.Shared.Text;

/// <summary>A character set that a source can declare: those of HL7 table 0211 and DICOM PS3.3 §C.12.1.1.2, and what is seen in the field. Strict: invalid bytes are an error.</summary>
/// <remarks>Immutable, safe for many threads.</remarks>
public sealed class SourceCharset
{
    private const byte Escape = 0x1B;

    private const int MostSpareBytes = 256 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Encoding _strict;
    private readonly Encoding _lenient;

    internal SourceCharset(string name, Encoding strict, CharsetFamily family)
    {
        Name = name;
        Family = family;
        _strict = strict;
        _lenient = (Encoding)strict.Clone();
        _lenient.DecoderFallback = new DecoderReplacementFallback("\uFFFD");
        _lenient.EncoderFallback = EncoderFallback.ReplacementFallback;
    }

    public static SourceCharset Utf8 { get; } = new("UTF-8", StrictUtf8, CharsetFamily.Utf8);

    /// <summary>Seven bits; anything above is invalid.</summary>
    public static SourceCharset Ascii { get; } = new("ASCII", Strict(20127), CharsetFamily.Latin);

    /// <summary>Also reads GBK, GB2312 and CP936, which are subsets of it: senders that declare those send its characters too.</summary>
    public static SourceCharset Gb18030 { get; } = new("GB18030", Strict(54936), CharsetFamily.DoubleByte);

    /// <summary>Two or four bytes a character, low byte first.</summary>
    public static SourceCharset Utf16 { get; } = new("UTF-16", new UnicodeEncoding(false, false, throwOnInvalidBytes: true), CharsetFamily.Wide);

    internal static SourceCharset Utf16BigEndian { get; } =
        new("UTF-16BE", new UnicodeEncoding(true, false, throwOnInvalidBytes: true), CharsetFamily.Wide);

    internal static SourceCharset Utf32 { get; } =
        new("UTF-32", new UTF32Encoding(false, false, throwOnInvalidCharacters: true), CharsetFamily.Wide);

    internal static SourceCharset Utf32BigEndian { get; } =
        new("UTF-32BE", new UTF32Encoding(true, false, throwOnInvalidCharacters: true), CharsetFamily.Wide);

    /// <summary>Every byte is a character of it, so reading never fails and writing gives the same bytes again.</summary>
    internal static SourceCharset Latin1 { get; } = new("8859/1", Strict(28591), CharsetFamily.Latin);

    /// <summary>JIS X 0208 in seven bits, switched on and off by escape codes (ISO 2022-JP).</summary>
    internal static SourceCharset Iso2022Japanese { get; } = new("ISO IR87", Strict(50222), CharsetFamily.Stateful);

    /// <summary>The name to write in settings, e.g. <c>GB18030</c>.</summary>
    public string Name { get; }

    /// <summary>How its characters are laid out.</summary>
    internal CharsetFamily Family { get; }

    public override string ToString() => Name;

    /// <summary>Turns bytes of this character set into UTF-8.</summary>
    /// <param name="bytes">Returned as they are when they already are UTF-8.</param>
    /// <param name="utf8">Empty when the return value is false.</param>
    /// <param name="invalidAt">Index of the first byte that is not valid, as far as it can be told; -1 when all are.</param>
    internal bool TryDecode(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> utf8, out int invalidAt)
    {
        utf8 = bytes;
        invalidAt = -1;
        if (IsPlain(bytes.Span) || (this == Utf8 && System.Text.Unicode.Utf8.IsValid(bytes.Span)))
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

        var output = new ArrayBufferWriter<byte>(bytes.Length + Math.Min(bytes.Length / 2, MostSpareBytes));
        invalidAt = Family is CharsetFamily.Stateful or CharsetFamily.Wide
            ? DecodeRun(bytes.Span, output)
            : DecodeRuns(bytes.Span, output);
        utf8 = invalidAt < 0 ? output.WrittenMemory : default;
        return invalidAt < 0;
    }

    /// <summary>Copies what is ASCII and decodes what lies between, so that a huge message with a few foreign letters is never text as a whole.</summary>
    /// <returns>Index of the first byte that is not valid; -1 when all are.</returns>
    private int DecodeRuns(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = bytes[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            length = length < 0 ? bytes.Length - at : length;
            output.Write(bytes.Slice(at, length));
            at += length;
            var start = at;
            while (at < bytes.Length && bytes[at] >= 0x80)
            {
                at += Family == CharsetFamily.DoubleByte ? DoubleBytes.LengthAt(bytes, at) : 1;
            }

            at = Math.Min(at, bytes.Length);
            if (at > start && DecodeRun(bytes[start..at], output) is >= 0 and var invalid)
            {
                return start + invalid;
            }
        }

        return -1;
    }

    private int DecodeRun(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        var characters = ArrayPool<char>.Shared.Rent(_strict.GetMaxCharCount(bytes.Length));
        try
        {
            var text = characters.AsSpan(0, _strict.GetChars(bytes, characters));

            // Escape codes that the decoder does not know come out as they went in, and the text behind them is not what it seems.
            if (Family == CharsetFamily.Stateful && text.Contains((char)Escape))
            {
                return bytes.IndexOf(Escape);
            }

            StrictUtf8.GetBytes(text, output);
            return -1;
        }
        catch (DecoderFallbackException exception)
        {
            return Math.Clamp(exception.Index, 0, bytes.Length - 1);
        }
        catch (EncoderFallbackException)
        {
            // GB18030 has four-byte codes for lone surrogates, which are no characters.
            return 0;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    /// <summary>Whether the bytes are ASCII in this character set, so that they are UTF-8 already.</summary>
    internal bool IsPlain(ReadOnlySpan<byte> bytes) =>
        System.Text.Ascii.IsValid(bytes) && Family != CharsetFamily.Wide && (Family != CharsetFamily.Stateful || !bytes.Contains(Escape));

    /// <summary>Bytes of this character set for the text; a character it lacks becomes <c>?</c>.</summary>
    internal byte[] Encode(string text) => _lenient.GetBytes(text);

    /// <summary>Bytes of this character set for the text; null when it lacks a character.</summary>
    /// <param name="lacking">Index of the first character that it lacks; -1 when it has all.</param>
    internal byte[]? TryEncode(string text, out int lacking)
    {
        try
        {
            lacking = -1;
            return _strict.GetBytes(text);
        }
        catch (EncoderFallbackException exception)
        {
            lacking = exception.Index;
            return null;
        }
    }

    /// <summary>The text as far as it can be read, with U+FFFD for what cannot.</summary>
    internal string DecodeForDisplay(ReadOnlySpan<byte> bytes) => _lenient.GetString(bytes);

    /// <summary>The code page with exceptions in place of replacements.</summary>
    internal static Encoding Strict(int codePage) =>
        CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

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
}

/// <summary>How a character set lays out its characters, which decides what bytes can be mistaken for it.</summary>
internal enum CharsetFamily
{
    Utf8,

    /// <summary>A byte a character, letters with accents: high bytes stand alone.</summary>
    Latin,

    /// <summary>A byte a character, another script: high bytes stand in rows.</summary>
    OtherScript,

    /// <summary>One, two or four bytes; the second may be a delimiter's.</summary>
    DoubleByte,

    /// <summary>UTF-16 and UTF-32.</summary>
    Wide,

    /// <summary>Seven bits with escape codes (ISO 2022).</summary>
    Stateful,
}
