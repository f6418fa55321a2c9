using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Operations;

/// <summary>Failed messages that failed alike.</summary>
/// <param name="Key">What selects them, see <see cref="JournaledMessage.Cause"/>; empty for messages that failed before causes were kept.</param>
/// <param name="First">When the first of them was received (UTC).</param>
/// <param name="Last">When the last of them was received (UTC).</param>
/// <param name="Samples">The first of them, at most three.</param>
public sealed record DeadLetterGroup(
    string Key, FailureCause Cause, long Count, DateTimeOffset? First, DateTimeOffset? Last, IReadOnlyList<JournaledMessage> Samples);

/// <summary>The failed messages by cause, counted in the store. Safe for many threads.</summary>
public sealed class DeadLetters(IDocumentStore store)
{
    private const int Samples = 3;

    private static readonly DocumentField Feed = Collections.Messages.Field("feed");
    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Cause = Collections.Messages.Field("cause");
    private static readonly DocumentField Marks = Collections.Messages.Field("marks");
    private static readonly DocumentField Received = Collections.Messages.Field("received");

    /// <summary>The groups, largest first.</summary>
    /// <param name="feed">Null for all feeds.</param>
    /// <param name="limit">Groups at most, 1 to 200.</param>
    public async ValueTask<IReadOnlyList<DeadLetterGroup>> GroupAsync(string? feed, int limit, CancellationToken cancellationToken)
    {
        List<DocumentFilter> failed = [new DocumentFilter.Equal(State, nameof(MessageState.Failed))];
        if (feed is not null)
        {
            failed.Add(new DocumentFilter.Equal(Feed, feed));
        }

        var groups = new List<DeadLetterGroup>();
        foreach (var group in (await store.GroupAndCountAsync(Collections.Messages, failed, [Cause], cancellationToken)).Take(limit))
        {
            var key = (string?)group.Key[0];
            IReadOnlyList<DocumentFilter> where = [.. failed, key is null ? new DocumentFilter.Equal(Cause, null) : new DocumentFilter.Equal(Marks, key)];
            var oldest = await ReadAsync(where, descending: false, Samples, cancellationToken);
            var newest = await ReadAsync(where, descending: true, 1, cancellationToken);
            groups.Add(new DeadLetterGroup(
                key ?? "", FailureCause.Read(key ?? ""), group.Count, oldest.FirstOrDefault()?.Received, newest.FirstOrDefault()?.Received, oldest));
        }

        return groups;
    }

    private async ValueTask<IReadOnlyList<JournaledMessage>> ReadAsync(
        IReadOnlyList<DocumentFilter> where, bool descending, int limit, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Messages) { Where = where, OrderBy = [new DocumentSort(Received, descending)], Limit = limit }, cancellationToken);
        return [.. page.Documents.Select(Collections.Messages.Read)];
    }
}
