using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Integration.Adapters.Fhir.Bulk;

/// <summary>One line that is not blank.</summary>
/// <param name="End">Bytes from the beginning of the file to behind its line end.</param>
/// <param name="IsEnded">Whether a line end stands behind it; without one it is the last, or the file was cut.</param>
internal readonly record struct NdJsonLine(byte[] Json, long End, bool IsEnded);

/// <summary>Reads NDJSON line by line, with one line in memory. Not for many threads.</summary>
/// <param name="offset">Where in the file the stream begins.</param>
internal sealed class NdJsonLines(Stream content, long offset, int maxLineBytes)
{
    /// <summary>Of the last line read.</summary>
    private long _end = offset;

    /// <exception cref="InvalidDataException">A line is longer than allowed.</exception>
    /// <exception cref="IOException">The stream broke off.</exception>
    public async IAsyncEnumerable<NdJsonLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(content, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } lineEnd)
                {
                    if (LineOf(buffer.Slice(0, lineEnd), isEnded: true) is { } line)
                    {
                        yield return line;
                    }

                    buffer = buffer.Slice(buffer.GetPosition(1, lineEnd));
                }

                if (read.IsCompleted)
                {
                    if (LineOf(buffer, isEnded: false) is { } last)
                    {
                        yield return last;
                    }

                    yield break;
                }

                if (buffer.Length > maxLineBytes)
                {
                    throw TooLong();
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private NdJsonLine? LineOf(ReadOnlySequence<byte> bytes, bool isEnded)
    {
        if (bytes.Length > maxLineBytes)
        {
            throw TooLong();
        }

        _end += bytes.Length + (isEnded ? 1 : 0);
        var json = bytes.ToArray().AsSpan().Trim(" \t\r"u8);
        return json.IsEmpty ? null : new NdJsonLine(json.ToArray(), _end, isEnded);
    }

    private InvalidDataException TooLong() => new($"The line behind byte {_end} has more than {maxLineBytes} bytes.");
}
