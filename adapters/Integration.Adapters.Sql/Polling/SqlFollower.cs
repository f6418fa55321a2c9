using System.Data.Common;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Adapters.Sql.Source.Changes;
using Integration.Core.Feeds;

namespace Integration.Adapters.Sql.Polling;

/// <summary>Follows what the database itself notes of its changes: looks at the rows of the keys that it names, and tells those that are gone. Not for many threads.</summary>
/// <param name="compare">Compares everything: a feed that begins, and one that the source has forgotten changes of, starts with that.</param>
internal sealed class SqlFollower(
    string feed, SqlPollOptions options, SqlChanges changes, SqlSource source, SqlHandOver handOver, SourceRowStore rows, SqlPoller poller, FeedWatermarks watermarks,
    Func<CancellationToken, Task<SqlComparison>> compare, TimeProvider time)
{
    private volatile FeedPlace? _place;

    /// <summary>Where the feed stands; null before the first round of this process. Safe for many threads.</summary>
    public FeedPlace? Place => _place;

    /// <summary>One round: every change from the place on, until there is none.</summary>
    /// <exception cref="SqlSourceException">The database cannot be used; what was read before is handed over and noted.</exception>
    public async Task<SqlRound> PollAsync(CancellationToken stop)
    {
        var progress = await poller.GrantAsync(await poller.ProgressAsync(stop), stop);
        if (progress.From is null)
        {
            return await CompareAsync(await NowAsync(stop), hadGap: false, stop);
        }

        var (read, changed) = (0, 0);
        object? behind = null;
        await using (var connection = await source.OpenAsync(stop))
        {
            while (await changes.BehindAsync(source, connection, SqlMark.Read(progress.From!), options.BatchSize, stop) is { } page)
            {
                if (page.IsWhole)
                {
                    behind = page.Next;
                    break;
                }

                changed += await TakeAsync(connection, page, progress, stop);
                read += page.Keys.Count;
                if (SqlMark.Write(page.Next) != progress.From)
                {
                    await changes.DoneAsync(source, connection, page.Next, stop);
                }

                _place = new FeedPlace(RowMessage.TextOf(page.Next), page.IsLast ? null : read, Part: null);
                if (page.IsLast || read >= options.MaxRowsPerPoll)
                {
                    return new SqlRound(read, changed, IsCut: !page.IsLast);
                }

                progress = await poller.ProgressAsync(stop);
            }
        }

        return await CompareAsync(behind ?? await NowAsync(stop), hadGap: true, stop);
    }

    /// <returns>How many rows were handed over, those that are gone among them.</returns>
    private async Task<int> TakeAsync(DbConnection connection, SqlChangePage page, SqlProgress progress, CancellationToken stop)
    {
        var asked = time.GetUtcNow();
        var there = await source.OfKeysAsync(connection, page.Keys, stop);
        var texts = there.Select(item => item.KeyText).ToHashSet(StringComparer.Ordinal);
        var known = await rows.FindAsync(feed, [.. page.Keys.Select(SqlItem.TextOf).Where(key => !texts.Contains(key))], stop);
        var gone = known.Values.Where(row => row.Hash.Length > 0).ToList();
        if (gone.Count > 0)
        {
            await handOver.HandOverGoneAsync(gone, asked, progress, stop);
            progress = await poller.ProgressAsync(stop);
        }

        var next = progress with { From = SqlMark.Write(page.Next) };
        return gone.Count + await handOver.HandOverAsync(there, asked, next.From == progress.From ? null : next, progress, stop);
    }

    private async Task<object> NowAsync(CancellationToken stop)
    {
        await using var connection = await source.OpenAsync(stop);
        return await changes.NowAsync(source, connection, stop);
    }

    /// <param name="place">Where the feed goes on: before the comparison reads.</param>
    private async Task<SqlRound> CompareAsync(object place, bool hadGap, CancellationToken stop)
    {
        var found = await compare(stop);
        await watermarks.SetAsync(feed, SqlHandOver.Part, (await poller.ProgressAsync(stop) with { From = SqlMark.Write(place), Written = time.GetUtcNow() }).Write(), CancellationToken.None);
        await using (var connection = await source.OpenAsync(stop))
        {
            await changes.DoneAsync(source, connection, place, stop);
        }

        _place = new FeedPlace(RowMessage.TextOf(place), Rows: null, Part: null);
        return new SqlRound(found.Rows, found.Missing + found.Changed + found.Deleted, IsCut: false) { HadGap = hadGap };
    }
}
