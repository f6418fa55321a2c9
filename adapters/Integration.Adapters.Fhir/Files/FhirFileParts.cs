using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Fhir.Files;

/// <summary>
/// Reads files of FHIR resources: one resource a line (NDJSON, as bulk exports write it), or one resource or Bundle as the whole file. Which it is, the first line that
/// is not blank tells: it is a JSON value of its own, or the beginning of one. Not for many threads.
/// </summary>
internal sealed class FhirFileParts(Stream content, int maxMessageBytes) : IFileParts
{
    private const int BufferBytes = 64 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly ArrayBufferWriter<byte> _open = new();   // bytes since the part began
    private readonly List<MessageIssue> _issues = [];
    private ReadOnlyMemory<byte> _rest;
    private long _offset;          // of the part that is open
    private long _openLength;      // of it, also where its bytes are not kept
    private int _messages;
    private bool? _isLines;

    public string? Checksum { get; private set; }

    public long Length { get; private set; }

    public async ValueTask<FilePart?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                var end = _isLines == false ? -1 : _rest.Span.IndexOf((byte)'\n');
                Keep(end < 0 ? _rest : _rest[..end]);
                _rest = end < 0 ? default : _rest[(end + 1)..];
                if (end >= 0 && Close(atEnd: false) is { } part)
                {
                    return part;
                }
            }

            if (Checksum is not null)
            {
                return null;
            }

            var count = await content.ReadAsync(_buffer, cancellationToken);
            _hash.AppendData(_buffer.AsSpan(0, count));
            Length += count;
            _rest = _buffer.AsMemory(0, count);
            if (count == 0)
            {
                Checksum = Convert.ToHexStringLower(_hash.GetHashAndReset());
                return Close(atEnd: true);
            }
        }
    }

    public FileFindings Findings() => new(_messages, 1, null, _messages == 0, _issues);

    public void Dispose() => _hash.Dispose();

    private void Keep(ReadOnlyMemory<byte> bytes)
    {
        _openLength += bytes.Length;
        if (_openLength <= maxMessageBytes)
        {
            _open.Write(bytes.Span);
        }
    }

    /// <summary>Ends the part at a line end or at the end of the file; null when there is none: a blank line, or the first line of a whole document.</summary>
    private FilePart? Close(bool atEnd)
    {
        var bytes = _open.WrittenSpan.Trim(" \t\r\n"u8);
        var isBlank = _openLength <= maxMessageBytes && bytes.IsEmpty;
        if (!isBlank && !atEnd && _isLines is null)
        {
            _isLines = _openLength > maxMessageBytes || IsWhole(bytes);
        }

        if (!isBlank && !atEnd && _isLines == false)
        {
            // One document over several lines: the line end is part of it.
            Keep("\n"u8.ToArray());
            return null;
        }

        var (offset, length) = (_offset, _openLength);
        var part = isBlank ? null : length > maxMessageBytes ? TooLong(offset, length) : new FilePart(offset, bytes.ToArray());
        _messages += part is null ? 0 : 1;
        _offset += length + (atEnd ? 0 : 1);
        _openLength = 0;
        _open.ResetWrittenCount();
        return part;
    }

    private FilePart TooLong(long offset, long length)
    {
        _issues.Add(MessageIssue.Error(
            IntegrationErrorCode.FrameTooLong, "", $"Resource {_messages + 1}, at byte {offset}, has {length} bytes, more than the feed's MaxMessageBytes. It was not taken."));
        return new FilePart(offset, null);
    }

    /// <summary>Whether the text is a JSON value to its end, or anything that more text could not complete.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, isFinalBlock: false, state: default);
        try
        {
            while (reader.Read())
            {
            }

            return reader.CurrentDepth == 0 && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
