using System.Data.Common;
using System.Globalization;

namespace Integration.Adapters.Sql.Source.Changes;

/// <summary>
/// A logical replication slot of PostgreSQL 10 and later that <c>pgoutput</c> writes. It is looked into by queries, and moved on only when what was seen is durable:
/// the server keeps its log until then, across restarts of both sides.
/// </summary>
/// <param name="slot">Plain name, as <paramref name="publication"/>.</param>
internal sealed class LogicalSlot(string slot, string publication, IReadOnlyList<ChangedTable> tables) : SqlChanges
{
    /// <summary>Log that others wrote, after which the slot is moved on though nothing of ours is in it: the server can remove it then.</summary>
    private const long OfOthers = 16 << 20;

    private static readonly TimeSpan VisibleSoon = TimeSpan.FromMilliseconds(5);

    public override async Task<object> NowAsync(SqlSource source, DbConnection connection, CancellationToken cancellationToken) =>
        (await StateAsync(source, connection, null, cancellationToken)).Confirmed;

    public override async Task<SqlChangePage?> BehindAsync(SqlSource source, DbConnection connection, object since, int keys, CancellationToken cancellationToken)
    {
        var state = await StateAsync(source, connection, (string)since, cancellationToken);
        if (state.IsMoved)
        {
            return null;
        }

        var decoder = new PgOutputDecoder(tables);
        var found = await source.ListAsync(connection, new SqlStatement(string.Create(
            CultureInfo.InvariantCulture, $"SELECT data FROM pg_logical_slot_peek_binary_changes('{slot}', NULL, {keys}, 'proto_version', '1', 'publication_names', '{publication}')"), []), cancellationToken);
        foreach (var row in found)
        {
            decoder.Take((byte[])row.Values[0]!);
        }

        await UntilVisibleAsync(source, connection, decoder.Transactions, cancellationToken);
        var next = decoder.End ?? (state.Ahead > OfOthers ? state.Written : since);
        return new SqlChangePage([.. decoder.Keys.DistinctBy(SqlItem.TextOf)], next, found.Count < keys) { IsWhole = decoder.IsTruncated };
    }

    public override Task DoneAsync(SqlSource source, DbConnection connection, object upTo, CancellationToken cancellationToken) => source.ListAsync(
        connection, new SqlStatement($"SELECT end_lsn::text FROM pg_replication_slot_advance('{slot}', LEAST(CAST(@p0 AS pg_lsn), pg_current_wal_flush_lsn()))", [upTo]), cancellationToken);

    private async Task<State> StateAsync(SqlSource source, DbConnection connection, string? since, CancellationToken cancellationToken)
    {
        // The end of the log is asked for before the changes are: what comes meanwhile is not passed over.
        var rows = await source.ListAsync(connection, new SqlStatement(
            $"""
            SELECT confirmed_flush_lsn::text, pg_current_wal_flush_lsn()::text, (confirmed_flush_lsn - CAST(@p0 AS pg_lsn))::bigint, (pg_current_wal_flush_lsn() - confirmed_flush_lsn)::bigint,
              plugin = 'pgoutput' AND database = current_database(), coalesce(to_jsonb(s) ->> 'wal_status', '') = 'lost', EXISTS (SELECT 1 FROM pg_publication WHERE pubname = '{publication}')
            FROM pg_replication_slots s WHERE slot_name = '{slot}'
            """,
            [since ?? "0/0"]), cancellationToken);
        if (rows is not [{ Values: [string confirmed, string written, long moved, long ahead, true, bool isLost, true] }])
        {
            throw new SqlSourceException(
                $"There is no slot {slot} with the publication {publication} in this database. Have its owner run CREATE PUBLICATION {publication} FOR TABLE {string.Join(", ", tables.Select(table => table.Name))}; "
                + $"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput'); and give the account REPLICATION. The server needs wal_level=logical.",
                isPermanent: true);
        }

        return isLost
            ? throw new SqlSourceException($"The server has removed what the slot {slot} still needed (max_slot_wal_keep_size). Have its owner drop the slot and create it again; everything is compared then.", isPermanent: true)
            : new State(confirmed, written, ahead, since is not null && moved > 0);
    }

    /// <summary>
    /// The log tells of a transaction a moment before queries see its rows. A row that is read too early would be the old one, and its change would be lost: so this waits.
    /// </summary>
    private static async Task UntilVisibleAsync(SqlSource source, DbConnection connection, IReadOnlyCollection<uint> transactions, CancellationToken cancellationToken)
    {
        while (transactions.Count > 0)
        {
            var snapshot = (string)(await source.ListAsync(connection, new SqlStatement("SELECT txid_current_snapshot()::text", []), cancellationToken))[0].Values[0]!;
            if (IsVisible(snapshot, transactions))
            {
                return;
            }

            await Task.Delay(VisibleSoon, TimeProvider.System, cancellationToken);
        }
    }

    /// <param name="snapshot"><c>xmin:xmax:xip,…</c>, numbers of 64 bits.</param>
    internal static bool IsVisible(string snapshot, IReadOnlyCollection<uint> transactions)
    {
        var parts = snapshot.Split(':');
        var next = Low(parts[1]);
        var running = parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Low).ToHashSet();

        // Numbers of the log have 32 bits and begin anew: the nearer half is before, the other behind.
        return transactions.All(id => unchecked((int)(id - next)) < 0 && !running.Contains(id));

        static uint Low(string number) => unchecked((uint)ulong.Parse(number, CultureInfo.InvariantCulture));
    }

    /// <param name="Confirmed">Where the slot stands.</param>
    /// <param name="Written">Where the log ended.</param>
    /// <param name="Ahead">Bytes of the log between them.</param>
    /// <param name="IsMoved">Somebody else has read it.</param>
    private sealed record State(string Confirmed, string Written, long Ahead, bool IsMoved);
}
