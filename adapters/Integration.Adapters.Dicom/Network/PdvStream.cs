namespace Integration.Adapters.Dicom.Network;

/// <summary>The data set of one message, as it arrives. Read only, by one reader; errors are <see cref="AssociationEndedException"/>.</summary>
internal sealed class PdvStream(UpperLayer layer, byte contextId) : Stream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _isLast;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty && !_isLast)
        {
            await NextAsync();
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads past what is left: the pixels.</summary>
    public async Task DrainAsync()
    {
        while (!_isLast)
        {
            await NextAsync();
        }

        _rest = default;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Data sets are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask NextAsync()
    {
        var value = await layer.ReceiveAsync(isBetween: false);
        if (value.IsCommand || value.ContextId != contextId)
        {
            throw await layer.ViolationAsync(2, "In the middle of a data set came something else.");
        }

        (_rest, _isLast) = (value.Bytes, value.IsLast);
    }
}
