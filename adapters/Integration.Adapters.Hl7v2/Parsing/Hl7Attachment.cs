using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Attachments;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// A value so long that it is a document or picture, usually OBX-5.5 of type ED. Decoded from base64 or hex where it is that, else text with its
/// escape sequences resolved. Content is made piece by piece out of the message's own bytes. HL7 v2.5.1 §2.A.24 (ED).
/// </summary>
internal sealed class Hl7Attachment : ISourceAttachment
{
    /// <summary>Values from this length on are attachments.</summary>
    public const int LeastBytes = 256 * 1024;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef"u8);

    private readonly ReadOnlyMemory<byte> _value;
    private readonly Hl7AttachmentEncoding _encoding;

    private Hl7Attachment(ReadOnlyMemory<byte> value, int offset, int length, Hl7AttachmentEncoding encoding)
    {
        _value = value;
        _encoding = encoding;
        Offset = offset;
        Length = length;
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // FHIR R4 asks for SHA-1 in Attachment.hash; it is no protection here, the id is the SHA-256.
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        long size = 0;
        var sniffed = "";
        foreach (var piece in Read(1024 * 1024))
        {
            sniffed = size == 0 ? Hl7MediaType.Of(piece.Span, isText: encoding == Hl7AttachmentEncoding.Text) : sniffed;
            sha256.AppendData(piece.Span);
            sha1.AppendData(piece.Span);
            size += piece.Length;
        }

        Reference = new(
            Convert.ToHexStringLower(sha256.GetHashAndReset()), size, Convert.ToBase64String(sha1.GetHashAndReset()), sniffed);
    }

    public AttachmentReference Reference { get; }

    /// <summary>Where it stands in its line, and how long it is there.</summary>
    internal int Offset { get; }

    internal int Length { get; }

    /// <param name="line">The segment.</param>
    /// <param name="declared">Component in front of it: <c>Base64</c>, <c>Hex</c> or <c>A</c> in an ED; empty elsewhere.</param>
    public static Hl7Attachment Of(ReadOnlyMemory<byte> line, int offset, int length, ReadOnlySpan<byte> declared, Hl7Dialect dialect)
    {
        var value = line.Slice(offset, length);
        var isHex = declared.SequenceEqual("Hex"u8) || declared.SequenceEqual("HEX"u8);
        if (value.Span.Contains(dialect.Delimiters.Escape))
        {
            // Line breaks inside base64 are sent as \.br\ or \X0D\; a text may hold any sequence. Rare, and then one copy more.
            value = Encoding.UTF8.GetBytes(Hl7EscapeSequences.Decode(value.Span, dialect.Delimiters, dialect.Charset));
        }

        var encoding = isHex && IsHex(value.Span) ? Hl7AttachmentEncoding.Hex
            : Base64.IsValid(value.Span) ? Hl7AttachmentEncoding.Base64
            : Hl7AttachmentEncoding.Text;
        return new(value, offset, length, encoding);
    }

    public IEnumerable<ReadOnlyMemory<byte>> Read(int pieceBytes) => _encoding switch
    {
        Hl7AttachmentEncoding.Base64 => ReadBase64(pieceBytes),
        Hl7AttachmentEncoding.Hex => ReadHex(pieceBytes),
        _ => ReadText(pieceBytes),
    };

    private IEnumerable<ReadOnlyMemory<byte>> ReadBase64(int pieceBytes)
    {
        var piece = new byte[pieceBytes];
        var filled = 0;
        for (var at = 0; at < _value.Length;)
        {
            // Whole groups of four letters at a time; blanks between them are skipped by the decoder.
            var status = Base64.DecodeFromUtf8(_value.Span[at..], piece.AsSpan(filled), out var read, out var written, isFinalBlock: true);
            at += read;
            filled += written;
            if (status == OperationStatus.DestinationTooSmall && filled <= pieceBytes - 3)
            {
                continue;
            }

            if (status == OperationStatus.DestinationTooSmall)
            {
                // The rest of the piece is shorter than a group: decode one group beside it and part it.
                var group = new byte[3];
                _ = Base64.DecodeFromUtf8(_value.Span[at..], group, out read, out written, isFinalBlock: true);
                at += read;
                var head = Math.Min(written, pieceBytes - filled);
                group.AsSpan(0, head).CopyTo(piece.AsSpan(filled));
                yield return piece;
                group.AsSpan(head, written - head).CopyTo(piece);
                filled = written - head;
                continue;
            }

            break;
        }

        if (filled > 0)
        {
            yield return piece.AsMemory(0, filled);
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> ReadHex(int pieceBytes)
    {
        var piece = new byte[pieceBytes];
        for (var at = 0; at < _value.Length; at += pieceBytes * 2)
        {
            var digits = _value.Slice(at, Math.Min(pieceBytes * 2, _value.Length - at));
            _ = Convert.FromHexString(digits.Span, piece, out _, out var written);
            yield return piece.AsMemory(0, written);
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> ReadText(int pieceBytes)
    {
        for (var at = 0; at < _value.Length; at += pieceBytes)
        {
            yield return _value.Slice(at, Math.Min(pieceBytes, _value.Length - at));
        }
    }

    private static bool IsHex(ReadOnlySpan<byte> value) => value.Length % 2 == 0 && !value.ContainsAnyExcept(HexDigits);
}

/// <summary>How the content of an attachment is written in its message. HL7 table 0299.</summary>
internal enum Hl7AttachmentEncoding
{
    Text,
    Base64,
    Hex,
}
