using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Writing;

/// <summary>The commands of one group, inside the open transaction of a connection.</summary>
internal sealed class GroupCommands(IMongoConnection connection, string database)
{
    /// <summary>Payload bytes that stay in the document; what is longer goes into parts beside it.</summary>
    public const int MostInlineBytes = 256 * 1024;

    private const int PartBytes = 4 << 20;
    private const int MostCommandBytes = 8 << 20;
    private const int MostStatements = 1_000;

    private readonly BsonWriter _writer = new();

    /// <summary>Takes <paramref name="count"/> sequence numbers. First in every transaction: until it ends, every other one of this database waits or is run again.</summary>
    /// <returns>The last number given out before.</returns>
    public long TakeSequence(long count)
    {
        _writer.Reset();
        _writer.String("findAndModify", StoredNames.State).BeginDocument("query").String(StoredNames.Id, StoredNames.SequenceDocument).End()
            .BeginDocument("update").BeginDocument("$inc").Int64("last", count).End().End().Boolean("new", true);
        var value = connection.Run(database, _writer.Finish())["value"u8]!.Value.Document;
        return value["last"u8]!.Value.Whole - count;
    }

    /// <summary>The documents that exist of those ids.</summary>
    public void Find(CollectionLayout layout, IEnumerable<string> ids, Action<string, BsonDocument> found)
    {
        foreach (var some in ids.Chunk(MostStatements))
        {
            _writer.Reset();
            _writer.String("find", layout.Name).BeginDocument("filter").BeginDocument(StoredNames.Id).BeginArray("$in");
            foreach (var id in some)
            {
                _writer.String("", id);
            }

            _writer.End().End().End();
            WriteProjection(layout);
            _writer.Int32("batchSize", some.Length + 1);
            Read(found);
        }
    }

    /// <summary>The documents that hold one of those keys.</summary>
    public void FindHolders(CollectionLayout layout, IEnumerable<UniqueKey> keys, Action<string, BsonDocument> found)
    {
        foreach (var some in keys.Chunk(MostStatements))
        {
            _writer.Reset();
            _writer.String("find", layout.Name).BeginDocument("filter").BeginArray("$or");
            foreach (var key in some)
            {
                _writer.BeginDocument("");
                foreach (var (i, field) in key.Index.Fields.Index())
                {
                    foreach (var place in FieldKey.Of(field))
                    {
                        place.Write(_writer, place.Path, key.Values[i]);
                    }
                }

                _writer.End();
            }

            _writer.End().End();
            WriteProjection(layout);
            _writer.Int32("batchSize", some.Length + 1);
            Read(found);
        }
    }

    /// <summary>Sends what a plan changes: deletes, then updates, then inserts, so that a unique key that is passed on is free when it is taken.</summary>
    /// <exception cref="InvalidOperationException">A document is not as it was found in this transaction.</exception>
    public void Write(GroupPlan plan)
    {
        foreach (var collection in plan.Changed.Where(change => change.Value.IsTouched).GroupBy(change => change.Key.Layout))
        {
            WriteParts(collection.Key, collection.Select(change => change.Value));
            Send("delete", "deletes", collection.Key.Name, collection.Where(c => c.Value is { FoundVersion: > 0, Put: null }), (w, id, state) => WriteDelete(w, id, state));
            Send("update", "updates", collection.Key.Name, collection.Where(c => c.Value is { FoundVersion: > 0, Put: not null }), WriteUpdate);
            Send("insert", "documents", collection.Key.Name, collection.Where(c => c.Value is { FoundVersion: 0, Put: not null }), WriteInsert);
        }
    }

    private void WriteProjection(CollectionLayout layout)
    {
        _writer.BeginDocument("projection").Int32(StoredNames.Version, 1).Int32(StoredNames.PayloadParts, 1);
        foreach (var path in layout.UniqueIndexes.SelectMany(index => index.Fields).SelectMany(FieldKey.Of).Select(key => key.Path).Distinct())
        {
            _writer.Int32(path, 1);
        }

        _writer.End();
    }

    private void Read(Action<string, BsonDocument> found)
    {
        var command = _writer.ToArray();
        var collection = new BsonDocument(command).First().Value.Text;
        var cursor = connection.Run(database, command)["cursor"u8]!.Value.Document;
        for (var batch = cursor["firstBatch"u8]!.Value.Document; ; batch = cursor["nextBatch"u8]!.Value.Document)
        {
            foreach (var element in batch)
            {
                found(element.Value.Document["_id"u8]!.Value.Text, element.Value.Document);
            }

            if (cursor["id"u8]!.Value.Whole is not (not 0 and var id))
            {
                return;
            }

            cursor = connection.Run(database, new BsonWriter().Int64("getMore", id).String("collection", collection).Finish())["cursor"u8]!.Value.Document;
        }
    }

    private void Send(
        string command, string list, string collection, IEnumerable<KeyValuePair<(CollectionLayout Layout, string Id), DocumentState>> changes,
        Action<BsonWriter, string, DocumentState> write)
    {
        var statements = 0;
        foreach (var ((_, id), state) in changes)
        {
            if (statements == 0)
            {
                _writer.Reset();
                _writer.String(command, collection).BeginArray(list);
            }

            write(_writer, id, state);
            if (++statements == MostStatements || _writer.Length > MostCommandBytes)
            {
                Run(statements);
                statements = 0;
            }
        }

        if (statements > 0)
        {
            Run(statements);
        }
    }

    private void Run(int statements, bool isCounted = true)
    {
        _writer.End().Boolean("ordered", true);
        var reply = connection.Run(database, _writer.Finish());
        if (reply["writeErrors"u8]?.Document.FirstOrDefault() is { Value.Bytes.Length: > 0 } first)
        {
            var error = first.Value.Document;
            throw new MongoCommandException((int)error["code"u8]!.Value.Whole, error["errmsg"u8]?.Text ?? "", isFromServer: true, labels: []);
        }

        var done = reply["n"u8]!.Value.Whole;
        if (isCounted && done != statements)
        {
            throw new InvalidOperationException($"MongoDB carried out {done} of {statements} writes: a document changed inside a transaction that had read it.");
        }
    }

    private static void WriteDelete(BsonWriter writer, string id, DocumentState state) =>
        writer.BeginDocument("").BeginDocument("q").String(StoredNames.Id, id).Int64(StoredNames.Version, state.FoundVersion).End().Int32("limit", 1).End();

    private static void WriteUpdate(BsonWriter writer, string id, DocumentState state)
    {
        var put = state.Put!;
        writer.BeginDocument("").BeginDocument("q").String(StoredNames.Id, id).Int64(StoredNames.Version, state.FoundVersion).End().BeginDocument("u");
        if (state.IsReplaced || state.Payload is not null || !put.Layout.Collection.HasPayload)
        {
            WriteHead(writer, id, state);
            writer.Elements(put.Elements);
            WritePayload(writer, state);
        }
        else
        {
            writer.BeginDocument("$set").Int64(StoredNames.Version, state.Version).Int64(StoredNames.Sequence, state.Sequence).Elements(put.Elements).End();
            if (put.Absent.Count > 0)
            {
                writer.BeginDocument("$unset");
                foreach (var name in put.Absent)
                {
                    writer.Int32(name, 1);
                }

                writer.End();
            }
        }

        writer.End().End();
    }

    private static void WriteInsert(BsonWriter writer, string id, DocumentState state)
    {
        writer.BeginDocument("");
        WriteHead(writer, id, state);
        writer.Elements(state.Put!.Elements);
        WritePayload(writer, state);
        writer.End();
    }

    private static void WriteHead(BsonWriter writer, string id, DocumentState state) =>
        writer.String(StoredNames.Id, id).Int64(StoredNames.Version, state.Version).Int64(StoredNames.Sequence, state.Sequence);

    private static void WritePayload(BsonWriter writer, DocumentState state)
    {
        if (state.Payload is not { Length: > 0 } payload)
        {
            return;
        }

        if (payload.Length <= MostInlineBytes)
        {
            writer.Binary(StoredNames.Payload, payload.Span);
        }
        else
        {
            writer.BeginDocument(StoredNames.PayloadParts).Int64("sequence", state.Sequence)
                .Int32("count", (payload.Length + PartBytes - 1) / PartBytes).Int64("length", payload.Length).End();
        }
    }

    /// <summary>Removes parts that nothing names any more and writes the new ones.</summary>
    private void WriteParts(CollectionLayout layout, IEnumerable<DocumentState> states)
    {
        foreach (var state in states)
        {
            if (state.FoundParts is { } parts && (state.Put is null || state.IsReplaced || state.Payload is not null))
            {
                _writer.Reset();
                _writer.String("delete", layout.PayloadCollection).BeginArray("deletes").BeginDocument("").BeginDocument("q").BeginDocument(StoredNames.Id).BeginArray("$in");
                for (var part = 0; part < parts["count"u8]!.Value.Whole; part++)
                {
                    _writer.String("", StoredNames.PartId(parts["sequence"u8]!.Value.Whole, part));
                }

                _writer.End().End().End().Int32("limit", 0).End();
                Run(1, isCounted: false);
            }

            if (state is { Put: not null, Payload: { Length: > MostInlineBytes } payload })
            {
                for (var (part, start) = (0, 0); start < payload.Length; (part, start) = (part + 1, start + PartBytes))
                {
                    _writer.Reset();
                    _writer.String("insert", layout.PayloadCollection).BeginArray("documents").BeginDocument("").String(StoredNames.Id, StoredNames.PartId(state.Sequence, part))
                        .Binary("bytes", payload.Slice(start, Math.Min(PartBytes, payload.Length - start)).Span).End();
                    Run(1);
                }
            }
        }
    }
}
