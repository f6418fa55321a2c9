using System.Buffers;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>
/// Gathers the bytes of one frame that comes in several packets. Grows by doubling up to one block; a longer frame goes on in further
/// blocks, so that fifty megabytes are not copied from array to ever larger array. Not for several threads.
/// </summary>
internal sealed class MllpFrameBuffer
{
    private const int FirstBytes = 4 * 1024;
    private const int KeptBytes = 64 * 1024;
    private const int BlockBytes = 1024 * 1024;
    private const int HugeBytes = 16 * BlockBytes;

    private readonly List<byte[]> _full = [];
    private byte[] _current = [];
    private int _used;

    public int Length => (_full.Count * BlockBytes) + _used;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _current.Length)
            {
                Grow(bytes.Length);
            }

            var part = bytes[..Math.Min(bytes.Length, _current.Length - _used)];
            part.CopyTo(_current.AsSpan(_used));
            _used += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>The first bytes, in an array of their own.</summary>
    public byte[] ToArray(int atMost = int.MaxValue)
    {
        var whole = GC.AllocateUninitializedArray<byte>(Math.Min(Length, atMost));
        var at = 0;
        foreach (var block in _full)
        {
            at += Copy(block, whole.AsSpan(at));
        }

        Copy(_current.AsSpan(0, _used), whole.AsSpan(at));
        return whole;
    }

    /// <summary>Forgets the bytes. One huge message must not keep its memory for as long as the connection lives.</summary>
    public void Clear()
    {
        if (_full.Count > 0)
        {
            var wasHuge = Length > HugeBytes;
            ArrayPool<byte>.Shared.Return(_full[0]);
            _full.Clear();
            _current = [];
            if (wasHuge)
            {
                // The blocks are as large as the message again. One collection costs less than copying the message did; left to itself, the
                // collector would let a second message come before it gives the memory of the first one back.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }
        else if (_current.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(_current);
            _current = [];
        }

        _used = 0;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }

    private void Grow(int needed)
    {
        if (_current.Length == BlockBytes)
        {
            _full.Add(_current);
            _current = GC.AllocateUninitializedArray<byte>(BlockBytes);
            _used = 0;
            return;
        }

        // The pool gives powers of two, so that the last of these is exactly one block.
        var wanted = Math.Max(FirstBytes, Math.Max(_current.Length * 2, _used + needed));
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(wanted, BlockBytes));
        _current.AsSpan(0, _used).CopyTo(larger);
        if (_current.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_current);
        }

        _current = larger;
    }
}
