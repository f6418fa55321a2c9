using System.Security.Cryptography;

namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>Reads the parts of a stream one by one, see <see cref="Hl7BatchSplitter"/>, and the checksum of all of it. Not for many threads.</summary>
internal sealed class Hl7BatchReader(Stream stream, int maxMessageBytes) : IDisposable
{
    private readonly Hl7BatchSplitter _splitter = new(maxMessageBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Counts of what was read so far.</summary>
    public Hl7BatchTally Tally => _splitter.Tally;

    /// <summary>SHA-256 of the whole stream, 64 hex digits; null until its end was reached.</summary>
    public string? Checksum { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long Length { get; private set; }

    /// <summary>The next part; null at the end.</summary>
    public async ValueTask<Hl7BatchPart?> ReadAsync(CancellationToken cancellationToken)
    {
        Hl7BatchPart? part;
        while (!_splitter.TryRead(out part) && Checksum is null)
        {
            var room = _splitter.GetMemory();
            var count = await stream.ReadAsync(room, cancellationToken);
            if (count == 0)
            {
                _splitter.Complete();
                Checksum = Convert.ToHexStringLower(_hash.GetHashAndReset());
                return _splitter.TryRead(out part) ? part : null;
            }

            _hash.AppendData(room.Span[..count]);
            _splitter.Advance(count);
            Length += count;
        }

        return part;
    }

    public void Dispose() => _hash.Dispose();
}
