namespace Integration.Adapters.Shared.Text;

/// <summary>Steps over double-byte characters before it is known what the bytes are.</summary>
internal static class DoubleBytes
{
    /// <summary>How many bytes the GB18030 character at <paramref name="index"/> takes: 1, 2 or 4.</summary>
    public static int LengthAt(ReadOnlySpan<byte> bytes, int index)
    {
        if (bytes[index] is < 0x81 or > 0xFE || index + 1 >= bytes.Length)
        {
            return 1;
        }

        return bytes[index + 1] switch
        {
            >= 0x30 and <= 0x39 => 4,
            >= 0x40 and not 0x7F => 2,
            _ => 1,
        };
    }
}
