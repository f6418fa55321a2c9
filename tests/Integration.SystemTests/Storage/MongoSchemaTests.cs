using Integration.Core.Storage;
using Integration.Storage.Mongo;
using Integration.Storage.Mongo.Bson;
using Integration.SystemTests.Peers;
using Integration.Tests.Storage.Contract;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.SystemTests.Storage;

/// <summary>What opening makes of a database that is not quite as declared.</summary>
public sealed class MongoSchemaTests(MongoPeer peer)
{
    [Fact]
    public async Task Open_AsLeft_ReportsNothing()
    {
        var uri = peer.NewDatabase();
        await (await MongoStores.OpenAsync(uri, All)).DisposeAsync();
        var log = new ListLogger<MongoDocumentStore>();

        await (await MongoStores.OpenAsync(uri, All, log)).DisposeAsync();

        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_IndexesChangedByHand_ReportsAndRepairs()
    {
        var uri = peer.NewDatabase();
        await (await MongoStores.OpenAsync(uri, All)).DisposeAsync();
        Drop(uri, "tags");
        Drop(uri, "amount");
        Create(uri, "amount", "category");
        Create(uri, "ours_alone", "body.note");
        var log = new ListLogger<MongoDocumentStore>();

        await (await MongoStores.OpenAsync(uri, All, log)).DisposeAsync();
        var again = new ListLogger<MongoDocumentStore>();
        await (await MongoStores.OpenAsync(uri, All, again)).DisposeAsync();

        const string Unknown =
            "Warning Index ours_alone is not declared by items and costs every write; if nobody needs it: db.items.dropIndex(\"ours_alone\")";
        Assert.Contains("Warning Index tags of items was missing; made now. It serves: by tag", log.Lines);
        Assert.Contains("Warning Index amount of items is not as declared; made again. It serves: by amount", log.Lines);
        Assert.Contains(Unknown, log.Lines);
        Assert.Equal([Unknown], again.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Query_IndexDroppedWhileOpen_GivesTheSameOrder()
    {
        var uri = peer.NewDatabase();
        await using var store = await MongoStores.OpenAsync(uri, All);
        var batch = new WriteBatch();
        for (var i = 0; i < 20; i++)
        {
            batch.Add(Items.Put(new Item { Id = $"{i:D2}", Amount = i * 7 % 20 }, 0));
        }

        await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
        var query = new DocumentQuery(Items) { OrderBy = [new(Amount)] };
        var before = (await store.QueryAsync(query, CancellationToken.None)).Documents.Select(document => document.Id).ToList();
        Drop(uri, "amount");

        var after = (await store.QueryAsync(query, CancellationToken.None)).Documents.Select(document => document.Id).ToList();

        Assert.Equal(20, before.Count);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Open_WrittenByANewerVersion_IsRefused()
    {
        var uri = peer.NewDatabase();
        await (await MongoStores.OpenAsync(uri, All)).DisposeAsync();
        MongoStores.Run(uri, null, new BsonWriter().String("update", "storeState").BeginArray("updates").BeginDocument("")
            .BeginDocument("q").String("_id", "format").End().BeginDocument("u").BeginDocument("$set").Int64("version", 99).End().End().End().End());

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => MongoStores.OpenAsync(uri, All));

        Assert.Contains("was written by a newer version of this program (layout 99", refused.Message, StringComparison.Ordinal);
    }

    private static void Drop(string uri, string index) => MongoStores.Run(uri, null, new BsonWriter().String("dropIndexes", "items").String("index", index));

    private static void Create(string uri, string index, string field) => MongoStores.Run(
        uri, null,
        new BsonWriter().String("createIndexes", "items").BeginArray("indexes").BeginDocument("").BeginDocument("key").Int32(field, 1).End().String("name", index).End().End());
}
