using System.Security.Cryptography;
using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>What became of a batch that came over a connection.</summary>
/// <param name="Answer">One acknowledgement a message, with segments around them; without framing.</param>
/// <param name="IsRefused">A message was not stored: the sender has to send the batch again, of which what is stored is a duplicate.</param>
/// <param name="IsUnreadable">Nothing of it could be read; it is in quarantine.</param>
internal sealed record Hl7BatchReply(byte[] Answer, bool IsRefused, bool IsUnreadable);

/// <summary>
/// Takes a batch that came as one MLLP frame or one HTTP body apart: each message has its own outcome and its own acknowledgement. What does
/// not add up is logged, noted in the ledger of files, and said in BTS-2 of the answer.
/// </summary>
/// <param name="ledger">Null: batches are not noted.</param>
/// <remarks>Safe for many threads.</remarks>
internal sealed class Hl7BatchReceiver(Hl7MessageReceiver receiver, FileLedger? ledger, TimeProvider time, ILogger logger)
{
    /// <param name="body">Bytes for which <see cref="Hl7MessageFile.IsBatch"/> holds.</param>
    public async ValueTask<Hl7BatchReply> ReceiveAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        var tally = new Hl7BatchTally();
        var parts = new List<Hl7BatchPart>();
        foreach (var part in Hl7MessageFile.Parts(body))
        {
            tally.Add(part);
            parts.Add(part);
        }

        var (receipts, window) = await HandOverAsync(parts, cancellationToken);
        var issues = tally.Issues(isComplete: true);
        await NoteAsync(body, began, tally, issues, window);

        var answer = new Hl7BatchAnswer(receiver.Now(), Hl7MessageReceiver.NewControlId);
        var comment = string.Join(' ', issues.Select(i => i.Text));
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is Hl7BatchPart.Envelope envelope)
            {
                answer.Add(envelope.Segment, comment);
            }
            else if (receipts[i] is { } receipt)
            {
                answer.Add(receipt.Header, receiver.Acknowledge(receipt));
                if (receipt.Completion is not null)
                {
                    answer.Add(receipt.Header, await receiver.AcknowledgeApplicationAsync(receipt, cancellationToken));
                }
            }
        }

        return new(answer.Complete(comment), window.Refusal is not null, tally.Messages == 0 && tally.Envelopes == 0);
    }

    /// <summary>One receipt a part; null for segments around messages.</summary>
    private async Task<(Hl7Receipt?[] Receipts, HandOverWindow Window)> HandOverAsync(List<Hl7BatchPart> parts, CancellationToken cancellationToken)
    {
        var receipts = new Hl7Receipt?[parts.Count];
        var window = new HandOverWindow();
        try
        {
            for (var i = 0; i < parts.Count; i++)
            {
                if (BytesOf(parts[i]) is { } bytes)
                {
                    var at = i;
                    var isHandedOver = await window.AddAsync(receiver.ReadHeader(bytes).PatientKey, bytes.Length, async () =>
                        (receipts[at] = await receiver.ReceiveAsync(bytes, cancellationToken)).Result);
                    if (!isHandedOver)
                    {
                        receipts[at] = receiver.Refuse(bytes, window.Refusal!);
                    }
                }
            }

            await window.FinishAsync();
        }
        finally
        {
            await window.AbandonAsync();
        }

        return (receipts, window);
    }

    private async ValueTask NoteAsync(
        ReadOnlyMemory<byte> body, DateTimeOffset began, Hl7BatchTally tally, IReadOnlyList<MessageIssue> issues, HandOverWindow window)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(body.Span));
        if (issues.Count > 0)
        {
            Hl7Log.BatchFlagged(logger, receiver.Feed, checksum, tally.Messages, issues[0].Text, issues.Count);
        }

        if (ledger is null || window.Refusal is not null)
        {
            return;
        }

        try
        {
            var known = await ledger.FindAsync(receiver.Feed, checksum, CancellationToken.None);
            await ledger.SaveAsync(
                new FileDocument
                {
                    Feed = receiver.Feed,
                    Checksum = checksum,
                    Bytes = body.Length,
                    State = issues.Count > 0 ? FileState.Flagged : FileState.Done,
                    Began = known?.Began ?? began,
                    Finished = time.GetUtcNow(),
                    Messages = tally.Messages,
                    Batches = tally.Batches,
                    DeclaredMessages = tally.DeclaredMessages,
                    Accepted = known?.Accepted ?? window.Accepted,
                    Duplicates = known?.Duplicates ?? window.Duplicates,
                    Quarantined = known?.Quarantined ?? window.Quarantined,
                    Issues = issues,
                    Copies = known is null ? 0 : known.Copies + 1,
                },
                CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            // The messages are durable and get their answers; only the note is missing.
            Hl7Log.BatchNotNoted(logger, receiver.Feed, checksum, e.Message);
        }
    }

    private static byte[]? BytesOf(Hl7BatchPart part) => part switch
    {
        Hl7BatchPart.Message message => message.Bytes,
        Hl7BatchPart.Stray stray => stray.Beginning,
        _ => null,
    };
}
