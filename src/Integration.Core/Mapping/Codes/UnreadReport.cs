using Integration.Core.DryRuns;
using Integration.Core.Parsing;
using Integration.Core.Storage;

namespace Integration.Core.Mapping.Codes;

/// <summary>A place that holds values and that no rule reads.</summary>
/// <param name="Place"><c>PID-31</c>, also in a segment of which nothing is read; the segment's name where the message cannot be parsed any more.</param>
/// <param name="Messages">Messages that have it.</param>
/// <param name="Sample">The newest of them.</param>
public sealed record UnreadPlace(string Feed, string Place, long Messages, string Sample);

/// <summary>What senders say and no mapping reads.</summary>
/// <param name="Looked">Messages that were looked at.</param>
/// <param name="Places">The most frequent first.</param>
public sealed record UnreadSummary(long Looked, IReadOnlyList<UnreadPlace> Places);

/// <summary>Counts, over the newest messages of the journal, what no rule reads. Safe for many threads.</summary>
public sealed class UnreadReport(IDocumentStore store, IEnumerable<IMessageParser> parsers)
{
    /// <summary>Messages that one report looks at.</summary>
    public const int MostMessages = 10_000;

    private const int PageSize = 500;

    private static readonly DocumentField Feed = Collections.Messages.Field("feed");
    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Received = Collections.Messages.Field("received");

    /// <param name="feed">Null for all feeds.</param>
    /// <param name="messages">How many of the newest done messages to look at, 1 to <see cref="MostMessages"/>.</param>
    public async ValueTask<UnreadSummary> CountAsync(string? feed, int messages, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter> { new DocumentFilter.Equal(State, nameof(Intake.MessageState.Done)) };
        if (feed is not null)
        {
            where.Add(new DocumentFilter.Equal(Feed, feed));
        }

        var counts = new Dictionary<(string Feed, string Place), (long Count, string Sample)>();
        var looked = 0;
        string? after = null;
        do
        {
            var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
            {
                Where = where,
                OrderBy = [new DocumentSort(Received, Descending: true)],
                Limit = Math.Min(PageSize, messages - looked),
                After = after,
                WithPayload = true,
            }, cancellationToken);
            foreach (var stored in page.Documents)
            {
                var message = Collections.Messages.Read(stored);
                looked++;
                foreach (var place in FieldsOf(message, stored.Payload))
                {
                    var known = counts.GetValueOrDefault((message.Feed, place));
                    counts[(message.Feed, place)] = (known.Count + 1, known.Sample ?? message.Id);
                }
            }

            after = page.Next;
        }
        while (after is not null && looked < messages);

        return new UnreadSummary(looked,
        [
            .. counts.Select(pair => new UnreadPlace(pair.Key.Feed, pair.Key.Place, pair.Value.Count, pair.Value.Sample))
                .OrderByDescending(place => place.Messages).ThenBy(place => place.Feed, StringComparer.Ordinal).ThenBy(place => place.Place, StringComparer.Ordinal),
        ]);
    }

    /// <summary>Messages keep the name of a segment of which nothing is read; which of its fields hold values, they say themselves.</summary>
    private IReadOnlyList<string> FieldsOf(Intake.JournaledMessage message, ReadOnlyMemory<byte> raw) =>
        message.Unread.Any(place => !place.Contains('-'))
            && parsers.FirstOrDefault(parser => parser.Format == message.Format)?.Parse(raw, message.Feed).Document is { } document
            ? UnreadFields.Of(document, message.Unread)
            : message.Unread;
}
