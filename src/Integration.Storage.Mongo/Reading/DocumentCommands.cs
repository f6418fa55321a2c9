using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Reading;

/// <summary>The questions that are put to the database, on one connection.</summary>
internal sealed class DocumentCommands(IMongoConnection connection, string database)
{
    /// <summary>Ids of one <c>$in</c>, so that a command stays far below 16 MB.</summary>
    private const int IdsACommand = 5_000;

    /// <summary>One document, or null.</summary>
    public StoredDocument? Get(DocumentCollection collection, string id, bool withPayload)
    {
        var payload = withPayload && collection.HasPayload;
        // A document that is written anew while its long payload is read is read once more.
        while (true)
        {
            var writer = new BsonWriter().String("find", collection.Name).BeginDocument("filter").String(StoredNames.Id, id).End().Int32("limit", 1).Boolean("singleBatch", true);
            WriteProjection(writer, payload, []);
            if (Find(writer.ToArray()).Select(found => (BsonDocument?)found).FirstOrDefault() is not { } stored)
            {
                return null;
            }

            if (Document(collection, stored, payload) is { } document)
            {
                return document;
            }
        }
    }

    /// <summary>The documents that exist of those ids.</summary>
    public IReadOnlyList<StoredDocument> GetMany(DocumentCollection collection, IReadOnlyCollection<string> ids)
    {
        var documents = new List<StoredDocument>(ids.Count);
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(IdsACommand))
        {
            var writer = new BsonWriter().String("find", collection.Name).BeginDocument("filter").BeginDocument(StoredNames.Id).BeginArray("$in");
            foreach (var id in some)
            {
                writer.String("", id);
            }

            writer.End().End().End().Int32("batchSize", some.Length);
            WriteProjection(writer, withPayload: false, []);
            documents.AddRange(Find(writer.ToArray()).Select(found => Document(collection, found, withPayload: false)!));
        }

        return documents;
    }

    public long Count(DocumentCollection collection, IReadOnlyList<DocumentFilter> where, long atMost)
    {
        if (atMost == 0)
        {
            return 0;
        }

        var writer = new BsonWriter().String("aggregate", collection.Name).BeginArray("pipeline").BeginDocument("");
        FilterBson.Write(writer, "$match", where);
        writer.End().BeginDocument("").Int64("$limit", atMost).End()
            .BeginDocument("").BeginDocument("$group").Null(StoredNames.Id).BeginDocument("n").Int64("$sum", 1).End().End().End()
            .End().BeginDocument("cursor").End();
        return Find(writer.ToArray()).Select(group => group["n"u8]!.Value.Whole).FirstOrDefault();
    }

    public IReadOnlyList<GroupCount> GroupAndCount(DocumentCollection collection, IReadOnlyList<DocumentFilter> where, IReadOnlyList<DocumentField> by)
    {
        var keys = by.SelectMany(FieldKey.Of).ToArray();
        var writer = new BsonWriter().String("aggregate", collection.Name).BeginArray("pipeline").BeginDocument("");
        FilterBson.Write(writer, "$match", where);
        writer.End().BeginDocument("").BeginDocument("$group").BeginDocument(StoredNames.Id);
        foreach (var (i, key) in keys.Index())
        {
            // Absent would be another group than null, and sort by its name.
            writer.BeginDocument($"k{i}").BeginArray("$ifNull").String("", $"${key.Path}").Null("").End().End();
        }

        writer.End().BeginDocument("n").Int64("$sum", 1).End().End().End().BeginDocument("").BeginDocument("$sort").Int32("n", -1);
        for (var i = 0; i < keys.Length; i++)
        {
            writer.Int32($"_id.k{i}", 1);
        }

        writer.End().End().BeginDocument("").Int64("$limit", DocumentQueryRules.MaxGroups).End().End().BeginDocument("cursor").End();
        return [.. Find(writer.ToArray()).Select(group => new GroupCount(GroupKey(group["_id"u8]!.Value.Document, by), group["n"u8]!.Value.Whole))];
    }

    /// <summary>What <c>dbStats</c> says of the database and <c>collStats</c> of each collection and of the long payloads beside it.</summary>
    public StorageFigures Measure(IReadOnlyList<DocumentCollection> collections)
    {
        var whole = connection.Read(database, new BsonWriter().Int32("dbStats", 1).Finish());
        var bytes = Whole(whole, "totalSize"u8) is > 0 and var total ? total : Whole(whole, "storageSize"u8) + Whole(whole, "indexSize"u8);
        return new StorageFigures(bytes, Whole(whole, "freeStorageSize"u8), [.. collections.Select(collection =>
        {
            var (documents, content) = Statistics(collection.Name);
            return new CollectionFigures(collection.Name, documents, content + (collection.HasPayload ? Statistics(StoredNames.PayloadCollection(collection.Name)).Bytes : 0));
        })]);
    }

    private (long Documents, long Bytes) Statistics(string collection)
    {
        var statistics = connection.Read(database, new BsonWriter().String("collStats", collection).Finish());
        return (Whole(statistics, "count"u8), Whole(statistics, "size"u8));
    }

    private static long Whole(BsonDocument statistics, ReadOnlySpan<byte> name) => statistics[name]?.Whole ?? 0;

    /// <summary>Every document of a <c>find</c> or <c>aggregate</c>, batch by batch.</summary>
    public IEnumerable<BsonDocument> Find(byte[] command)
    {
        var cursor = connection.Read(database, command)["cursor"u8]!.Value.Document;
        for (var batch = cursor["firstBatch"u8]!.Value.Document; ; batch = cursor["nextBatch"u8]!.Value.Document)
        {
            foreach (var document in batch)
            {
                yield return document.Value.Document;
            }

            if (cursor["id"u8]!.Value.Whole is not (not 0 and var id))
            {
                yield break;
            }

            var collection = cursor["ns"u8]!.Value.Text[(database.Length + 1)..];
            cursor = connection.Run(database, new BsonWriter().Int64("getMore", id).String("collection", collection).Finish())["cursor"u8]!.Value.Document;
        }
    }

    /// <summary>A found document; null when its long payload was replaced meanwhile.</summary>
    public StoredDocument? Document(DocumentCollection collection, BsonDocument found, bool withPayload)
    {
        var payload = ReadOnlyMemory<byte>.Empty;
        if (withPayload && found["payload"u8] is { } inside)
        {
            payload = inside.Binary;
        }
        else if (withPayload && found["payloadParts"u8] is { } parts)
        {
            if (LongPayload(collection, parts.Document) is not { } whole)
            {
                return null;
            }

            payload = whole;
        }

        return new StoredDocument(
            found["_id"u8]!.Value.Text, found["version"u8]!.Value.Whole, found["sequence"u8]!.Value.Whole, DocumentEncoder.Json(found), payload);
    }

    /// <summary>What a document is read from, and <paramref name="further"/> paths.</summary>
    public static void WriteProjection(BsonWriter writer, bool withPayload, IEnumerable<string> further)
    {
        string[] names = [StoredNames.Version, StoredNames.Sequence, StoredNames.Body, BodyTexts.Texts, BodyTexts.DecimalTexts];
        string[] payload = withPayload ? [StoredNames.Payload, StoredNames.PayloadParts] : [];
        writer.BeginDocument("projection");
        foreach (var path in names.Concat(payload).Concat(further).Where(path => path != StoredNames.Id).Distinct())
        {
            writer.Int32(path, 1);
        }

        writer.End();
    }

    private byte[]? LongPayload(DocumentCollection collection, BsonDocument parts)
    {
        var (sequence, count) = (parts["sequence"u8]!.Value.Whole, (int)parts["count"u8]!.Value.Whole);
        var bytes = new MemoryStream();
        for (var part = 0; part < count; part++)
        {
            var writer = new BsonWriter().String("find", StoredNames.PayloadCollection(collection.Name))
                .BeginDocument("filter").String(StoredNames.Id, StoredNames.PartId(sequence, part)).End().Int32("limit", 1).Boolean("singleBatch", true);
            if (Find(writer.ToArray()).Select(found => (ReadOnlyMemory<byte>?)found["bytes"u8]!.Value.Binary).FirstOrDefault() is not { } some)
            {
                return null;
            }

            bytes.Write(some.Span);
        }

        return bytes.ToArray();
    }

    private static List<object?> GroupKey(BsonDocument id, IReadOnlyList<DocumentField> by)
    {
        var values = id.Select(element => (BsonValue?)element.Value).ToList();
        var (key, at) = (new List<object?>(by.Count), 0);
        foreach (var field in by)
        {
            var isTime = field.Type == DocumentFieldType.Time;
            key.Add(FieldReading.Value(values[at], field, isTime ? values[at + 1] : null));
            at += isTime ? 2 : 1;
        }

        return key;
    }
}
