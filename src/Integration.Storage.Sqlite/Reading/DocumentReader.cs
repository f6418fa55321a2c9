using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;
using static Integration.Storage.Sqlite.Schema.CollectionTable;

namespace Integration.Storage.Sqlite.Reading;

/// <summary>Reads documents by id, counts and groups, on a connection of the pool.</summary>
internal static class DocumentReader
{
    /// <summary>One document, or null.</summary>
    public static StoredDocument? Get(Database database, CollectionTable table, string id, bool withPayload)
    {
        var payload = withPayload && table.Collection.HasPayload;
        var statement = database.Prepared(payload ? table.SelectByIdWithPayload : table.SelectById);
        return Get(statement, id, payload);
    }

    /// <summary>The documents that exist of those ids, in one transaction.</summary>
    public static IReadOnlyList<StoredDocument> GetMany(Database database, CollectionTable table, IReadOnlyCollection<string> ids)
    {
        var documents = new List<StoredDocument>(ids.Count);
        database.Prepared("BEGIN").Run();
        var statement = database.Prepared(table.SelectById);
        foreach (var id in ids)
        {
            if (Get(statement, id, withPayload: false) is { } document)
            {
                documents.Add(document);
            }
        }

        database.Prepared("COMMIT").Run();
        return documents;
    }

    public static long Count(Database database, CollectionTable table, IReadOnlyList<DocumentFilter> where, long atMost)
    {
        var sql = new SqlText().Add("SELECT count(*) FROM (SELECT 1");
        sql.Append(FilterSql.FromWhere(table, where));
        var statement = sql.Add(" LIMIT ").Value(atMost).Add(")").Bind(database);
        statement.Step();
        var count = statement.Integer(0);
        statement.Reset();
        return count;
    }

    public static IReadOnlyList<GroupCount> GroupAndCount(
        Database database, CollectionTable table, IReadOnlyList<DocumentFilter> where, IReadOnlyList<DocumentField> by)
    {
        var columns = string.Join(", ", by.Select(field => $"t.{Quote(field.Name)}"));
        var sql = new SqlText().Add($"SELECT count(*), {columns}");
        sql.Append(FilterSql.FromWhere(table, where));
        var statement = sql.Add($" GROUP BY {columns} ORDER BY count(*) DESC, {columns} LIMIT ").Value((long)DocumentQueryRules.MaxGroups).Bind(database);
        var groups = new List<GroupCount>();
        while (statement.Step())
        {
            groups.Add(new GroupCount([.. by.Select((field, i) => FieldValues.Read(statement, 1 + i, field.Type))], statement.Integer(0)));
        }

        statement.Reset();
        return groups;
    }

    /// <summary>A row of id, version, sequence, body and payload.</summary>
    public static StoredDocument Document(Statement row, bool withPayload) => new(
        row.Text(0), row.Integer(1), row.Integer(2), row.Bytes(3).ToArray(), withPayload ? row.Bytes(4).ToArray() : default);

    private static StoredDocument? Get(Statement statement, string id, bool withPayload)
    {
        statement.BindText(1, id);
        var document = statement.Step() ? Document(statement, withPayload) : null;
        statement.Reset();
        return document;
    }
}
