using System.Runtime.InteropServices;

namespace Integration.Core.Intake;

/// <summary>Content that was in memory a moment ago, for as long as the memory is not needed otherwise.</summary>
internal sealed class RecentContent
{
    private readonly string _id;
    private readonly int _length;
    private readonly WeakReference<byte[]>? _bytes;

    public RecentContent(string id, ReadOnlyMemory<byte> content)
    {
        _id = id;
        _length = content.Length;
        _bytes = MemoryMarshal.TryGetArray(content, out var array) && array is { Offset: 0, Array: { } bytes } ? new(bytes) : null;
    }

    /// <summary>Null when it is other content, or gone.</summary>
    public ReadOnlyMemory<byte>? Of(string id)
    {
        if (id != _id || _bytes is null || !_bytes.TryGetTarget(out var bytes))
        {
            return null;    // as a statement: in a conditional expression beside a Memory, null becomes an empty Memory
        }

        return bytes.AsMemory(0, _length);
    }
}
