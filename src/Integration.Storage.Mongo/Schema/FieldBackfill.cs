using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Reading;

namespace Integration.Storage.Mongo.Schema;

/// <summary>Fills fields that were declared after documents had been written, from the bodies of those documents. Running it again changes nothing.</summary>
internal sealed class FieldBackfill(IMongoConnection connection, string database, CollectionLayout layout)
{
    private const int Chunk = 500;

    /// <returns>Documents read.</returns>
    public long Run()
    {
        var (count, last) = (0L, (string?)null);
        while (true)
        {
            var documents = Read(last);
            if (documents.Count == 0)
            {
                return count;
            }

            Fill(documents);
            count += documents.Count;
            last = documents[^1]["_id"u8]!.Value.Text;
        }
    }

    private List<BsonDocument> Read(string? after)
    {
        var writer = new BsonWriter().String("find", layout.Name).BeginDocument("filter");
        if (after is not null)
        {
            writer.BeginDocument(StoredNames.Id).String("$gt", after).End();
        }

        writer.End().BeginDocument("sort").Int32(StoredNames.Id, 1).End().Int32("limit", Chunk);
        DocumentCommands.WriteProjection(writer, withPayload: false, []);
        return [.. new DocumentCommands(connection, database).Find(writer.ToArray())];
    }

    private void Fill(List<BsonDocument> documents)
    {
        var writer = new BsonWriter().String("update", layout.Name).BeginArray("updates");
        foreach (var document in documents)
        {
            var values = layout.Collection.ValuesOf(DocumentEncoder.Json(document));
            writer.BeginDocument("").BeginDocument("q").String(StoredNames.Id, document["_id"u8]!.Value.Text).Int64(StoredNames.Version, document["version"u8]!.Value.Whole).End();

            // The version is the same: this is no write of the product, and a writer that comes in between has filled the fields itself.
            writer.BeginDocument("u").BeginDocument("$set").Int64(StoredNames.Version, document["version"u8]!.Value.Whole);
            DocumentEncoder.WriteFields(writer, layout.Collection, values, []);
            writer.End().End().End();
        }

        writer.End().BeginDocument("writeConcern").String("w", "majority").Boolean("j", true).End();
        connection.Run(database, writer.Finish());
    }
}
