using System.Globalization;

namespace Integration.Adapters.Sql.Source.Changes;

/// <summary>SQL Server's Change Data Capture: rows out of its log, in the order of log sequence numbers (binary(10)). A table is named by its capture instance.</summary>
internal sealed class ChangeDataCapture(IReadOnlyList<ChangedTable> tables) : TableChanges(tables)
{
    protected internal override SqlStatement Now => new("SELECT sys.fn_cdc_get_max_lsn()", []);

    protected override string NotNoted => "Nothing is captured. Have the owner run sys.sp_cdc_enable_db and sys.sp_cdc_enable_table, and check that SQL Server Agent runs the capture job.";

    protected internal override SqlStatement Least(ChangedTable table) => new($"SELECT NULLIF(sys.fn_cdc_get_min_lsn(N'{table.Name}'), 0x00000000000000000000)", []);

    protected override string Remedy(ChangedTable table) => $"There is no capture instance {table.Name} that the account may read: sys.sp_cdc_help_change_data_capture lists them.";

    // Rows as they were before an update stand there too: a key that changed is gone under its old value.
    protected internal override SqlStatement Behind(ChangedTable table, object since, object now, int rows) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT TOP ({rows}) WITH TIES {string.Join(", ", table.Key.Select(column => "c." + column))}, c.__$start_lsn FROM cdc.fn_cdc_get_all_changes_{table.Name}(sys.fn_cdc_increment_lsn(@p0), @p1, N'all update old') AS c ORDER BY c.__$start_lsn"),
        [since, now]);

    protected override int Compare(object one, object other) => ((byte[])one).AsSpan().SequenceCompareTo((byte[])other);
}
