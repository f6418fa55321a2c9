using System.Text;
using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>
/// Decodes one text with code extensions: escape sequences put a set into the lower (G0) or the upper half (G1) of the code table, until a
/// delimiter brings the first set back. DICOM PS3.5 §6.1.2.5.
/// </summary>
internal sealed class DicomExtendedText
{
    private readonly SourceCharset _initial;
    private readonly StringBuilder _text = new();
    private readonly List<byte> _pending = [];   // bytes of one set that were not decoded yet
    private SourceCharset _lower = SourceCharset.Ascii;
    private SourceCharset _upper;
    private bool _isLowerDouble;
    private bool _isSupplement;      // JIS X 0212 rather than JIS X 0208 in the lower half
    private SourceCharset _pendingIn = SourceCharset.Ascii;

    /// <param name="initial">The set of the first value of (0008,0005).</param>
    public DicomExtendedText(SourceCharset initial) => _initial = _upper = initial;

    public string Decode(ReadOnlySpan<byte> bytes, bool isName)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var value = bytes[at];
            if (value == DicomCharsets.Escape && Switch(bytes[at..]) is > 0 and var length)
            {
                at += length;
            }
            else if (_isLowerDouble && value is > 0x20 and < 0x7F && at + 1 < bytes.Length)
            {
                // The code page has both halves in one: the second byte of the supplement stays low.
                Append(_lower, (byte)(value | 0x80), (byte)(_isSupplement ? bytes[at + 1] & 0x7F : bytes[at + 1] | 0x80));
                at += 2;
            }
            else if (value >= 0x80)
            {
                Append(_upper, value);
                at++;
            }
            else
            {
                if (value is (byte)'\\' or (byte)'\r' or (byte)'\n' or (byte)'\f' or (byte)'\t' || (isName && value is (byte)'^' or (byte)'='))
                {
                    Reset();
                }

                Append(SourceCharset.Ascii, value);
                at++;
            }
        }

        Flush();
        return _text.ToString();
    }

    /// <returns>Bytes of the escape sequence; 0 when it is none that DICOM knows.</returns>
    private int Switch(ReadOnlySpan<byte> sequence)
    {
        switch (sequence[1..])
        {
            case [0x28, 0x42 or 0x4A, ..]:
                (_lower, _isLowerDouble) = (SourceCharset.Ascii, false);
                return 3;
            case [0x24, 0x42, ..]:
                (_lower, _isLowerDouble, _isSupplement) = (DicomCharsets.Japanese, true, false);
                return 3;
            case [0x24, 0x28, 0x44, ..]:
                (_lower, _isLowerDouble, _isSupplement) = (DicomCharsets.Japanese, true, true);
                return 4;
            case [0x24, 0x29, 0x43, ..]:
                _upper = DicomCharsets.Korean;
                return 4;
            case [0x24, 0x29, 0x41, ..]:
                _upper = SourceCharset.Gb18030;
                return 4;
            case [0x29, 0x49, ..]:
                _upper = DicomCharsets.Find("13")!;
                return 3;
            case [0x2D, var final, ..] when Single(final) is { } charset:
                _upper = charset;
                return 3;
            default:
                return 0;
        }
    }

    private static SourceCharset? Single(byte final) => final switch
    {
        0x41 => DicomCharsets.Find("100"),
        0x42 => DicomCharsets.Find("101"),
        0x43 => DicomCharsets.Find("109"),
        0x44 => DicomCharsets.Find("110"),
        0x46 => DicomCharsets.Find("126"),
        0x47 => DicomCharsets.Find("127"),
        0x48 => DicomCharsets.Find("138"),
        0x4C => DicomCharsets.Find("144"),
        0x4D => DicomCharsets.Find("148"),
        0x54 => DicomCharsets.Find("166"),
        0x62 => DicomCharsets.Find("203"),
        _ => null,
    };

    private void Reset() => (_lower, _upper, _isLowerDouble) = (SourceCharset.Ascii, _initial, false);

    private void Append(SourceCharset charset, params ReadOnlySpan<byte> bytes)
    {
        if (charset != _pendingIn)
        {
            Flush();
            _pendingIn = charset;
        }

        foreach (var value in bytes)
        {
            _pending.Add(value);
        }
    }

    private void Flush()
    {
        _text.Append(_pendingIn.DecodeForDisplay(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending)));
        _pending.Clear();
    }
}
