namespace Integration.Core.Messaging.Templates;

/// <summary>How a text travels as short messages. 3GPP TS 23.038 v17 §6.2 (GSM 7 bit default alphabet, UCS2), TS 23.040 v17 §9.2.3.24.1 (concatenation).</summary>
/// <param name="Encoding"><c>GSM-7</c> or <c>UCS-2</c>.</param>
/// <param name="Units">Septets, or UTF-16 code units.</param>
/// <param name="Parts">Short messages that are charged.</param>
public sealed record SmsLength(string Encoding, int Units, int Parts)
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extended = "\f^{}\\[~]|€";
    private const int SingleGsm = 160;
    private const int PartGsm = 153;
    private const int SingleUcs = 70;
    private const int PartUcs = 67;

    /// <summary>Counts a text. No character is cut in two by the end of a part.</summary>
    public static SmsLength Of(string text)
    {
        var isGsm = text.All(c => Basic.Contains(c) || Extended.Contains(c));
        var sizes = isGsm ? text.Select(c => Extended.Contains(c) ? 2 : 1) : text.EnumerateRunes().Select(rune => rune.Utf16SequenceLength);
        var (single, part) = isGsm ? (SingleGsm, PartGsm) : (SingleUcs, PartUcs);
        var (units, parts, inPart) = (0, 1, 0);
        foreach (var size in sizes)
        {
            units += size;
            if (inPart + size > part)
            {
                (parts, inPart) = (parts + 1, 0);
            }

            inPart += size;
        }

        return new SmsLength(isGsm ? "GSM-7" : "UCS-2", units, units <= single ? 1 : parts);
    }
}
