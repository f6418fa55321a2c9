using System.Collections.Frozen;
using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// The labels of character sets: HL7 table 0211 and what senders write instead. Case, blanks and punctuation do not count:
/// <c>GB 18030-2000</c>, <c>gb18030_2000</c> and <c>GB18030 2000</c> are one label.
/// </summary>
/// <remarks>Immutable, safe for many threads.</remarks>
public sealed class Hl7CharsetAliases
{
    private const int MaxLabel = 64;

    private readonly FrozenDictionary<string, SourceCharset> _byLabel;
    private readonly FrozenDictionary<string, SourceCharset>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private Hl7CharsetAliases(IReadOnlyDictionary<string, SourceCharset> byLabel)
    {
        _byLabel = byLabel.ToFrozenDictionary(StringComparer.Ordinal);
        _lookup = _byLabel.GetAlternateLookup<ReadOnlySpan<char>>();
        Names = [.. byLabel.Values.Select(c => c.Name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>What every feed knows.</summary>
    public static Hl7CharsetAliases Standard { get; } = new(BuildStandard());

    /// <summary>Names for settings, for messages to the operator.</summary>
    public static IReadOnlyList<string> KnownNames => Standard.Names;

    /// <summary>One name for each character set.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>These labels and more; a label that is there already gets the new meaning.</summary>
    public Hl7CharsetAliases With(IEnumerable<KeyValuePair<string, SourceCharset>> labels)
    {
        var all = new Dictionary<string, SourceCharset>(_byLabel, StringComparer.Ordinal);
        foreach (var (label, charset) in labels)
        {
            all[Squeeze(label)] = charset;
        }

        return new(all);
    }

    /// <summary>The character set of this label, whatever its case, blanks and hyphens; null when every feed's labels do not have it.</summary>
    /// <param name="label">As MSH-18 or a setting gives it.</param>
    public static SourceCharset? FindStandard(string label) => Standard.Find(label);

    /// <summary>Null when the label is not known.</summary>
    public SourceCharset? Find(string label) => _byLabel.GetValueOrDefault(Squeeze(label));

    /// <summary>Null when the label is not known.</summary>
    /// <param name="label">As it stands in MSH-18.</param>
    internal SourceCharset? Find(ReadOnlySpan<byte> label)
    {
        if (label.SequenceEqual("UNICODE UTF-8"u8))
        {
            return SourceCharset.Utf8;
        }

        if (label.Length > MaxLabel)
        {
            return null;
        }

        Span<char> squeezed = stackalloc char[MaxLabel];
        var length = 0;
        foreach (var value in label)
        {
            if (char.IsAsciiLetterOrDigit((char)value))
            {
                squeezed[length++] = char.ToUpperInvariant((char)value);
            }
        }

        return _lookup.TryGetValue(squeezed[..length], out var charset) ? charset : null;
    }

    private static string Squeeze(string label) => string.Concat(label.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    private static Dictionary<string, SourceCharset> BuildStandard()
    {
        var labels = new Dictionary<string, SourceCharset>(StringComparer.Ordinal);
        Add(SourceCharset.Utf8, "UNICODE UTF-8", "UTF-8", "UNICODE", "ISO IR192");
        Add(SourceCharset.Utf16, "UNICODE UTF-16", "UTF-16", "UTF-16LE", "UTF-16BE", "UCS-2", "ISO 10646-UCS-2");
        Add(SourceCharset.Utf32, "UNICODE UTF-32", "UTF-32", "UTF-32LE", "UTF-32BE");
        Add(SourceCharset.Ascii, "ASCII", "US-ASCII", "ISO IR6", "ANSI X3.4", "7BIT");
        Add(SourceCharset.Gb18030, "GB 18030-2000", "GB 18030-2005", "GB 18030-2022", "GB18030", "GBK", "GB2312", "GB 2312-80", "GB 2312-1980",
            "CP936", "MS936", "WINDOWS-936", "936", "EUC-CN", "X-GBK", "ISO IR58");
        Add(new("BIG-5", SourceCharset.Strict(950), CharsetFamily.DoubleByte), "BIG-5", "CP950", "MS950", "950");
        Add(new("KS X 1001", SourceCharset.Strict(949), CharsetFamily.DoubleByte), "KS X 1001", "ISO IR149", "EUC-KR", "CP949");
        Add(SourceCharset.Iso2022Japanese, "ISO IR87", "ISO IR14", "ISO IR13", "ISO-2022-JP");
        Add(new("TIS-620", SourceCharset.Strict(874), CharsetFamily.OtherScript), "TIS-620", "ISO IR166", "8859/11", "ISO 8859-11");
        Add(SourceCharset.Latin1, "8859/1", "ISO 8859-1", "ISO IR100", "LATIN1");
        AddIso8859(2, 101, CharsetFamily.Latin);
        AddIso8859(3, 109, CharsetFamily.Latin);
        AddIso8859(4, 110, CharsetFamily.Latin);
        AddIso8859(5, 144, CharsetFamily.OtherScript);
        AddIso8859(6, 127, CharsetFamily.OtherScript);
        AddIso8859(7, 126, CharsetFamily.OtherScript);
        AddIso8859(8, 138, CharsetFamily.OtherScript);
        AddIso8859(9, 148, CharsetFamily.Latin);
        AddIso8859(13, 179, CharsetFamily.Latin);
        AddIso8859(15, 203, CharsetFamily.Latin);
        Add(new("WINDOWS-1252", SourceCharset.Strict(1252), CharsetFamily.Latin), "WINDOWS-1252", "CP1252", "1252");
        return labels;

        void AddIso8859(int part, int registration, CharsetFamily family) => Add(
            new($"8859/{part}", SourceCharset.Strict(28590 + part), family), $"8859/{part}", $"ISO 8859-{part}", $"ISO IR{registration}");

        void Add(SourceCharset charset, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                labels.Add(Squeeze(name), charset);
            }
        }
    }
}
