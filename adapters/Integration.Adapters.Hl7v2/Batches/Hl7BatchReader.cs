namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>Reads the parts of a stream one by one; see <see cref="Hl7BatchSplitter"/>. Not for many threads.</summary>
internal sealed class Hl7BatchReader(Stream stream, int maxMessageBytes)
{
    private readonly Hl7BatchSplitter _splitter = new(maxMessageBytes);
    private bool _isAtEnd;

    /// <summary>Counts of what was read so far.</summary>
    public Hl7BatchTally Tally => _splitter.Tally;

    /// <summary>The next part; null at the end.</summary>
    public async ValueTask<Hl7BatchPart?> ReadAsync(CancellationToken cancellationToken)
    {
        Hl7BatchPart? part;
        while (!_splitter.TryRead(out part) && !_isAtEnd)
        {
            var count = await stream.ReadAsync(_splitter.GetMemory(), cancellationToken);
            if (count == 0)
            {
                _isAtEnd = true;
                _splitter.Complete();
            }
            else
            {
                _splitter.Advance(count);
            }
        }

        return part ?? (_splitter.TryRead(out part) ? part : null);
    }
}
