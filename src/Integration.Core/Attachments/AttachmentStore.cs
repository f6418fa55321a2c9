using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Attachments;

/// <summary>Documents and pictures out of messages, each kept once however many messages, resources and versions refer to it. Safe for many threads.</summary>
public sealed class AttachmentStore(IDocumentStore store)
{
    /// <summary>
    /// Keeps the content. Part by part, so that it is never in memory as a whole, and the document that makes it visible last: after a crash
    /// between two parts the message runs again and writes the same once more.
    /// </summary>
    public async ValueTask KeepAsync(ISourceAttachment attachment, JournaledMessage message, CancellationToken cancellationToken)
    {
        var reference = attachment.Reference;
        if (await store.GetAsync(Collections.Attachments, reference.Id, withPayload: false, cancellationToken) is not null)
        {
            return;
        }

        await LongContent.WriteAsync(store, reference.Id, attachment.Read(LongContent.BatchBytes), CommitPriority.Processing, cancellationToken);
        var document = new AttachmentDocument(reference.Id, reference.Size, reference.ContentType, message.Id, message.Feed, message.Received);
        var batch = new WriteBatch();
        batch.Add(Collections.Attachments.Put(document, expectedVersion: null));
        await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
    }

    /// <summary>Null when there is none of that id.</summary>
    public async ValueTask<AttachmentDocument?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Attachments, id, withPayload: false, cancellationToken) is { } stored ? Collections.Attachments.Read(stored) : null;

    /// <summary>The content in pieces.</summary>
    /// <exception cref="InvalidDataException">A part of it is missing.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(AttachmentDocument attachment, CancellationToken cancellationToken) =>
        LongContent.ReadPartsAsync(store, attachment.Id, attachment.Bytes, cancellationToken);
}
