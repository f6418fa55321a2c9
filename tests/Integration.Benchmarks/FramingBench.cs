using System.IO.Pipelines;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.Benchmarks;

/// <summary>Cuts an in-memory stream of frames into messages, as a connection does.</summary>
internal sealed class FramingBench
{
    private const int StreamBytes = 256 * 1024;

    private readonly byte[] _stream;

    public FramingBench(byte[] message)
    {
        var frame = MllpFraming.Wrap(message);
        Frames = Math.Max(1, StreamBytes / frame.Length);
        _stream = [.. Enumerable.Repeat(frame, Frames).SelectMany(f => f)];
    }

    /// <summary>Messages in the stream.</summary>
    public int Frames { get; }

    public double BytesEach => _stream.Length;

    /// <summary>Reads the whole stream; returns the length of all messages.</summary>
    public int ReadAll()
    {
        var pipe = PipeReader.Create(new MemoryStream(_stream), new StreamPipeReaderOptions(bufferSize: 16 * 1024));
        using var reader = new MllpFrameReader(pipe, 512 * 1024 * 1024, Timeout.InfiniteTimeSpan, CancellationToken.None);
        var length = 0;
        while (true)
        {
            // A stream in memory is always ready.
            var read = reader.ReadAsync();
            if (!read.IsCompletedSuccessfully || read.Result is not MllpReadResult.Frame frame)
            {
                return length;
            }

            length += frame.Message.Length;
        }
    }
}
