using System.Buffers;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>
/// The character set that a receiver reads. Writing is stricter than reading: a receiver that asks for GBK or GB2312 gets code page 936 and
/// nothing beyond it, while those names are read as GB18030. Nothing is ever replaced.
/// </summary>
/// <remarks>Immutable, safe for many threads.</remarks>
public sealed class Hl7TargetCharset
{
    private const int Gb18030CodePage = 54936;
    private const int Gbk = 936;

    private readonly Encoding _strict;

    private Hl7TargetCharset(string declared, int codePage)
    {
        Declared = declared;
        _strict = CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    }

    /// <summary>HL7 table 0211 <c>UNICODE UTF-8</c>, which has every character.</summary>
    public static Hl7TargetCharset Utf8 { get; } = new("UNICODE UTF-8", 65001);

    /// <summary>What is written into MSH-18: the name as the site wrote it, since receivers differ in the name they know.</summary>
    public string Declared { get; }

    /// <summary>The character set of this name; null when it is not known or cannot be written.</summary>
    /// <param name="name">As a setting gives it, e.g. <c>GB 18030-2000</c>, <c>GBK</c>, <c>UNICODE UTF-8</c>.</param>
    public static Hl7TargetCharset? Find(string name)
    {
        var declared = name.Trim();
        return Hl7CharsetAliases.FindStandard(declared) is { } known && CodePageOf(declared, known.Name) is { } codePage ? new(declared, codePage) : null;
    }

    /// <summary>Appends the bytes of the text.</summary>
    /// <returns>Index of the first character that the set lacks, nothing being written then; -1 when all are there.</returns>
    internal int Write(string text, ArrayBufferWriter<byte> output)
    {
        if (Ascii.IsValid(text))
        {
            _strict.GetBytes(text, output);
            return -1;
        }

        try
        {
            output.Write(_strict.GetBytes(text));
            return -1;
        }
        catch (EncoderFallbackException e)
        {
            return e.Index;
        }
    }

    private static int? CodePageOf(string declared, string known) => known switch
    {
        "UTF-8" => 65001,
        "ASCII" => 20127,
        "GB18030" => declared.Contains("18030", StringComparison.Ordinal) ? Gb18030CodePage : Gbk,
        "BIG-5" => 950,
        _ => known.StartsWith("8859/", StringComparison.Ordinal) && int.TryParse(known.AsSpan(5), out var part) ? 28590 + part : null,
    };
}
