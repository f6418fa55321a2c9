using System.Text;
using Integration.Adapters.Dicom.DataSets;

namespace Integration.Tests.Dicom;

/// <summary>FEATURES row 30: the name is right whatever the device declares. DICOM PS3.5 §H to §K have the examples with escape sequences.</summary>
public sealed class DicomCharsetTests
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;

    private static readonly Encoding Japanese = CodePagesEncodingProvider.Instance.GetEncoding(20932)!;

    private static readonly Encoding Korean = CodePagesEncodingProvider.Instance.GetEncoding(949)!;

    public static TheoryData<string, string, byte[], string, bool> Names => new()
    {
        { "UTF-8 as declared", "ISO_IR 192", Encoding.UTF8.GetBytes("Wang^XiaoDong=王^小东"), "Wang^XiaoDong=王^小东", false },
        { "GB18030 as declared", "GB18030", Gb18030.GetBytes("Wang^XiaoDong=王^小东"), "Wang^XiaoDong=王^小东", false },
        { "GBK as declared, second bytes that are delimiters", "GBK", Gb18030.GetBytes("玘瑋^珇玕"), "玘瑋^珇玕", false },
        { "GB18030 of four bytes", "GB18030", Gb18030.GetBytes("㛃^𠮷"), "㛃^𠮷", false },
        { "declares UTF-8, is GB18030", "ISO_IR 192", Gb18030.GetBytes("王小东"), "王小东", true },
        { "declares Latin-1, is GB18030", "ISO_IR 100", Gb18030.GetBytes("王小东"), "王小东", true },
        { "declares Latin-1, is UTF-8", "ISO_IR 100", Encoding.UTF8.GetBytes("王小东"), "王小东", true },
        { "declares nothing, is GB18030", "", Gb18030.GetBytes("王小东"), "王小东", true },
        { "declares nothing, is UTF-8", "", Encoding.UTF8.GetBytes("王小东"), "王小东", true },
        { "declares GB18030, is UTF-8", "GB18030", Encoding.UTF8.GetBytes("王小东"), "王小东", true },
        { "Latin-1 as declared", "ISO_IR 100", Encoding.Latin1.GetBytes("Buc^Jérôme"), "Buc^Jérôme", false },
        { "Cyrillic as declared", "ISO_IR 144", CodePagesEncodingProvider.Instance.GetEncoding(28595)!.GetBytes("Люкceмбypг"), "Люкceмбypг", false },
        { "Kanji by escape", @"\ISO 2022 IR 87", Kanji("Yamada^Tarou=", "山田", "太郎", "やまだ", "たろう"), "Yamada^Tarou=山田^太郎=やまだ^たろう", false },
        { "supplementary Kanji by escape", @"\ISO 2022 IR 87\ISO 2022 IR 159", [0x1B, 0x24, 0x28, 0x44, 0x30, 0x21, 0x1B, 0x28, 0x42], Japanese.GetString([0xB0, 0x21]), false },
        { "half-width Katakana", "ISO_IR 13", [0xD4, 0xCF, 0xC0, 0xDE, .. "^"u8, 0xC0, 0xDB, 0xB3], "ﾔﾏﾀﾞ^ﾀﾛｳ", false },
        { "Hangul by escape", @"\ISO 2022 IR 149", [.. "Hong^Gildong="u8, 0x1B, 0x24, 0x29, 0x43, .. Korean.GetBytes("洪"), .. "^"u8, 0x1B, 0x24, 0x29, 0x43, .. Korean.GetBytes("吉洞")], "Hong^Gildong=洪^吉洞", false },
        { "Chinese by escape", @"\ISO 2022 IR 58", [.. "Zhang^XiaoDong="u8, 0x1B, 0x24, 0x29, 0x41, .. Gb18030.GetBytes("张"), .. "^"u8, 0x1B, 0x24, 0x29, 0x41, .. Gb18030.GetBytes("小东")], "Zhang^XiaoDong=张^小东", false },
        { "Greek by escape over Latin-1", @"ISO 2022 IR 100\ISO 2022 IR 126", [.. "Buc^J"u8, 0xE9, .. "r"u8, 0x1B, 0x2D, 0x46, 0xE1], "Buc^Jérα", false },
    };

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task Name_InEveryCharset_IsRight(string name, string declared, byte[] bytes, string expected, bool isMismatch)
    {
        var set = await ReadAsync(declared, bytes);

        Assert.True(expected == set.Text(0x00100010), $"{name}: {set.Text(0x00100010)}");
        Assert.Equal(isMismatch, set.Charset.Instead is not null);
    }

    [Fact]
    public async Task Override_OfASender_IsNotDoubted()
    {
        var set = await ReadAsync("ISO_IR 100", Gb18030.GetBytes("王"));   // one character: too little to be sure of

        Assert.Equal("Íõ", set.Text(0x00100010));
        set.Override("GB18030");
        Assert.Equal("王", set.Text(0x00100010));
    }

    [Fact]
    public async Task Items_HaveTheCharsetAround_UnlessTheyNameOne()
    {
        var bytes = new DicomBytes().Text(DicomTag.SpecificCharacterSet, "CS", "GB18030")
            .Sequence(0x00081032, true, item => item.Text(0x00080104, "LO", "胸部", Gb18030), item => item.Text(DicomTag.SpecificCharacterSet, "CS", "ISO_IR 192").Text(0x00080104, "LO", "头部", Encoding.UTF8));

        var set = (await DicomReaderTests.ReadAsync(bytes.ToArray())).DataSet!;

        Assert.Equal(["胸部", "头部"], set.Find(0x00081032)!.Items!.Select(item => item.Text(0x00080104)));
    }

    private static async Task<DicomDataSet> ReadAsync(string declared, byte[] name)
    {
        var bytes = new DicomBytes().Text(DicomTag.SpecificCharacterSet, "CS", declared).Raw(0x00100010, "PN", name.Length % 2 == 0 ? name : [.. name, (byte)' ']);
        return (await DicomReaderTests.ReadAsync(bytes.ToArray())).DataSet!;
    }

    private static byte[] Kanji(string romaji, params string[] parts)
    {
        byte[] In(string text) => [0x1B, 0x24, 0x42, .. Japanese.GetBytes(text).Select(b => (byte)(b & 0x7F)), 0x1B, 0x28, 0x42];
        return [.. Encoding.ASCII.GetBytes(romaji), .. In(parts[0]), .. "^"u8, .. In(parts[1]), .. "="u8, .. In(parts[2]), .. "^"u8, .. In(parts[3])];
    }
}
