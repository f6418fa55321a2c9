using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Microsoft.Extensions.Logging;
using static Integration.Storage.Sqlite.Schema.CollectionTable;

namespace Integration.Storage.Sqlite.Schema;

/// <summary>Brings a database file to the declared collections: tables, columns, indexes. Runs in one transaction at open.</summary>
internal sealed class SchemaBuilder(Database database, ILogger logger)
{
    /// <summary>Layout of tables made by this class, kept in <c>user_version</c>. Raised when an older program could not read the file.</summary>
    internal const int Version = 2;

    /// <summary>Marks the file as ours ("HIE1"), <c>PRAGMA application_id</c>.</summary>
    private const int ApplicationId = 0x48494531;

    /// <exception cref="StoreUnavailableException">The file is another program's, or a newer version of this one made it.</exception>
    public void Build(IReadOnlyList<CollectionTable> tables)
    {
        CheckOrigin(database);
        database.Execute("BEGIN IMMEDIATE");
        database.Execute($"PRAGMA application_id={ApplicationId}");
        database.Execute($"PRAGMA user_version={Version}");
        database.Execute("CREATE TABLE IF NOT EXISTS \"store.meta\" (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
        foreach (var table in tables)
        {
            Build(table);
        }

        database.Execute("COMMIT");
    }

    /// <exception cref="StoreUnavailableException">The file is another program's, or a newer version of this one made it.</exception>
    public static void CheckOrigin(Database database)
    {
        if (database.Number("SELECT count(*) FROM sqlite_master") == 0)
        {
            return;
        }

        if (database.Number("PRAGMA application_id") != ApplicationId)
        {
            throw new StoreUnavailableException(
                $"The database {database.Path} belongs to another program. Move it away or set Storage:Sqlite:Path to another file.");
        }

        var version = database.Number("PRAGMA user_version");
        if (version > Version)
        {
            throw new StoreUnavailableException(
                $"The database {database.Path} was written by a newer version of this program (layout {version}, this one knows {Version}). Start that version.");
        }
    }

    private void Build(CollectionTable table)
    {
        var isNew = !Exists(table.Collection.Name);
        if (isNew)
        {
            CreateTable(table);
        }
        else
        {
            AddFields(table);
        }

        if (table.Collection.HasPayload)
        {
            database.Execute($"CREATE TABLE IF NOT EXISTS {table.PayloadTable} (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
        }

        DropUnknownLists(table);
        BuildIndexes(table, isNew);
    }

    private void CreateTable(CollectionTable table)
    {
        // The body stands last: reading the columns before it never walks its overflow pages.
        var columns = table.Scalars.Select(scalar => $"{Quote(scalar.Field.Name)} {SqlType(scalar.Field)}")
            .Concat(table.Lists.Select(list => $"{Quote(list.Field.Name)} BLOB"));
        database.Execute(
            $"CREATE TABLE {table.Table} (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, sequence INTEGER NOT NULL, " +
            string.Concat(columns.Select(column => column + ", ")) + "body BLOB NOT NULL)");
        foreach (var list in table.Lists)
        {
            CreateListTable(list);
        }
    }

    private void CreateListTable(ListColumn list) => database.Execute(list.Order is null
        ? $"CREATE TABLE {list.Table} (value TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (value, row)) WITHOUT ROWID"
        : $"CREATE TABLE {list.Table} (value TEXT NOT NULL, place INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (value, place, row)) WITHOUT ROWID");

    /// <summary>Lists that are no longer declared. Their column stays, as to take it out would write the whole table anew.</summary>
    private void DropUnknownLists(CollectionTable table)
    {
        var known = table.Lists.Select(list => list.Table).Append(table.PayloadTable).ToHashSet(StringComparer.Ordinal);
        var unknown = new List<string>();
        using (var tables = database.Prepare($"SELECT name FROM sqlite_master WHERE type='table' AND name LIKE {Literal(table.Collection.Name + ".%")}"))
        {
            while (tables.Step())
            {
                unknown.Add(tables.Text(0));
            }
        }

        foreach (var name in unknown.Where(name => !known.Contains(Quote(name))))
        {
            logger.IndexDropped(name, table.Collection.Name);
            database.Execute($"DROP TABLE {Quote(name)}");
        }
    }

    private void AddFields(CollectionTable table)
    {
        var present = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using (var columns = database.Prepare($"SELECT name FROM pragma_table_xinfo({Literal(table.Collection.Name)})"))
        {
            while (columns.Step())
            {
                present.Add(columns.Text(0));
            }
        }

        var scalars = table.Scalars.Where(scalar => !present.Contains(scalar.Field.Name)).ToList();
        var lists = table.Lists.Where(list => !present.Contains(list.Field.Name) || !HasLayout(table, list)).ToList();
        foreach (var scalar in scalars)
        {
            database.Execute($"ALTER TABLE {table.Table} ADD COLUMN {Quote(scalar.Field.Name)} {SqlType(scalar.Field)}");
        }

        foreach (var list in lists)
        {
            if (!present.Contains(list.Field.Name))
            {
                database.Execute($"ALTER TABLE {table.Table} ADD COLUMN {Quote(list.Field.Name)} BLOB");
            }

            database.Execute($"DROP TABLE IF EXISTS {list.Table}");
            CreateListTable(list);
        }

        if (scalars.Count + lists.Count > 0)
        {
            var documents = new FieldBackfill(database, table, scalars, lists).Run();
            foreach (var field in scalars.Select(scalar => scalar.Field).Concat(lists.Select(list => list.Field)))
            {
                logger.FieldAdded(table.Collection.Name, field.Name, documents);
            }
        }
    }

    /// <summary>Whether the side table of a list is there and repeats the order that its index has now.</summary>
    private bool HasLayout(CollectionTable table, ListColumn list) =>
        database.Number($"SELECT count(*) FROM pragma_table_info({Literal($"{table.Collection.Name}.{list.Field.Name}")})") == (list.Order is null ? 2 : 3);

    private void BuildIndexes(CollectionTable table, bool isNew)
    {
        var name = table.Collection.Name;
        var present = PresentIndexes(name);
        foreach (var index in table.Collection.Indexes.Where(index => index.Fields[0].Type != DocumentFieldType.TextList))
        {
            var indexName = $"{name}.{index.Name}";
            var sql = $"CREATE {(index.Unique ? "UNIQUE " : "")}INDEX {Quote(indexName)} ON {table.Table} " +
                $"({string.Join(", ", index.Fields.Select(field => Quote(field.Name)))})";
            if (present.Remove(indexName, out var found) && found == sql)
            {
                continue;
            }

            if (found is not null)
            {
                logger.IndexDiffers(indexName, name, index.Serves);
                database.Execute($"DROP INDEX {Quote(indexName)}");
            }
            else if (!isNew)
            {
                logger.IndexMissing(indexName, name, index.Serves);
            }

            CreateIndex(table, index, sql);
        }

        foreach (var unknown in present.Keys)
        {
            logger.IndexDropped(unknown, name);
            database.Execute($"DROP INDEX {Quote(unknown)}");
        }
    }

    private void CreateIndex(CollectionTable table, DocumentIndex index, string sql)
    {
        using var statement = database.Prepare(sql);
        if (!statement.TryRun())
        {
            throw new StoreUnavailableException(
                $"The unique index {index.Name} of {table.Collection.Name} in {database.Path} cannot be made: stored documents agree in all its fields. " +
                "Remove the surplus ones with the version that wrote them.");
        }
    }

    /// <summary>Indexes of the table that a CREATE INDEX made, with its text; those behind UNIQUE constraints have none.</summary>
    private Dictionary<string, string> PresentIndexes(string table)
    {
        var present = new Dictionary<string, string>(StringComparer.Ordinal);
        using var indexes = database.Prepare($"SELECT name, sql FROM sqlite_master WHERE type='index' AND sql IS NOT NULL AND tbl_name={Literal(table)}");
        while (indexes.Step())
        {
            present.Add(indexes.Text(0), indexes.Text(1));
        }

        return present;
    }

    private bool Exists(string table) => database.Number($"SELECT count(*) FROM sqlite_master WHERE type='table' AND name={Literal(table)}") > 0;

    private static string SqlType(DocumentField field) => field.Type == DocumentFieldType.Text ? "TEXT" : "INTEGER";

    private static string Literal(string text) => $"'{text.Replace("'", "''")}'";
}
