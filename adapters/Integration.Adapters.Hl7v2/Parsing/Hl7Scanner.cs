using System.Numerics;
using System.Runtime.Intrinsics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>Finds bytes many at a time.</summary>
internal static class Hl7Scanner
{
    /// <summary>Writes the offset of every <paramref name="wanted"/> in <paramref name="bytes"/>, in order.</summary>
    /// <param name="offsets">Room for as many as there are.</param>
    public static void FindAll(ReadOnlySpan<byte> bytes, byte wanted, Span<int> offsets)
    {
        var count = 0;
        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var pattern = Vector256.Create(wanted);
            for (; at <= bytes.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
            {
                var hits = Vector256.Equals(Vector256.Create(bytes[at..]), pattern).ExtractMostSignificantBits();
                while (hits != 0)
                {
                    offsets[count++] = at + BitOperations.TrailingZeroCount(hits);
                    hits &= hits - 1;
                }
            }
        }

        for (; at < bytes.Length; at++)
        {
            if (bytes[at] == wanted)
            {
                offsets[count++] = at;
            }
        }
    }

    /// <summary>Offset of the <paramref name="number"/>th <paramref name="wanted"/>, counted from 1; -1 when there are fewer.</summary>
    public static int IndexOfNth(ReadOnlySpan<byte> bytes, byte wanted, int number)
    {
        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var pattern = Vector256.Create(wanted);
            for (; at <= bytes.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
            {
                var hits = Vector256.Equals(Vector256.Create(bytes[at..]), pattern).ExtractMostSignificantBits();
                var count = BitOperations.PopCount(hits);
                if (count >= number)
                {
                    while (--number > 0)
                    {
                        hits &= hits - 1;
                    }

                    return at + BitOperations.TrailingZeroCount(hits);
                }

                number -= count;
            }
        }

        for (; at < bytes.Length; at++)
        {
            if (bytes[at] == wanted && --number == 0)
            {
                return at;
            }
        }

        return -1;
    }
}
