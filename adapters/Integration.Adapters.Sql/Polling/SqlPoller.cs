using System.Data.Common;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Core.Feeds;

namespace Integration.Adapters.Sql.Polling;

/// <summary>Reads what is new or has changed, page by page, and writes down after each page where it goes on. Not for many threads.</summary>
internal sealed class SqlPoller(string feed, SqlPollOptions options, SqlSource source, SqlHandOver handOver, FeedWatermarks watermarks, TimeProvider time)
{
    private DateTimeOffset? _lastRound;
    private volatile FeedPlace? _place;
    private volatile string? _mark;

    /// <summary>Where the feed stands; null before the first round of this process. Safe for many threads.</summary>
    public FeedPlace? Place => _place;

    /// <summary>A watermark that was read, see <see cref="SqlMark"/>: what others are compared with. Null before the first row. Safe for many threads.</summary>
    public string? Mark => _mark;

    /// <summary>Where the feed goes on. One that begins is written down first, since ids derive from when that was.</summary>
    public async Task<SqlProgress> ProgressAsync(CancellationToken cancellationToken)
    {
        if (await watermarks.GetAsync(feed, SqlHandOver.Part, cancellationToken) is { Length: > 0 } text)
        {
            return SqlProgress.Read(text);
        }

        var first = new SqlProgress { Written = time.GetUtcNow() };
        await watermarks.SetAsync(feed, SqlHandOver.Part, first.Write(), cancellationToken);
        return first;
    }

    /// <summary>One round: everything from the watermark on, until there is no more.</summary>
    /// <returns>Rows read, rows that were new or changed, and whether there is more than a round may read.</returns>
    /// <exception cref="SqlSourceException">The database cannot be used; what was read before is handed over and noted.</exception>
    public async Task<SqlRound> PollAsync(CancellationToken stop)
    {
        await using var connection = await source.OpenAsync(stop);
        var progress = await BeginAsync(connection, await GrantAsync(await ProgressAsync(stop), stop), stop);
        var (read, changed) = (0, 0);
        object? first = null;
        while (true)
        {
            var behind = progress.Resume is { } resume ? SqlPosition.Read(resume) : null;
            var asked = time.GetUtcNow();
            var page = await source.PageAsync(connection, progress.From is { } from ? SqlMark.Read(from) : null, behind, options.BatchSize, stop);
            CheckAdvance(page, behind);
            read += page.Count;
            var last = page.Count > 0 ? page[^1].Position : null;
            _mark = last is null ? _mark ?? progress.From : SqlMark.Write(last.Mark);
            first ??= page.Count > 0 ? page[0].Position!.Mark : null;
            _place = new FeedPlace(TextOf(progress.From), read, last is null || progress.Top is null ? null : SqlMark.Between(first!, last.Mark, SqlMark.Read(progress.Top)));
            if (page.Count < options.BatchSize)
            {
                var end = progress.Finish((last ?? behind)?.Mark, progress.Began!.Value, time.GetUtcNow(), options.Overlap, options.Source.Settled is not null);
                changed += await handOver.HandOverAsync(page, asked, IsSame(end, progress) ? null : end, progress, stop);
                _lastRound = time.GetUtcNow();
                _place = new FeedPlace(TextOf(end.From), Rows: null, Part: null);
                return new SqlRound(read, changed, IsCut: false);
            }

            var next = progress with { Resume = last!.Write() };
            changed += await handOver.HandOverAsync(page, asked, next, progress, stop);
            progress = await ProgressAsync(stop);
            if (read >= options.MaxRowsPerPoll)
            {
                return new SqlRound(read, changed, IsCut: true);
            }
        }
    }

    /// <summary>Goes where a person wants it to.</summary>
    public async Task<SqlProgress> GrantAsync(SqlProgress progress, CancellationToken stop)
    {
        if (await watermarks.WishAsync(feed, SqlHandOver.Part, stop) is not { } wish)
        {
            return progress;
        }

        var granted = new SqlProgress { From = wish.Length == 0 ? null : wish, Written = time.GetUtcNow() };
        await watermarks.GrantAsync(feed, SqlHandOver.Part, granted.Write(), CancellationToken.None);
        _lastRound = null;
        return granted;
    }

    private static string? TextOf(string? mark) => mark is null ? null : RowMessage.TextOf(SqlMark.Read(mark));

    /// <summary>A round goes on where one that was cut off ended. A first one, or one behind a long pause, notes how far there is to read.</summary>
    private async Task<SqlProgress> BeginAsync(DbConnection connection, SqlProgress progress, CancellationToken stop)
    {
        if (progress.Resume is not null)
        {
            return progress;
        }

        var now = time.GetUtcNow();
        object? top = null;
        if (progress.From is null || _lastRound is not { } last || now - last > options.Overlap)
        {
            top = (await source.ListAsync(connection, source.Statements.Top(), stop))[0].Values[0];
        }

        return progress with { Began = now, Top = top is null ? null : SqlMark.Write(top) };
    }

    private static bool IsSame(SqlProgress end, SqlProgress before) => end.From == before.From && end.Seen.Count == before.Seen.Count && before.Resume is null;

    /// <summary>A comparison that rounds (a time with thousandths against one with millionths) would give the same page for ever.</summary>
    private static void CheckAdvance(IReadOnlyList<SqlItem> page, SqlPosition? behind)
    {
        if (page.Count > 0 && behind is not null && page[0].Position!.Write().SequenceEqual(behind.Write()))
        {
            throw new SqlSourceException("The database gives the same rows again: it compares the watermark column otherwise than it shows it. CAST it in the query to a type with fewer digits.", isPermanent: true);
        }
    }
}

/// <param name="Read">Rows, or heads with their lines.</param>
/// <param name="Changed">Those of them that were handed over.</param>
/// <param name="IsCut">There is more; the next round goes on.</param>
internal sealed record SqlRound(int Read, int Changed, bool IsCut)
{
    /// <summary>The source had forgotten changes, and everything was compared.</summary>
    public bool HadGap { get; init; }
}
