using System.Globalization;

namespace Integration.Adapters.Sql.Source.Changes;

/// <summary>SQL Server's Change Tracking: of each key the version of its last change.</summary>
internal sealed class ChangeTracking(IReadOnlyList<ChangedTable> tables) : TableChanges(tables)
{
    protected internal override SqlStatement Now => new("SELECT CHANGE_TRACKING_CURRENT_VERSION()", []);

    protected override string NotNoted => "The database has no Change Tracking. Have its owner switch it on: ALTER DATABASE … SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 7 DAYS).";

    protected internal override SqlStatement Least(ChangedTable table) => new($"SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(N'{table.Name}'))", []);

    protected override string Remedy(ChangedTable table) =>
        $"Have the owner run ALTER TABLE {table.Name} ENABLE CHANGE_TRACKING and GRANT VIEW CHANGE TRACKING ON {table.Name} to the account.";

    protected internal override SqlStatement Behind(ChangedTable table, object since, object now, int rows) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT TOP ({rows}) WITH TIES {string.Join(", ", table.Key.Select(column => "c." + column))}, c.SYS_CHANGE_VERSION FROM CHANGETABLE(CHANGES {table.Name}, @p0) AS c ORDER BY c.SYS_CHANGE_VERSION"),
        [since]);
}
