using System.Text.Json;
using Integration.Adapters.Shared.Files;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Adapters.Sql.Polling;

/// <summary>
/// Makes messages of what was read and hands them to intake: what was handed over with the same values before is left out. Not for many threads.
/// </summary>
/// <remarks>
/// A message, the note that its row was handed over, and where the feed goes on are one commit, page by page: whatever dies when, what is noted is
/// in the journal and what is in the journal is noted.
/// </remarks>
internal sealed class SqlHandOver(string feed, SqlPollOptions options, SourceRowStore rows, IBulkIntake intake, TimeProvider time)
{
    /// <summary>Part of the feed's documents that its progress is kept under.</summary>
    public const string Part = "rows";

    private readonly RowLane _lane = new(options.AssigningAuthority, options.PatientColumn);

    /// <summary>Hands over what is new or has changed, and notes it together with the progress.</summary>
    /// <param name="read">When it was read.</param>
    /// <param name="progress">As it is to be kept; null: nothing is kept when nothing was handed over.</param>
    /// <param name="unchanged">As it is kept now.</param>
    /// <returns>How many were new or changed.</returns>
    /// <exception cref="StoreUnavailableException">Intake cannot take them now: those that were not noted are to be handed over again.</exception>
    public async Task<int> HandOverAsync(IReadOnlyList<SqlItem> items, DateTimeOffset read, SqlProgress? progress, SqlProgress unchanged, CancellationToken stop)
    {
        var distinct = items.Where(item => item.Rows.Count > 0).DistinctBy(item => item.KeyText).ToList();
        var known = await rows.FindAsync(feed, [.. distinct.Select(item => item.KeyText)], stop);
        await using var transfer = new RowTransfer(intake);
        foreach (var item in distinct)
        {
            stop.ThrowIfCancellationRequested();
            var before = known.GetValueOrDefault(item.KeyText);
            var content = RowMessage.Rows(RowsOf(item));
            var hash = RowMessage.HashOf(content);
            if (before?.Hash == hash)
            {
                continue;
            }

            var (message, note) = MessageOf(item, content, before, hash, read, unchanged.Written);
            if (before is not null && Source.IsGrouped && await VanishedAsync(before, content, stop) is { Count: > 0 } vanished)
            {
                var id = PlaceId.Of(unchanged.Written, $"{feed}/{item.KeyText}/{note.Changes}/{hash}/lines");
                var removal = Message(RowMessage.Of(options.Message, item.KeyText, read, content, vanished), id) with { PatientKey = message.PatientKey };
                await transfer.AddAsync(note, message, removal);
            }
            else
            {
                await transfer.AddAsync(note, message);
            }
        }

        await transfer.CommitAsync(transfer.Rows > 0 || progress is not null ? [WriteOf(progress ?? unchanged)] : []);
        return transfer.Rows;
    }

    /// <summary>Hands over that rows are gone from the source, as they last were.</summary>
    /// <returns>How many could be: what retention has removed the message of is noted as gone and stays in the record.</returns>
    public async Task<int> HandOverGoneAsync(IReadOnlyList<SourceRowDocument> gone, DateTimeOffset read, SqlProgress unchanged, CancellationToken stop)
    {
        await using var transfer = new RowTransfer(intake);
        var told = 0;
        foreach (var row in gone)
        {
            stop.ThrowIfCancellationRequested();
            var id = PlaceId.Of(unchanged.Written, $"{feed}/{row.Key}/{row.Changes + 1}/gone");
            var note = row with { Hash = "", Changes = row.Changes + 1, MessageId = id };
            if (await rows.ContentOfAsync(row, stop) is not { } content || RowParser.Read(content, out _) is not { } last || !last.TryGetProperty("rows", out var lastRows))
            {
                await transfer.AddAsync(note);
                continue;
            }

            var message = Message(RowMessage.Of(options.Message, row.Key, read, [], [.. lastRows.EnumerateArray()]), id);
            await transfer.AddAsync(note, message with { PatientKey = new RowHeaderReader(_ => _lane).Read(message.Raw, feed).PatientKey });
            told++;
        }

        await transfer.CommitAsync([WriteOf(unchanged)]);
        return told;
    }

    private DocumentWrite WriteOf(SqlProgress progress) => FeedWatermarks.Write(feed, Part, (progress with { Written = time.GetUtcNow() }).Write());

    private SqlSourceSettings Source => options.Source;

    private (InboundMessage Message, SourceRowDocument Note) MessageOf(
        SqlItem item, byte[] content, SourceRowDocument? before, string hash, DateTimeOffset read, DateTimeOffset written)
    {
        var changes = (before?.Changes ?? 0) + 1;
        var id = PlaceId.Of(written, $"{feed}/{item.KeyText}/{changes}/{hash}");
        var message = Message(RowMessage.Of(options.Message, item.KeyText, read, content, []), id);
        var problem = item.Rows.FirstOrDefault(row => row.Problem is not null)?.Problem is { } column
            ? MessageIssue.Error(IntegrationErrorCode.RowUnreadable, column, $"The value of {column} cannot be read. All other columns stand in the message.")
            : message.Raw.Length > options.MaxMessageBytes
                ? MessageIssue.Error(IntegrationErrorCode.RowUnreadable, "", $"The row has {message.Raw.Length} bytes, more than MaxMessageBytes; only its key was kept.")
                : null;
        message = problem is null
            ? message with { PatientKey = LaneOf(item) }
            : message with { HeaderIssues = [problem], Raw = message.Raw.Length > options.MaxMessageBytes ? RowMessage.Of(options.Message, item.KeyText, read, [], []) : message.Raw };
        return (message, new SourceRowDocument { Feed = feed, Key = item.KeyText, Hash = hash, Changes = changes, MessageId = id });
    }

    private InboundMessage Message(byte[] raw, string id) =>
        new(feed, RowParser.FormatName, raw) { Id = id, MessageType = options.Message, Sender = options.AssigningAuthority };

    private string LaneOf(SqlItem item) => options.PatientColumn is { } column ? _lane.Of(RowMessage.TextOf(item.Rows[0][column])) : "";

    /// <summary>One row, or the head and its lines: a head without lines, as an outer join gives it, has none.</summary>
    public IEnumerable<RowValues> RowsOf(SqlItem item)
    {
        if (!Source.IsGrouped)
        {
            return [item.Rows[0].As(options.Message)];
        }

        var names = item.Rows[0].Columns.Names;
        var isLine = names.Select(name => options.LineColumns.Contains(name, StringComparer.OrdinalIgnoreCase)).ToArray();
        var lines = item.Rows.Select(row => Cut(options.LineName, row, isLine, true)).Where(line => line.Values.Any(value => value is not null));

        // In an order of their own, since the database gives lines of one head in whatever order it likes; line 2 before line 10.
        var inOrder = lines.OrderBy(line => RowMessage.TextOf(line.Values[0]).Length).ThenBy(line => string.Join('|', line.Values.Select(RowMessage.TextOf)), StringComparer.Ordinal);
        return [Cut(options.Message, item.Rows[0], isLine, false), .. inOrder];
    }

    private static RowValues Cut(string name, SqlRow row, bool[] isLine, bool lines) => new(
        name, [.. row.Columns.Names.Where((_, i) => isLine[i] == lines)], [.. row.Values.Where((_, i) => isLine[i] == lines)]);

    /// <summary>Rows of the message before that the head does not have any more.</summary>
    private async Task<IReadOnlyList<JsonElement>> VanishedAsync(SourceRowDocument before, byte[] content, CancellationToken stop)
    {
        if (before.Hash.Length == 0 || await rows.ContentOfAsync(before, stop) is not { } last || RowParser.Read(last, out _) is not { } message
            || !message.TryGetProperty("rows", out var old))
        {
            return [];
        }

        using var now = JsonDocument.Parse(content);
        var present = now.RootElement.EnumerateArray().Select(row => row.GetRawText()).ToHashSet(StringComparer.Ordinal);
        return [.. old.EnumerateArray().Where(row => row.TryGetProperty(options.LineName, out _) && !present.Contains(row.GetRawText()))];
    }
}
