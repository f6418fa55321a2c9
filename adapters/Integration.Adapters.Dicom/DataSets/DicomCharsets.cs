using System.Collections.Frozen;
using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>The character sets that DICOM has defined terms for. DICOM PS3.3 §C.12.1.1.2, tables C.12-2 to C.12-5.</summary>
internal static class DicomCharsets
{
    /// <summary>The byte that a switch to another set begins with (ISO/IEC 2022).</summary>
    public const byte Escape = 0x1B;

    private static readonly FrozenDictionary<string, SourceCharset> ByRegistration = new Dictionary<string, SourceCharset>(StringComparer.Ordinal)
    {
        [""] = SourceCharset.Ascii,
        ["6"] = SourceCharset.Ascii,
        ["100"] = SourceCharset.Latin1,
        ["101"] = Iso8859(2, CharsetFamily.Latin),
        ["109"] = Iso8859(3, CharsetFamily.Latin),
        ["110"] = Iso8859(4, CharsetFamily.Latin),
        ["144"] = Iso8859(5, CharsetFamily.OtherScript),
        ["127"] = Iso8859(6, CharsetFamily.OtherScript),
        ["126"] = Iso8859(7, CharsetFamily.OtherScript),
        ["138"] = Iso8859(8, CharsetFamily.OtherScript),
        ["148"] = Iso8859(9, CharsetFamily.Latin),
        ["203"] = Iso8859(15, CharsetFamily.Latin),
        ["166"] = new("TIS-620", SourceCharset.Strict(874), CharsetFamily.OtherScript),
        ["13"] = new("JIS X 0201", SourceCharset.Strict(932), CharsetFamily.OtherScript),
        ["192"] = SourceCharset.Utf8,
        ["GB18030"] = SourceCharset.Gb18030,
        ["GBK"] = SourceCharset.Gb18030,

        // Sets of two bytes a character, which only an escape sequence switches to: until then the text is ASCII.
        ["87"] = SourceCharset.Ascii,
        ["159"] = SourceCharset.Ascii,
        ["149"] = SourceCharset.Ascii,
        ["58"] = SourceCharset.Ascii,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Kanji of JIS X 0208 and JIS X 0212, written with high bytes.</summary>
    public static SourceCharset Japanese { get; } = new("JIS X 0208", SourceCharset.Strict(20932), CharsetFamily.DoubleByte);

    /// <summary>Hangul of KS X 1001, written with high bytes.</summary>
    public static SourceCharset Korean { get; } = new("KS X 1001", SourceCharset.Strict(949), CharsetFamily.DoubleByte);

    /// <summary>The set that a text begins in; null when the term is not known.</summary>
    /// <param name="term">e.g. <c>ISO_IR 100</c>, <c>ISO 2022 IR 87</c>; also the spellings with other separators that are seen.</param>
    public static SourceCharset? Find(string term)
    {
        var squeezed = string.Concat(term.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        squeezed = squeezed.StartsWith("ISO2022", StringComparison.Ordinal) ? squeezed[7..] : squeezed.StartsWith("ISO", StringComparison.Ordinal) ? squeezed[3..] : squeezed;
        return ByRegistration.GetValueOrDefault(squeezed.StartsWith("IR", StringComparison.Ordinal) ? squeezed[2..] : squeezed);
    }

    private static SourceCharset Iso8859(int part, CharsetFamily family) => new($"8859/{part}", SourceCharset.Strict(28590 + part), family);
}
