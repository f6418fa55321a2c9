using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Core.Feeds;

namespace Integration.Adapters.Sql.Polling;

/// <summary>What a comparison of a whole table found.</summary>
/// <param name="Rows">Rows of the source, or heads with their lines.</param>
/// <param name="Missing">Of them, those that had never been handed over.</param>
/// <param name="Changed">Of them, those with other values than were handed over.</param>
/// <param name="Deleted">Rows that were handed over and are not there any more.</param>
/// <param name="Kept">Of the deleted, those that stay in the record: retention has removed what they were.</param>
/// <param name="Refused">More are gone than may be believed: none was taken for deleted.</param>
internal sealed record SqlComparison(int Rows, int Missing, int Changed, int Deleted, int Kept, int Refused)
{
    public bool IsEqual => Missing + Changed + Deleted + Refused == 0;
}

/// <summary>
/// Compares every row of the source with what was handed over, and repairs: what was missed or changed without its watermark is handed over, what
/// is gone is told. In memory stand 24 bytes a row, never a row. Not for many threads.
/// </summary>
internal sealed class SqlReconciler(string feed, SqlPollOptions options, SqlSource source, SqlHandOver handOver, SourceRowStore rows, SqlPoller poller, TimeProvider time)
{
    private const int AtMostUnquestioned = 10;

    public async Task<SqlComparison> CompareAsync(CancellationToken stop)
    {
        var known = new Dictionary<UInt128, ulong>();
        await foreach (var row in rows.ReadAllAsync(feed, stop))
        {
            if (row.Hash.Length > 0)
            {
                known[KeyOf(row.Key)] = HashOf(row.Hash);
            }
        }

        var all = known.Count;
        await using var connection = await source.OpenAsync(stop);
        var found = await RepairAsync(connection, known, stop);
        if (known.Count == 0)
        {
            return found;
        }

        // A row that moved while the table was read may have been passed over: only what is not there on a second look is gone.
        await foreach (var key in source.KeysAsync(connection, stop))
        {
            known.Remove(KeyOf(SqlItem.TextOf(key)));
        }

        return known.Count > Math.Max(AtMostUnquestioned, options.MaxDeletes * all)
            ? found with { Refused = known.Count }
            : await DeleteAsync(found, known, stop);
    }

    /// <summary>Hands over what is missing or other, and takes what is there out of <paramref name="known"/>.</summary>
    private async Task<SqlComparison> RepairAsync(DbConnection connection, Dictionary<UInt128, ulong> known, CancellationToken stop)
    {
        var (count, missing, changed) = (0, 0, 0);
        var other = new List<SqlItem>();
        var read = time.GetUtcNow();
        await foreach (var item in source.AllAsync(connection, stop))
        {
            count++;
            var isKnown = known.Remove(KeyOf(item.KeyText), out var hash);
            if (isKnown && hash == HashOf(RowMessage.HashOf(RowMessage.Rows(handOver.RowsOf(item)))))
            {
                continue;
            }

            missing += isKnown ? 0 : 1;
            changed += isKnown ? 1 : 0;
            other.Add(item);
            if (other.Count >= options.BatchSize)
            {
                await handOver.HandOverAsync(other, read, null, await poller.ProgressAsync(stop), stop);
                other.Clear();
            }
        }

        await handOver.HandOverAsync(other, read, null, await poller.ProgressAsync(stop), stop);
        return new SqlComparison(count, missing, changed, 0, 0, 0);
    }

    private async Task<SqlComparison> DeleteAsync(SqlComparison found, Dictionary<UInt128, ulong> gone, CancellationToken stop)
    {
        var (deleted, told) = (0, 0);
        var page = new List<SourceRowDocument>();
        var read = time.GetUtcNow();
        if (gone.Count > 0)
        {
            await foreach (var row in rows.ReadAllAsync(feed, stop))
            {
                if (gone.ContainsKey(KeyOf(row.Key)))
                {
                    page.Add(row);
                }
            }
        }

        foreach (var part in page.Chunk(options.BatchSize))
        {
            told += await handOver.HandOverGoneAsync(part, read, await poller.ProgressAsync(stop), stop);
            deleted += part.Length;
        }

        return found with { Deleted = deleted, Kept = deleted - told };
    }

    private static UInt128 KeyOf(string key) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static ulong HashOf(string hash) => Convert.ToUInt64(hash[..16], 16);
}
