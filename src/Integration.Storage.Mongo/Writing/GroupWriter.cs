using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Reading;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Writing;

/// <summary>Carries out a group of batches in one transaction, once. Belongs to the writer thread.</summary>
internal sealed class GroupWriter(IMongoConnection connection, string database)
{
    private readonly GroupCommands _commands = new(connection, database);

    /// <summary>Begins a transaction and sends all but its commit.</summary>
    /// <param name="trustNew">Documents that must be new are not looked for: the insert tells, and fails the transaction, if one is not.</param>
    /// <returns>A result a batch; whether there is anything to commit.</returns>
    /// <exception cref="MongoCommandException">The transaction failed; it is to be aborted.</exception>
    public (CommitResult[] Results, bool HasChanges) Send(IReadOnlyList<PreparedBatch> batches, bool trustNew)
    {
        connection.Begin();
        var puts = batches.Sum(batch => batch.Writes.Count(prepared => !prepared.Write.IsDelete));
        var sequence = _commands.TakeSequence(puts);
        var plan = Plan(batches, trustNew);
        var results = new CommitResult[batches.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = plan.Apply(batches[i], ref sequence);
        }

        _commands.Write(plan);
        return (results, plan.Changed.Values.Any(state => state.IsTouched));
    }

    private GroupPlan Plan(IReadOnlyList<PreparedBatch> batches, bool trustNew)
    {
        var found = new Dictionary<(CollectionLayout, string), DocumentState>();
        var holders = new Dictionary<UniqueKey, string>();
        var held = new Dictionary<(CollectionLayout, string), List<UniqueKey>>();
        foreach (var collection in batches.SelectMany(batch => batch.Writes).GroupBy(prepared => prepared.Layout))
        {
            void Keep(string id, BsonDocument document) => Note(collection.Key, id, document, found, holders, held);
            var isUnique = collection.Key.UniqueIndexes.Count > 0;
            var ids = collection.Where(prepared => !trustNew || isUnique || prepared.Write.ExpectedVersion != 0).Select(prepared => prepared.Write.Id);
            _commands.Find(collection.Key, ids.Distinct(StringComparer.Ordinal), Keep);
            if (isUnique)
            {
                _commands.FindHolders(collection.Key, collection.SelectMany(UniqueKey.Of).Distinct(), Keep);
            }
        }

        return new GroupPlan(found, holders, held);
    }

    private static void Note(
        CollectionLayout layout, string id, BsonDocument document, Dictionary<(CollectionLayout, string), DocumentState> found,
        Dictionary<UniqueKey, string> holders, Dictionary<(CollectionLayout, string), List<UniqueKey>> held)
    {
        var version = document["version"u8]!.Value.Whole;
        found[(layout, id)] = new DocumentState(version, 0) { FoundVersion = version, FoundParts = document["payloadParts"u8]?.Document };
        if (layout.UniqueIndexes.Count == 0)
        {
            return;
        }

        var values = layout.Collection.Fields.Select(field => field.Type == DocumentFieldType.TextList ? null : FieldReading.Read(document, field)).ToArray();
        var keys = layout.UniqueIndexes.Select(index => layout.UniqueKey(index, values) is { } key ? new UniqueKey(layout, index, key) : null).OfType<UniqueKey>().ToList();
        held[(layout, id)] = keys;
        foreach (var key in keys)
        {
            holders[key] = id;
        }
    }
}
