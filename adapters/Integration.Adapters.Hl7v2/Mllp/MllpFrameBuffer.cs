using System.Buffers;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Gathers the bytes of one frame that comes in several packets, in an array that grows by doubling. Not for several threads.</summary>
/// <remarks>
/// A huge message is handed over in the array that it was gathered in, so that its memory is needed once and not twice. What the collector has not come to by
/// then would lie beside it: one collection whenever such an array grows costs less than the growing did.
/// </remarks>
internal sealed class MllpFrameBuffer
{
    private const int FirstBytes = 4 * 1024;
    private const int KeptBytes = 64 * 1024;
    private const int PooledBytes = 1024 * 1024;
    private const int HugeBytes = 16 * 1024 * 1024;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length)
        {
            Grow(Length + bytes.Length);
            if (_bytes.Length > HugeBytes)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>The first bytes, in an array of their own.</summary>
    public byte[] Beginning(int atMost) => _bytes.AsSpan(0, Math.Min(Length, atMost)).ToArray();

    /// <summary>The bytes, in an array that nobody else has; the buffer is empty behind it.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        if (Length > HugeBytes)
        {
            var taken = _bytes.AsMemory(0, Length);
            (_bytes, Length) = ([], 0);
            return taken;
        }

        var copy = Beginning(Length);
        Clear();
        return copy;
    }

    /// <summary>Forgets the bytes. One long message must not keep its memory for as long as the connection lives.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytes)
        {
            Return(_bytes);
            _bytes = [];
        }
    }

    private void Grow(int needed)
    {
        var wanted = Math.Max(FirstBytes, Math.Max(needed, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        var larger = wanted <= PooledBytes ? ArrayPool<byte>.Shared.Rent(wanted) : GC.AllocateUninitializedArray<byte>(wanted);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        Return(_bytes);
        _bytes = larger;
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length is > 0 and <= PooledBytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
