using System.Buffers;
using System.IO.Pipelines;
using Integration.Core.Intake;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>
/// Cuts a byte stream into MLLP frames. Every byte is looked at once, however it is cut into packets: what has come of a frame is
/// kept aside and the pipe never holds more than one packet.
/// </summary>
/// <param name="maxMessageBytes">Longest message, VT, FS and CR not counted.</param>
/// <param name="idleTimeout">How long to wait for a byte.</param>
/// <param name="stop">Ends reading.</param>
/// <param name="share">Asked for room while a message comes in pieces; null: no bound but the longest message.</param>
/// <remarks>
/// FS ends a message only together with the CR behind it; an FS alone is data. Neither VT, FS nor CR can be part of a GB18030 or
/// UTF-8 character. Not for several threads.
/// </remarks>
internal sealed class MllpFrameReader(PipeReader pipe, int maxMessageBytes, TimeSpan idleTimeout, CancellationToken stop, IntakeBudget.Share? share = null)
    : IDisposable
{
    private const int HeaderBytes = 4096;

    private readonly CancellationTokenSource _idle = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly MllpFrameBuffer _partial = new();
    private ReadOnlySequence<byte> _buffer;
    private bool _hasRead;
    private bool _isInFrame;

    /// <summary>The packet before ended in an FS inside a frame; the next byte tells whether it was the end.</summary>
    private bool _endBlockSeen;
    private bool _isPeerDone;

    /// <summary>Bytes outside of frames so far, line ends not counted: some senders put one behind each frame.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>Waits for the next frame.</summary>
    /// <exception cref="OperationCanceledException"><c>stop</c> was cancelled; nothing more can be read from this reader.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<MllpReadResult> ReadAsync()
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (TryTake(out var result))
            {
                return result;
            }

            if (_isPeerDone)
            {
                return _isInFrame ? new MllpReadResult.Incomplete(_partial.Length) : new MllpReadResult.Closed();
            }

            if (_isInFrame && share is not null)
            {
                await share.GrowAsync(_partial.Length, stop);
            }

            try
            {
                await FillAsync();
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return new MllpReadResult.Idle();
            }
        }
    }

    public void Dispose() => _idle.Dispose();

    private async ValueTask FillAsync()
    {
        if (_hasRead)
        {
            pipe.AdvanceTo(_buffer.End);
            _hasRead = false;
        }

        var pending = pipe.ReadAsync(_idle.Token);
        if (!pending.IsCompleted)
        {
            _idle.CancelAfter(idleTimeout);
        }

        var read = await pending;
        _idle.CancelAfter(Timeout.InfiniteTimeSpan);
        _hasRead = true;
        _buffer = read.Buffer;
        _isPeerDone = read.IsCompleted;
    }

    /// <summary>Works through the bytes at hand.</summary>
    /// <returns>False when they are used up.</returns>
    private bool TryTake(out MllpReadResult result)
    {
        while (!_buffer.IsEmpty)
        {
            if (!_isInFrame)
            {
                FindStart();
                continue;
            }

            var packet = _buffer.FirstSpan;
            if (TryTakeWhole(packet, out result))
            {
                return true;
            }

            var taken = TakeFromFrame(packet, out var isWhole);
            _buffer = _buffer.Slice(taken);
            if (_partial.Length > maxMessageBytes)
            {
                result = new MllpReadResult.TooLong(_partial.Beginning(HeaderBytes));
                return true;
            }

            if (isWhole)
            {
                result = new MllpReadResult.Frame(_partial.Take());
                (_isInFrame, _endBlockSeen) = (false, false);
                return true;
            }
        }

        result = null!;
        return false;
    }

    private void FindStart()
    {
        var packet = _buffer.FirstSpan;
        var start = packet.IndexOf(MllpFraming.StartBlock);
        _isInFrame = start >= 0;
        var skipped = _isInFrame ? packet[..start] : packet;
        SkippedBytes += skipped.Length - skipped.Count((byte)'\r') - skipped.Count((byte)'\n');
        _buffer = _buffer.Slice(_isInFrame ? start + 1 : packet.Length);
    }

    /// <summary>Moves bytes of the frame aside, up to its end or the end of the packet.</summary>
    /// <returns>How many bytes of the packet are done with.</returns>
    private int TakeFromFrame(ReadOnlySpan<byte> packet, out bool isWhole)
    {
        isWhole = false;
        if (_endBlockSeen)
        {
            _endBlockSeen = false;
            if (packet[0] == MllpFraming.CarriageReturn)
            {
                isWhole = true;
                return 1;
            }

            _partial.Write([MllpFraming.EndBlock]);
        }

        var end = packet.IndexOf(MllpFraming.End);
        if (end >= 0)
        {
            _partial.Write(packet[..end]);
            isWhole = true;
            return end + MllpFraming.End.Length;
        }

        _endBlockSeen = packet[^1] == MllpFraming.EndBlock;
        _partial.Write(_endBlockSeen ? packet[..^1] : packet);
        return packet.Length;
    }

    /// <summary>A frame that lies in one packet, as most do, is copied once.</summary>
    private bool TryTakeWhole(ReadOnlySpan<byte> packet, out MllpReadResult result)
    {
        result = null!;
        if (_endBlockSeen || _partial.Length > 0 || packet.IndexOf(MllpFraming.End) is not (>= 0 and var end) || end > maxMessageBytes)
        {
            return false;
        }

        result = new MllpReadResult.Frame(packet[..end].ToArray());
        _buffer = _buffer.Slice(end + MllpFraming.End.Length);
        _isInFrame = false;
        return true;
    }
}
