using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Mapping.Explain;
using Integration.Core.Storage;

namespace Integration.Core.Mapping.Codes;

/// <summary>The work-list of codes that no code map lists. Safe for many threads.</summary>
public sealed class UnmappedCodeStore(IDocumentStore store, TimeProvider clock)
{
    public const int CountedAtMost = 10_000;

    private const int Samples = 3;
    private const int MostRemembered = 20_000;

    private static readonly DocumentField Feed = Collections.UnmappedCodes.Field("feed");
    private static readonly DocumentField CodeMap = Collections.UnmappedCodes.Field("codeMap");
    private static readonly DocumentField First = Collections.UnmappedCodes.Field("first");
    private static readonly DocumentField Marks = Collections.Messages.Field("marks");
    private static readonly DocumentField Received = Collections.Messages.Field("received");

    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    /// <summary>24 hex digits behind <c>code-</c>; the same for the same code of the same feed.</summary>
    public static string KeyOf(string feed, UnmappedCode code) =>
        "code-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{feed}\u001F{code.CodeMap}\u001F{code.System}\u001F{code.Code}")))[..24];

    /// <summary>Puts codes on the list that are not on it yet. Costs a write only for a code that was never seen.</summary>
    public async ValueTask NoteAsync(string feed, IReadOnlyList<UnmappedCode> codes, CancellationToken cancellationToken)
    {
        foreach (var code in codes)
        {
            var id = KeyOf(feed, code);
            if (_known.ContainsKey(id))
            {
                continue;
            }

            var batch = new WriteBatch();
            batch.Add(Collections.UnmappedCodes.Put(
                new UnmappedCodeDocument
                {
                    Id = id,
                    Feed = feed,
                    CodeMap = code.CodeMap,
                    Code = code.Code,
                    System = code.System,
                    Text = code.Text,
                    Place = code.Place,
                    First = clock.GetUtcNow(),
                }, expectedVersion: 0));
            await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);   // a conflict means that it is on the list already
            if (_known.Count >= MostRemembered)
            {
                _known.Clear();
            }

            _known.TryAdd(id, 0);
        }
    }

    /// <summary>One entry; null when there is none of that id.</summary>
    public async ValueTask<(UnmappedCodeEntry Entry, long Version)?> GetAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.UnmappedCodes, id, withPayload: false, cancellationToken) is { } stored
            ? (await EntryOfAsync(Collections.UnmappedCodes.Read(stored), cancellationToken), stored.Version)
            : null;

    /// <summary>A page of the list, codes seen last first. With <paramref name="onlyOpen"/> those that no message waits for are left out, so that a page may be short.</summary>
    /// <param name="feed">Null for all.</param>
    /// <param name="codeMap">Null for all.</param>
    /// <param name="limit">1 to 200.</param>
    public async ValueTask<(IReadOnlyList<UnmappedCodeEntry> Entries, string? Next)> ListAsync(
        string? feed, string? codeMap, bool onlyOpen, int limit, string? after, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter>();
        if (feed is not null)
        {
            where.Add(new DocumentFilter.Equal(Feed, feed));
        }

        if (codeMap is not null)
        {
            where.Add(new DocumentFilter.Equal(CodeMap, codeMap));
        }

        var page = await store.QueryAsync(new DocumentQuery(Collections.UnmappedCodes)
        {
            Where = where,
            OrderBy = [new DocumentSort(First, Descending: true)],
            Limit = limit,
            After = after,
        }, cancellationToken);
        var entries = new List<UnmappedCodeEntry>();
        foreach (var stored in page.Documents)
        {
            var entry = await EntryOfAsync(Collections.UnmappedCodes.Read(stored), cancellationToken);
            if (entry.Count > 0 || !onlyOpen)
            {
                entries.Add(entry);
            }
        }

        return (entries, page.Next);
    }

    private async ValueTask<UnmappedCodeEntry> EntryOfAsync(UnmappedCodeDocument document, CancellationToken cancellationToken)
    {
        IReadOnlyList<DocumentFilter> where = [new DocumentFilter.Equal(Marks, document.Id)];
        var count = await store.CountAsync(Collections.Messages, where, CountedAtMost, cancellationToken);
        var newest = count == 0
            ? []
            : (await store.QueryAsync(new DocumentQuery(Collections.Messages) { Where = where, OrderBy = [new DocumentSort(Received, Descending: true)], Limit = Samples }, cancellationToken))
                .Documents.Select(Collections.Messages.Read).ToList();
        return new UnmappedCodeEntry(document, count, newest.FirstOrDefault()?.Received, [.. newest.Select(message => message.Id)]);
    }
}
