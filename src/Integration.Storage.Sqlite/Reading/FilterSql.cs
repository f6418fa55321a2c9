using System.Text;
using Integration.Core.Storage;
using Integration.Storage.Sqlite.Schema;
using static Integration.Storage.Sqlite.Schema.CollectionTable;

namespace Integration.Storage.Sqlite.Reading;

/// <summary>
/// Writes FROM and WHERE for the filters of a query. The collection's table is <c>t</c>. The first filter on a list drives the search
/// through its side table, <c>found</c>; further ones are looked up for each document found.
/// </summary>
internal static class FilterSql
{
    /// <param name="joins">Further joins behind the table, e.g. the payload.</param>
    /// <param name="filters">Checked.</param>
    public static SqlText FromWhere(CollectionTable table, IReadOnlyList<DocumentFilter> filters, string joins = "")
    {
        var sql = new SqlText();
        var driver = filters.FirstOrDefault(IsListSearch);
        if (driver is null)
        {
            sql.Add($" FROM {table.Table} t{joins} WHERE 1");
        }
        else if (driver is DocumentFilter.Equal equal)
        {
            // No document holds a text twice, so that nothing need be gathered: an index that has the order asked for is read until the page is full.
            sql.Add($" FROM {table.List(driver.Field).Table} found CROSS JOIN {table.Table} t NOT INDEXED ON t.row=found.row{joins} WHERE found.value=").Value(equal.Value);
        }
        else
        {
            // CROSS JOIN fixes the order of the search, and NOT INDEXED leaves the row number as the only way into t: without
            // statistics SQLite might otherwise walk a whole index that happens to have the order asked for.
            sql.Add(" FROM (SELECT DISTINCT row FROM ").Add(table.List(driver.Field).Table).Add(" WHERE ");
            AddCondition(sql, "value", driver);
            sql.Add($") found CROSS JOIN {table.Table} t NOT INDEXED ON t.row=found.row{joins} WHERE 1");
        }

        foreach (var filter in filters)
        {
            if (!ReferenceEquals(filter, driver))
            {
                sql.Add(" AND ");
                AddFilter(sql, table, filter);
                if (filter is DocumentFilter.Range range && range.Field == OrderOf(table, filters))
                {
                    sql.Add(" AND ");
                    AddRange(sql, "found.place", range.From, range.Below);
                }
            }
        }

        return sql;
    }

    /// <summary>The field whose order the search already has, so that <c>found.place</c> stands for it; null when there is none.</summary>
    public static DocumentField? OrderOf(CollectionTable table, IReadOnlyList<DocumentFilter> filters) =>
        filters.FirstOrDefault(IsListSearch) is DocumentFilter.Equal driver ? table.List(driver.Field).Order?.Field : null;

    private static bool IsListSearch(DocumentFilter filter) =>
        filter.Field.Type == DocumentFieldType.TextList && filter is not DocumentFilter.Equal { Value: null };

    private static void AddFilter(SqlText sql, CollectionTable table, DocumentFilter filter)
    {
        if (!IsListSearch(filter))
        {
            AddCondition(sql, $"t.{Quote(filter.Field.Name)}", filter);
            return;
        }

        sql.Add("EXISTS (SELECT 1 FROM ").Add(table.List(filter.Field).Table).Add(" WHERE row=t.row AND ");
        AddCondition(sql, "value", filter);
        sql.Add(")");
    }

    private static void AddCondition(SqlText sql, string column, DocumentFilter filter)
    {
        switch (filter)
        {
            case DocumentFilter.Equal { Value: null }:
                sql.Add(column).Add(" IS NULL");
                break;
            case DocumentFilter.Equal equal:
                sql.Add(column).Add("=").Value(equal.Value);
                break;
            case DocumentFilter.In @in:
                sql.Add(column).Add(" IN (");
                for (var i = 0; i < @in.Values.Count; i++)
                {
                    sql.Add(i == 0 ? "" : ",").Value(@in.Values[i]);
                }

                sql.Add(")");
                break;
            case DocumentFilter.Range range:
                AddRange(sql, column, range.From, range.Below);
                break;
            case DocumentFilter.StartsWith startsWith:
                AddPrefix(sql, column, Encoding.UTF8.GetBytes(startsWith.Prefix));
                break;
            default:
                throw new ArgumentException($"The filter {filter.GetType().Name} is not known to this engine.");
        }
    }

    private static void AddRange(SqlText sql, string column, object? from, object? below)
    {
        // A range without any bound still leaves out documents without the field, as a range with one does.
        sql.Add("(").Add(column).Add(" IS NOT NULL");
        if (from is not null)
        {
            sql.Add(" AND ").Add(column).Add(">=").Value(from);
        }

        if (below is not null)
        {
            sql.Add(" AND ").Add(column).Add("<").Value(below);
        }

        sql.Add(")");
    }

    /// <summary>Text sorts by its UTF-8 bytes, whose last byte is never 0xFF: one more in it is the first text behind all that start with the prefix.</summary>
    private static void AddPrefix(SqlText sql, string column, byte[] prefix)
    {
        if (prefix.Length == 0)
        {
            sql.Add(column).Add(" IS NOT NULL");
            return;
        }

        byte[] behind = [.. prefix];
        behind[^1]++;
        sql.Add("(").Add(column).Add(">=").Value(prefix).Add(" AND ").Add(column).Add("<").Value(behind).Add(")");
    }
}
