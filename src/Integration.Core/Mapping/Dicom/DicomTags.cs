using System.Collections.Frozen;
using System.Globalization;
using Integration.Core.Mapping.Hl7v2;

namespace Integration.Core.Mapping.Dicom;

/// <summary>
/// The attributes that the engine knows by name: those a study's metadata, reports, worklists and queries consist of (DICOM PS3.6). Mappings name
/// them by keyword, and data sets in implicit VR get their value representations from here. All others are read too, as <c>UN</c> where nothing says more.
/// </summary>
/// <remarks>In a mapping a data set is one segment, <see cref="SegmentName"/>, whose fields are numbered by this table. Immutable, safe for many threads.</remarks>
public static class DicomTags
{
    /// <summary>The segment of a data set's attributes.</summary>
    public const string SegmentName = "DCM";

    /// <summary>Datatype of a sequence's item; its components are attributes.</summary>
    internal const string ItemType = "SQ";

    /// <summary>Datatype of a person's name: the alphabetic, ideographic and phonetic group (PS3.5 §6.2.1).</summary>
    internal const string NameType = "DPN";

    /// <summary>Datatype of one group of a name: family, given and middle name, prefix, suffix.</summary>
    internal const string NameGroupType = "DPG";

    private static readonly DicomTagEntry[] Entries = Read();

    private static readonly FrozenDictionary<uint, DicomTagEntry> ByTag = Entries.ToFrozenDictionary(entry => entry.Tag);

    private static readonly FrozenDictionary<string, DicomTagEntry> ByKeyword = Entries.ToFrozenDictionary(entry => entry.Keyword, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, DicomTagEntry>.AlternateLookup<ReadOnlySpan<char>> ByKeywordText = ByKeyword.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>In order of tag; <see cref="DicomTagEntry.Number"/> is the place in it, from 1.</summary>
    public static IReadOnlyList<DicomTagEntry> All => Entries;

    internal static IEnumerable<string> Keywords => ByKeyword.Keys;

    /// <summary>What is known of a tag; null when it is not in the table.</summary>
    public static DicomTagEntry? Find(uint tag) => ByTag.GetValueOrDefault(tag);

    /// <summary>The attribute of this keyword, e.g. <c>PatientID</c>; null when it is not in the table.</summary>
    public static DicomTagEntry? Find(ReadOnlySpan<char> keyword) => ByKeywordText.TryGetValue(keyword, out var entry) ? entry : null;

    /// <summary>The attributes as the mapping language checks them.</summary>
    internal static Hl7FieldType[] Fields() => [.. Entries.Select(entry => new Hl7FieldType([entry.Vr == "PN" ? NameType : entry.Vr], entry.Repeats || entry.Vr == "SQ"))];

    private static DicomTagEntry[] Read()
    {
        using var stream = typeof(DicomTags).Assembly.GetManifestResourceStream("DicomTags.txt")
            ?? throw new InvalidOperationException("The DICOM attributes are not embedded in Integration.Core.");
        using var reader = new StreamReader(stream);
        var entries = new List<DicomTagEntry>();
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            entries.Add(new DicomTagEntry(
                uint.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), words[1].TrimEnd('*'), words[1].EndsWith('*'), words[2], entries.Count + 1));
        }

        return [.. entries];
    }
}

/// <summary>An attribute of the data dictionary, DICOM PS3.6 §6.</summary>
/// <param name="Tag">Group in the high half, element in the low one.</param>
/// <param name="Vr">Value representation, two letters; where the standard allows several, the usual one.</param>
/// <param name="Repeats">It may have more than one value.</param>
/// <param name="Keyword">e.g. <c>PatientID</c>.</param>
/// <param name="Number">Of the field in a mapping.</param>
public sealed record DicomTagEntry(uint Tag, string Vr, bool Repeats, string Keyword, int Number);
