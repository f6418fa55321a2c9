using System.Diagnostics.CodeAnalysis;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>
/// Takes the bytes of a file, a batch or a lone message as they come and gives its parts (HL7 v2.5.1 §2.10.3). A message goes from a line
/// that begins with MSH to the next, or to a segment around messages, or to an MLLP end byte. Works before decoding, since no character of
/// a character set that MSH-18 can declare holds CR, LF or FS.
/// </summary>
/// <remarks>
/// Holds one message at a time, so that memory is bounded by the longest message, not by the file. Not for many threads.
/// Use: read into <see cref="GetMemory"/>, <see cref="Advance"/>, then <see cref="TryRead"/> until it gives no more; <see cref="Complete"/> at the end.
/// </remarks>
internal sealed class Hl7BatchSplitter(int maxMessageBytes)
{
    /// <summary>Most that is kept of text outside of messages, of a segment around them, and of a message that is too long.</summary>
    public const int MaxStrayBytes = 64 * 1024;

    /// <summary>The longest that is looked at to tell what a line is: byte order mark, blanks and a segment name.</summary>
    private const int LookAhead = 64;

    private const int UsualBuffer = 64 * 1024;
    private const byte FileSeparator = 0x1C;

    private readonly Queue<Hl7BatchPart> _ready = new();
    private readonly Hl7BatchTally _tally = new();
    private byte[] _buffer = new byte[UsualBuffer];
    private int _end;                  // bytes in the buffer
    private long _bufferOffset;        // where the buffer begins in the file
    private int _line;                 // begin of the line that is looked at
    private int _scanned;              // up to here that line holds no line end
    private bool _isLineKnown;         // that line has been told apart already
    private bool _isComplete;
    private Inside _inside;
    private long _partOffset;
    private byte[]? _beginning;        // set once the part grew too long; the rest of it is not kept
    private Hl7Delimiters _delimiters = Hl7Delimiters.Standard;

    private enum Inside
    {
        Nothing,
        Message,
        Stray,
        Envelope,
    }

    /// <summary>Counts so far; whole once <see cref="Complete"/> was called and everything was read.</summary>
    public Hl7BatchTally Tally => _tally;

    /// <summary>True for the bytes between a segment name and its first field, and at the end of a line.</summary>
    public static bool EndsSegmentName(ReadOnlySpan<byte> line) =>
        line.Length == 3 || (line.Length > 3 && line[3] is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)line[3]));

    /// <summary>Room for more bytes, never empty.</summary>
    public Memory<byte> GetMemory()
    {
        MakeRoom();
        return _buffer.AsMemory(_end);
    }

    public void Advance(int count) => _end += count;

    /// <summary>No more bytes will come.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>The next part; false when more bytes are needed, or after <see cref="Complete"/> when there is none.</summary>
    public bool TryRead([NotNullWhen(true)] out Hl7BatchPart? part)
    {
        while (!_ready.TryDequeue(out part))
        {
            if (!TryTakeLine())
            {
                if (!_isComplete || _line < _end || _inside == Inside.Nothing)
                {
                    return false;
                }

                Close(_end);
            }
        }

        return true;
    }

    /// <returns>False when the line has no end yet.</returns>
    private bool TryTakeLine()
    {
        var found = _buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny((byte)'\r', (byte)'\n', FileSeparator);
        var end = found < 0 ? _end : _scanned + found;
        if (!_isLineKnown && (found >= 0 || _isComplete || end - _line >= LookAhead))
        {
            Begin(_buffer.AsSpan(_line, end - _line), isWhole: found >= 0 || _isComplete);
            _isLineKnown = true;
        }

        _scanned = end;
        ForgetWhatIsTooLong(end);
        if (found < 0 && (!_isComplete || _line == _end))
        {
            return false;
        }

        var isFramed = found >= 0 && _buffer[end] == FileSeparator;
        if (_inside == Inside.Envelope || (isFramed && _inside != Inside.Nothing))
        {
            Close(end);
        }

        _line = _scanned = found < 0 ? end : end + 1;
        _isLineKnown = false;
        return true;
    }

    /// <summary>Tells what a line is and, where it begins something, closes what was open.</summary>
    /// <param name="isWhole">False: there is more of it. A line that begins with that many blanks is text, not an empty line.</param>
    private void Begin(ReadOnlySpan<byte> line, bool isWhole)
    {
        var prefix = Prefix(line);
        var text = line[prefix..];
        var isHeader = text.StartsWith("MSH"u8) && EndsSegmentName(text);
        if (isHeader || Hl7BatchSegment.KindOf(text) is not null)
        {
            Open(isHeader ? Inside.Message : Inside.Envelope, prefix);
        }
        else if (_inside == Inside.Nothing && (!isWhole || !text.Trim(" \t\x0b\x1a\0"u8).IsEmpty))
        {
            Open(Inside.Stray, 0);
        }
    }

    private void Open(Inside inside, int prefix)
    {
        if (_inside != Inside.Nothing)
        {
            Close(_line);
        }

        _inside = inside;
        _partOffset = _bufferOffset + _line + prefix;
    }

    /// <param name="end">Index behind the last byte of the part.</param>
    private void Close(int end)
    {
        var length = _bufferOffset + end - _partOffset;
        var bytes = _beginning ?? Trim(_buffer.AsSpan((int)(_partOffset - _bufferOffset), (int)length)).ToArray();
        Hl7BatchPart part = _inside switch
        {
            Inside.Message => _beginning is null
                ? new Hl7BatchPart.Message(bytes, _partOffset)
                : new Hl7BatchPart.TooLong(bytes, _partOffset, length),
            Inside.Stray => new Hl7BatchPart.Stray(bytes, _partOffset, _beginning is null ? bytes.Length : length),
            _ => new Hl7BatchPart.Envelope(Hl7BatchSegment.Read(bytes, _delimiters), _partOffset),
        };
        if (part is Hl7BatchPart.Envelope envelope)
        {
            _delimiters = envelope.Segment.Delimiters;
        }

        _inside = Inside.Nothing;
        _beginning = null;
        _tally.Add(part);
        _ready.Enqueue(part);
    }

    private void ForgetWhatIsTooLong(int end)
    {
        var limit = _inside == Inside.Message ? Math.Max(maxMessageBytes, LookAhead) : MaxStrayBytes;
        if (_inside != Inside.Nothing && _beginning is null && _bufferOffset + end - _partOffset > limit)
        {
            var begin = (int)(_partOffset - _bufferOffset);
            _beginning = _buffer.AsSpan(begin, Math.Min(Math.Min(limit, MaxStrayBytes), end - begin)).ToArray();
        }
    }

    /// <summary>Drops what is not needed any more, then grows if that was not enough.</summary>
    private void MakeRoom()
    {
        var keep = _isLineKnown ? _scanned : _line;
        if (_inside != Inside.Nothing && _beginning is null)
        {
            keep = (int)(_partOffset - _bufferOffset);
        }

        // Moving little and seldom: only when the room behind is used up.
        if (_end < _buffer.Length)
        {
            return;
        }

        if (keep > _buffer.Length / 2 || (keep > 0 && _beginning is not null))
        {
            _buffer.AsSpan(keep, _end - keep).CopyTo(_buffer);
            _bufferOffset += keep;
            _end -= keep;
            _scanned -= keep;
            _line -= keep;       // negative for a line whose begin is forgotten; it is known by then
        }
        else
        {
            Array.Resize(ref _buffer, checked(_buffer.Length * 2));
        }
    }

    /// <summary>Length of what may stand before a segment name: byte order mark, VT, blanks.</summary>
    private static int Prefix(ReadOnlySpan<byte> line)
    {
        var rest = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        return line.Length - rest.TrimStart("\x0b "u8).Length;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> part) => part.TrimEnd("\r\n\x1a"u8);
}
