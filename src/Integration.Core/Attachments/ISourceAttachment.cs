namespace Integration.Core.Attachments;

/// <summary>A value of a source document that is too long for the record. Immutable, safe for many threads.</summary>
public interface ISourceAttachment
{
    /// <summary>What stands in the document in its place.</summary>
    AttachmentReference Reference { get; }

    /// <summary>The content, decoded piece by piece. Each piece has <paramref name="pieceBytes"/> bytes but the last, and may be overwritten by the next.</summary>
    IEnumerable<ReadOnlyMemory<byte>> Read(int pieceBytes);
}
