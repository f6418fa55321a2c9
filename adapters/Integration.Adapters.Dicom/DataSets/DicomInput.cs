using System.Buffers;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>The bytes that a data set is read from: memory, or a stream of which no more is held than the value at hand. For one thread.</summary>
internal sealed class DicomInput : IDisposable
{
    private const int UsualBufferBytes = 64 * 1024;
    private const int ChunkBytes = 16 * 1024;

    private readonly Stream? _stream;
    private readonly ReadOnlyMemory<byte> _memory;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private bool _isEnd;

    // Values of a stream are copied behind one another, so that a hundred of them are one piece of memory.
    private byte[] _chunk = [];
    private int _chunkUsed;

    public DicomInput(Stream stream)
    {
        _stream = stream;
        _buffer = ArrayPool<byte>.Shared.Rent(UsualBufferBytes);
    }

    /// <param name="memory">Values that are taken are parts of it.</param>
    public DicomInput(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        _buffer = [];
        _end = memory.Length;
        _isEnd = true;
    }

    /// <summary>Bytes before the next one.</summary>
    public long Offset { get; private set; }

    /// <summary>The bytes at hand; more come by <see cref="FillAsync"/>.</summary>
    public ReadOnlySpan<byte> Available => _stream is null ? _memory.Span[_start.._end] : _buffer.AsSpan(_start, _end - _start);

    public bool Has(int count) => _end - _start >= count;

    /// <summary>Brings that many bytes to hand.</summary>
    /// <returns>False: there are fewer.</returns>
    public async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        if (!_isEnd)
        {
            MakeRoom(count);
        }

        while (!Has(count) && !_isEnd)
        {
            var read = await _stream!.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _isEnd = read == 0;
            _end += read;
        }

        return Has(count);
    }

    public void Advance(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Takes bytes that are at hand.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        var taken = _stream is null ? _memory.Slice(_start, count) : Copy(count);
        Advance(count);
        return taken;
    }

    /// <summary>Reads past that many bytes without keeping them.</summary>
    /// <returns>False: there are fewer.</returns>
    public async ValueTask<bool> SkipAsync(long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync(1, cancellationToken))
            {
                return false;
            }

            var step = (int)Math.Min(count, _end - _start);
            Advance(step);
            count -= step;
        }

        return true;
    }

    /// <summary>The bytes from here on, for a decoder.</summary>
    public Stream AsStream() => new Rest(this);

    public void Dispose()
    {
        if (_stream is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _start = _end = 0;
        }
    }

    private void MakeRoom(int count)
    {
        if (_buffer.Length - _start >= count && _end < _buffer.Length)
        {
            return;
        }

        var held = _end - _start;
        var target = _buffer.Length >= count ? _buffer : ArrayPool<byte>.Shared.Rent(count);
        _buffer.AsSpan(_start, held).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        (_start, _end) = (0, held);
    }

    private Memory<byte> Copy(int count)
    {
        if (_chunk.Length - _chunkUsed < count)
        {
            _chunk = new byte[Math.Max(count, ChunkBytes)];
            _chunkUsed = 0;
        }

        var copy = _chunk.AsMemory(_chunkUsed, count);
        Available[..count].CopyTo(copy.Span);
        _chunkUsed += count;
        return copy;
    }

    private sealed class Rest(DicomInput input) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty || !(input.Has(1) || await input.FillAsync(1, cancellationToken)))
            {
                return 0;
            }

            var count = Math.Min(buffer.Length, input._end - input._start);
            input.Available[..count].CopyTo(buffer.Span);
            input.Advance(count);
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Data sets are read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
