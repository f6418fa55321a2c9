using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Retention;

/// <summary>
/// Moves the raw bytes of finished messages into compressed blocks once they are so old that hardly anybody reads them. In the order in which they
/// were received, feed by feed, some dozens a commit.
/// </summary>
/// <remarks>Not at intake: there, it would cost every acknowledgement, and a message alone compresses badly (docs/adr/0011).</remarks>
public sealed class RawCompression(IDocumentStore store, MessageJournal journal, RetentionSettings settings, TimeProvider clock)
{
    /// <summary>Messages of one block. More would compress little better and make every read of one of them longer.</summary>
    private const int MessagesABlock = 64;

    private static readonly DocumentField Feed = Collections.Messages.Field("feed");
    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Received = Collections.Messages.Field("received");

    /// <summary>Compresses everything of a feed that is old enough and not compressed yet.</summary>
    /// <param name="pace">Called behind each step, so that others get their turn.</param>
    /// <returns>How many messages were compressed.</returns>
    public async ValueTask<long> CompressAsync(string feed, Func<ValueTask> pace, CancellationToken cancellationToken)
    {
        if (settings.CompressAfter == TimeSpan.MaxValue)
        {
            return 0;
        }

        var (state, _) = await RetentionState.ReadAsync(store, feed, cancellationToken);
        var query = new DocumentQuery(Collections.Messages)
        {
            // From the last microsecond of the round before: more may have come in it.
            Where =
            [
                new DocumentFilter.Equal(Feed, feed), new DocumentFilter.Equal(State, nameof(MessageState.Done)),
                new DocumentFilter.Range(Received, state.CompressedBelow, clock.GetUtcNow() - settings.CompressAfter),
            ],
            OrderBy = [new DocumentSort(Received)],
            Limit = MessagesABlock,
            WithPayload = true,
        };
        var compressed = 0L;
        do
        {
            var page = await store.QueryAsync(query, cancellationToken);
            compressed += await CompressAsync(feed, page.Documents, cancellationToken);
            query = query with { After = page.Next };
            await pace();
        }
        while (query.After is not null);

        return compressed;
    }

    /// <summary>TRANSACTION: one block, the messages that refer to it now, without bytes of their own, and how far the feed has come.</summary>
    private async ValueTask<int> CompressAsync(string feed, IReadOnlyList<StoredDocument> documents, CancellationToken cancellationToken)
    {
        var messages = documents.Select(stored => (Message: Collections.Messages.Read(stored) with { Raw = stored.Payload }, stored.Version)).ToList();
        var fresh = messages.Where(m => m.Message.RawIn is null && !m.Message.Raw.IsEmpty).ToList();
        if (fresh.Count == 0)
        {
            return 0;
        }

        var block = RawBlock.Of(feed, [.. fresh.Select(m => m.Message.Raw)], clock.GetUtcNow());
        var (state, version) = await RetentionState.ReadAsync(store, feed, cancellationToken);
        var batch = new WriteBatch();
        batch.Add(Collections.RawBlocks.Put(block, expectedVersion: 0, withPayload: true));
        batch.Add(Collections.Retention.Put(
            state with
            {
                Compressed = state.Compressed + fresh.Count,
                CompressedFrom = state.CompressedFrom + block.Bytes,
                CompressedTo = state.CompressedTo + block.Content.Length,
                CompressedBelow = messages[^1].Message.Received,
            }, version));

        // A conflict means that one of them is being run again: these stay as they are.
        var result = await journal.MoveRawAsync([.. StepsInto(block, fresh)], batch, cancellationToken);
        CrashPoints.Reach(CrashPoints.Compressed);
        return result is CommitResult.Committed ? fresh.Count : 0;
    }

    private static IEnumerable<MessageStep> StepsInto(RawBlock block, List<(JournaledMessage Message, long Version)> messages)
    {
        var offset = 0;
        foreach (var (message, version) in messages)
        {
            yield return new MessageStep(message.State, message with { RawIn = new RawPlace(block.Id, offset), Raw = ReadOnlyMemory<byte>.Empty }, version);
            offset += message.Raw.Length;
        }
    }
}

/// <summary>Reads the document of a feed.</summary>
internal static class RetentionState
{
    /// <summary>An empty one at version 0 when there is none yet.</summary>
    public static async ValueTask<(RetentionDocument State, long Version)> ReadAsync(IDocumentStore store, string feed, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Retention, feed, withPayload: false, cancellationToken) is { } stored
            ? (Collections.Retention.Read(stored), stored.Version)
            : (new RetentionDocument { Id = feed }, 0);
}
