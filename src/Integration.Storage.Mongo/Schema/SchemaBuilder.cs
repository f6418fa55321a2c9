using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Reading;
using Microsoft.Extensions.Logging;

namespace Integration.Storage.Mongo.Schema;

/// <summary>Checks the deployment, and brings a database to the declared collections and indexes. Runs at open.</summary>
internal sealed class SchemaBuilder(IMongoConnection connection, string database, ILogger logger)
{
    /// <summary>Layout of documents made by this program, kept in the state collection. Raised when an older program could not read them.</summary>
    internal const int Version = 1;

    private const string FormatDocument = "format";

    /// <exception cref="StoreUnavailableException">The server has no transactions, or a newer version of this program wrote the database.</exception>
    public void Build(IReadOnlyList<CollectionLayout> layouts)
    {
        RefuseStandalone();
        var present = Collections();
        CheckVersion(present.Contains(StoredNames.State));
        WriterSession.EndLast(connection, database);
        var names = layouts.Select(layout => layout.Name).Concat(layouts.Where(layout => layout.Collection.HasPayload).Select(layout => layout.PayloadCollection));
        foreach (var name in names.Append(StoredNames.State).Where(name => !present.Contains(name)))
        {
            connection.Run(database, new BsonWriter().String("create", name).Finish());
        }

        EnsureState(StoredNames.SequenceDocument, "last", 0);
        EnsureState(FormatDocument, "version", Version);
        foreach (var layout in layouts)
        {
            BuildFields(layout, isNew: !present.Contains(layout.Name));
            BuildIndexes(layout, isNew: !present.Contains(layout.Name));
        }
    }

    private void RefuseStandalone()
    {
        var hello = connection.Run("admin", new BsonWriter().Int32("hello", 1).Finish());
        var isSharded = hello["msg"u8] is { Type: BsonType.String } message && message.Text == "isdbgrid";
        if (!isSharded && hello["setName"u8] is null)
        {
            throw new StoreUnavailableException(
                "This MongoDB is a stand-alone server, which has no transactions. Start mongod with --replSet rs0 (or replication.replSetName in its configuration), " +
                "then run once: mongosh --eval 'rs.initiate()'");
        }
    }

    private HashSet<string> Collections() =>
        [.. new DocumentCommands(connection, database).Find(new BsonWriter().Int32("listCollections", 1).Boolean("nameOnly", true).ToArray()).Select(c => c["name"u8]!.Value.Text)];

    private void CheckVersion(bool hasState)
    {
        var found = hasState
            ? State(FormatDocument)?["version"u8]?.Whole ?? Version
            : Version;
        if (found > Version)
        {
            throw new StoreUnavailableException(
                $"The database {database} was written by a newer version of this program (layout {found}, this one knows {Version}). Start that version.");
        }
    }

    private BsonDocument? State(string id) => new DocumentCommands(connection, database)
        .Find(new BsonWriter().String("find", StoredNames.State).BeginDocument("filter").String(StoredNames.Id, id).End().Int32("limit", 1).Boolean("singleBatch", true).ToArray())
        .Select(found => (BsonDocument?)found).FirstOrDefault();

    /// <summary>Makes a state document that is missing; one that is there stays as it is.</summary>
    private void EnsureState(string id, string name, long value) => Upsert(id, "$setOnInsert", writer => writer.Int64(name, value));

    private void Upsert(string id, string @operator, Action<BsonWriter> write)
    {
        var writer = new BsonWriter().String("update", StoredNames.State).BeginArray("updates").BeginDocument("")
            .BeginDocument("q").String(StoredNames.Id, id).End().BeginDocument("u").BeginDocument(@operator);
        write(writer);
        writer.End().End().Boolean("upsert", true).End().End().BeginDocument("writeConcern").String("w", "majority").Boolean("j", true).End();
        connection.Run(database, writer.Finish());
    }

    private void BuildFields(CollectionLayout layout, bool isNew)
    {
        var state = $"fields/{layout.Name}";
        var declared = layout.Collection.Fields.Select(field => field.Name).ToList();
        var known = State(state)?["names"u8]?.Document.Select(name => name.Value.Text).ToHashSet();
        var added = declared.Where(name => known?.Contains(name) != true).ToList();
        if (added.Count > 0 && !isNew)
        {
            var documents = new FieldBackfill(connection, database, layout).Run();
            foreach (var name in added)
            {
                logger.FieldAdded(layout.Name, name, documents);
            }
        }

        if (added.Count > 0 || known is null)
        {
            Upsert(state, "$set", writer =>
            {
                writer.BeginArray("names");
                foreach (var name in declared)
                {
                    writer.String("", name);
                }

                writer.End();
            });
        }
    }

    private void BuildIndexes(CollectionLayout layout, bool isNew)
    {
        var present = new DocumentCommands(connection, database).Find(new BsonWriter().String("listIndexes", layout.Name).ToArray())
            .ToDictionary(index => index["name"u8]!.Value.Text, StringComparer.Ordinal);
        present.Remove("_id_");
        var missing = new List<IndexLayout>();
        foreach (var index in layout.Indexes)
        {
            if (present.Remove(index.Name, out var found) && index.IsSame(found))
            {
                continue;
            }

            if (found.Bytes.Length > 0)
            {
                logger.IndexDiffers(index.Name, layout.Name, index.Index.Serves);
                connection.Run(database, new BsonWriter().String("dropIndexes", layout.Name).String("index", index.Name).Finish());
            }
            else if (!isNew)
            {
                logger.IndexMissing(index.Name, layout.Name, index.Index.Serves);
            }

            missing.Add(index);
        }

        Create(layout, missing);
        foreach (var unknown in present.Keys)
        {
            logger.IndexUnknown(unknown, layout.Name);
        }
    }

    private void Create(CollectionLayout layout, List<IndexLayout> indexes)
    {
        if (indexes.Count == 0)
        {
            return;
        }

        var writer = new BsonWriter().String("createIndexes", layout.Name).BeginArray("indexes");
        foreach (var index in indexes)
        {
            index.Write(writer);
        }

        writer.End();
        try
        {
            connection.Run(database, writer.Finish());
        }
        catch (MongoCommandException e) when (e.IsDuplicateKey)
        {
            throw new StoreUnavailableException(
                $"A unique index of {layout.Name} cannot be made: stored documents agree in all its fields. Remove the surplus ones with the version that wrote them.", e);
        }
    }
}
