using System.Collections.Frozen;
using System.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>Segment names as the number their three bytes make, so that comparing them costs nothing. HL7 v2.5.1 §2.5.2.</summary>
internal static class Hl7SegmentName
{
    /// <summary>Stands in for a line that has no valid name; its field 1 then begins where the line begins.</summary>
    public const string Invalid = "???";

    private static readonly FrozenDictionary<int, string> Common = new[]
    {
        "ABS", "ACC", "AIG", "AIL", "AIP", "AIS", "AL1", "BHS", "BTS", "CTD", "CTI", "DB1", "DG1", "DRG", "DSC", "EVN", "FHS", "FT1", "FTS",
        "GOL", "GT1", "IAM", "IN1", "IN2", "IN3", "INV", "MRG", "MSA", "MSH", "NK1", "NTE", "OBR", "OBX", "ORC", "ORG", "PD1", "PDA",
        "PID", "PR1", "PRA", "PRB", "PRD", "PRT", "PV1", "PV2", "QRD", "RF1", "RGS", "ROL", "RXA", "RXC", "RXD", "RXE", "RXO", "RXR", "SAC",
        "SCH", "SFT", "SPM", "STF", "TQ1", "TQ2", "TXA", "UB1", "UB2", "ERR", "ODS", "ODT",
    }.ToFrozenDictionary(name => KeyOf(Encoding.ASCII.GetBytes(name)));

    public static readonly int Msh = KeyOf("MSH"u8);

    private static readonly int Fhs = KeyOf("FHS"u8);
    private static readonly int Bhs = KeyOf("BHS"u8);

    /// <param name="bytes">At least three.</param>
    public static int KeyOf(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];

    /// <summary>The key of a name of three characters; 0 for any other, which no segment has.</summary>
    public static int KeyOf(string name) =>
        name.Length == 3 && char.IsAscii(name[0]) && char.IsAscii(name[1]) && char.IsAscii(name[2]) ? (name[0] << 16) | (name[1] << 8) | name[2] : 0;

    /// <summary>MSH, FHS and BHS, whose field 1 is the field separator itself.</summary>
    public static bool IsHeader(int key) => key == Msh || key == Fhs || key == Bhs;

    /// <summary>FHS and BHS, which open a file or a batch of messages. HL7 v2.5.1 §2.10.3.</summary>
    public static bool IsBatchHeader(int key) => key == Fhs || key == Bhs;

    /// <summary>A letter and two letters or digits, upper case.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length == 3 && char.IsAsciiLetterUpper((char)name[0]) && IsLetterOrDigit(name[1]) && IsLetterOrDigit(name[2]);

    public static string ToText(int key) =>
        Common.TryGetValue(key, out var name) ? name : string.Create(3, key, static (span, k) =>
        {
            span[0] = (char)(k >> 16);
            span[1] = (char)((k >> 8) & 0xFF);
            span[2] = (char)(k & 0xFF);
        });

    private static bool IsLetterOrDigit(byte value) => char.IsAsciiLetterUpper((char)value) || char.IsAsciiDigit((char)value);
}
