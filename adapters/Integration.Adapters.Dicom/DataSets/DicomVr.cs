namespace Integration.Adapters.Dicom.DataSets;

/// <summary>A value representation: how the bytes of a value are meant. DICOM PS3.5 §6.2.</summary>
/// <param name="Code">Its two letters, the first in the high byte.</param>
internal readonly record struct DicomVr(ushort Code)
{
    public static readonly DicomVr At = Of("AT");
    public static readonly DicomVr Ds = Of("DS");
    public static readonly DicomVr Fd = Of("FD");
    public static readonly DicomVr Fl = Of("FL");
    public static readonly DicomVr Is = Of("IS");
    public static readonly DicomVr Lo = Of("LO");
    public static readonly DicomVr Ob = Of("OB");
    public static readonly DicomVr Ow = Of("OW");
    public static readonly DicomVr Pn = Of("PN");
    public static readonly DicomVr Sl = Of("SL");
    public static readonly DicomVr Sq = Of("SQ");
    public static readonly DicomVr Ss = Of("SS");
    public static readonly DicomVr Sv = Of("SV");
    public static readonly DicomVr Ui = Of("UI");
    public static readonly DicomVr Ul = Of("UL");
    public static readonly DicomVr Un = Of("UN");
    public static readonly DicomVr Us = Of("US");
    public static readonly DicomVr Uv = Of("UV");

    // Lower case is no value representation, so that one table of letters serves all questions.
    private static readonly HashSet<ushort> Long = Codes("OB OD OF OL OV OW SQ SV UC UN UR UT UV");
    private static readonly HashSet<ushort> Charset = Codes("LO LT PN SH ST UC UT");
    private static readonly HashSet<ushort> Text = Codes("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT");
    private static readonly HashSet<ushort> Single = Codes("LT ST UR UT");
    private static readonly HashSet<ushort> Bulk = Codes("OB OD OF OL OV OW UN");

    /// <summary>In explicit VR its length has 32 bits behind two reserved bytes (PS3.5 §7.1.2). So has every one that is not known.</summary>
    public bool HasLongLength => Long.Contains(Code) || !IsKnown;

    /// <summary>Its text is in the specific character set; that of others is ASCII.</summary>
    public bool IsInCharset => Charset.Contains(Code);

    public bool IsText => Text.Contains(Code);

    /// <summary>Has one value, in which a backslash is a character.</summary>
    public bool IsSingle => Single.Contains(Code);

    /// <summary>Bytes that only a program for them understands.</summary>
    public bool IsBulk => Bulk.Contains(Code);

    /// <summary>Bytes of one number; 0 for all but numbers.</summary>
    public int NumberBytes => this == Us || this == Ss ? 2
        : this == Ul || this == Sl || this == Fl || this == At ? 4
        : this == Fd || this == Sv || this == Uv ? 8
        : 0;

    /// <summary>One of PS3.5 §6.2.</summary>
    public bool IsKnown => IsText || IsBulk || NumberBytes > 0 || this == Sq;

    /// <param name="letters">Two capital letters.</param>
    public static DicomVr Of(ReadOnlySpan<char> letters) => new((ushort)((letters[0] << 8) | letters[1]));

    public override string ToString() => $"{(char)(Code >> 8)}{(char)(Code & 0xFF)}";

    private static HashSet<ushort> Codes(string all) => [.. all.Split(' ').Select(letters => Of(letters).Code)];
}
