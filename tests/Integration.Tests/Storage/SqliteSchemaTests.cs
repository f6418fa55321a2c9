using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Integration.Storage.Sqlite.Native;
using Integration.Tests.Storage.Contract;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage;

/// <summary>What opening makes of a file that is not quite as declared.</summary>
public sealed class SqliteSchemaTests
{
    [Fact]
    public async Task Open_AsLeft_ReportsNothing()
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        var log = new ListLogger<SqliteDocumentStore>();

        await temporary.ReopenAsync(All, log);

        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DROP INDEX \"items.amount\"", "Index items.amount of items was missing; made now. It serves: by amount")]
    [InlineData("DROP INDEX \"items.amount\"; CREATE INDEX \"items.amount\" ON items (category)", "Index items.amount of items is not as declared; made again. It serves: by amount")]
    [InlineData("CREATE INDEX \"items.note\" ON items (body)", "Index items.note is not declared by items; dropped")]
    public async Task Open_IndexesChangedByHand_ReportsAndRepairs(string change, string expected)
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        var before = Indexes(temporary.Path);
        var log = new ListLogger<SqliteDocumentStore>();

        await temporary.Store.DisposeAsync();
        foreach (var sql in change.Split(';'))
        {
            Execute(temporary.Path, sql);
        }

        await temporary.ReopenAsync(All, log);

        Assert.Contains(log.Lines, line => line == "Warning " + expected);
        Assert.Equal(before, Indexes(temporary.Path));
    }

    [Fact]
    public async Task Open_FieldDeclaredLater_ReportsIt()
    {
        var early = new DocumentCollection<Item>("items", item => item.Id, ContractJson.Default.Item, [], [], item => item.Bytes);
        await using var temporary = await TemporaryStore.OpenAsync([early]);
        var log = new ListLogger<SqliteDocumentStore>();

        await temporary.ReopenAsync([Items], log);

        Assert.Contains("Warning Collection items had no field tags; added and filled from 0 documents", log.Lines);
    }

    [Theory]
    [InlineData("PRAGMA user_version=99", "newer version")]
    [InlineData("PRAGMA application_id=7", "another program")]
    public async Task Open_FileThatIsNotOurs_IsRefusedInOneLine(string change, string expected)
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        await temporary.Store.DisposeAsync();
        Execute(temporary.Path, change);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => temporary.ReopenAsync(All));

        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Open_UniqueIndexThatStoredDocumentsViolate_IsRefused()
    {
        var loose = new DocumentCollection<Booking>(
            "bookings", booking => booking.Id, ContractJson.Default.Booking, [(Bookings.Field("person"), b => b.Person), (Bookings.Field("slot"), b => b.Slot)], []);
        await using var temporary = await TemporaryStore.OpenAsync([loose]);
        var batch = new WriteBatch();
        batch.Add(loose.Put(new Booking("a", "p", 1), 0));
        batch.Add(loose.Put(new Booking("b", "p", 1), 0));
        await temporary.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => temporary.ReopenAsync(All));

        Assert.Contains("person_slot of bookings", refused.Message);
    }

    [Fact]
    public async Task Open_FieldNamedLikeOneOfTheStore_IsAnArgumentException()
    {
        var collection = new DocumentCollection<Item>(
            "items", item => item.Id, ContractJson.Default.Item, [(new("Version", DocumentFieldType.Integer), item => item.Amount)], []);

        await Assert.ThrowsAsync<ArgumentException>(() => TemporaryStore.OpenAsync([collection]));
    }

    private static void Execute(string path, string sql)
    {
        using var database = Database.Open(path, writable: true);
        database.Execute(sql);
    }

    private static List<string> Indexes(string path)
    {
        using var database = Database.Open(path, writable: false);
        var statement = database.Prepared("SELECT sql FROM sqlite_master WHERE type='index' AND sql IS NOT NULL ORDER BY name");
        var indexes = new List<string>();
        while (statement.Step())
        {
            indexes.Add(statement.Text(0));
        }

        statement.Reset();
        return indexes;
    }
}
