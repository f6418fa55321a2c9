
namespace Integration.SystemTests.Storage;

/// <summary>The whole product on MongoDB: what a day of messages becomes there is what it becomes on the embedded store.</summary>
[Collection(MongoDayCollection.Name)]
public sealed class MongoEngineTests(MongoDay day)
{
    [Fact]
    public async Task HospitalDay_OnMongo_IsTheRecordThatItIsOnSqlite()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var mongo = await day.PlayedAsync(cancellationToken);
        using var data = new TemporaryFolder();
        await using var sqlite = await HospitalDay.PlayAsync(EngineStorage.Sqlite, data.Path, cancellationToken);

        var expected = await HospitalDay.RecordAsync(sqlite, cancellationToken);
        var found = await HospitalDay.RecordAsync(mongo, cancellationToken);

        Assert.True(expected.Count > 10, "The day has too few patients to prove anything.");
        Assert.Equal(expected, found);
        Assert.Equal(await TotalAsync(sqlite, cancellationToken), await TotalAsync(mongo, cancellationToken));
    }

    private static async Task<string> TotalAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        var balance = await engine.GetJsonAsync("/api/v1/conservation", cancellationToken);
        Assert.True((bool)balance["balanced"]!, balance.ToJsonString());
        return balance["total"]!.ToJsonString();
    }
}
