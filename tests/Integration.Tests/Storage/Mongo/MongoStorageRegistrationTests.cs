using Integration.Core.Storage;
using Integration.Storage.Mongo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Integration.Tests.Storage.Mongo;

public sealed class MongoStorageRegistrationTests
{
    private const string Uri = "mongodb://user:pass%40word@db1:27017,db2/record?replicaSet=rs0&tls=true";

    [Fact]
    public void AddMongoStorage_OnlyAConnectionString_UsesDefaults()
    {
        var options = Options(new() { ["Storage:MongoDb:ConnectionString"] = Uri }).Value;

        Assert.Equal((Uri, "integration", 8, TimeSpan.FromSeconds(10)), (options.ConnectionString, options.Database, options.MaxReaders, options.RetryLimit));
    }

    [Fact]
    public async Task AddMongoStorage_Configured_MakesTheStore()
    {
        await using var services = Services(new()
        {
            ["Storage:MongoDb:ConnectionString"] = Uri,
            ["Storage:MongoDb:Database"] = "record",
            ["Storage:MongoDb:MaxReaders"] = "2",
            ["Storage:MongoDb:RetryLimit"] = "00:01:00",
        });

        var options = services.GetRequiredService<IOptions<MongoStorageOptions>>().Value;

        Assert.Equal(("record", 2, TimeSpan.FromMinutes(1)), (options.Database, options.MaxReaders, options.RetryLimit));
        Assert.IsType<MongoDocumentStore>(services.GetRequiredService<IDocumentStore>());
    }

    [Fact]
    public void AddMongoStorage_SeveralMistakes_ReportsAllAtOnce()
    {
        var failed = Assert.Throws<OptionsValidationException>(() => Options(new()
        {
            ["Storage:MongoDb:Database"] = "a.b",
            ["Storage:MongoDb:MaxReaders"] = "65",
            ["Storage:MongoDb:RetryLimit"] = "soon",
            ["Storage:MongoDb:Pool"] = "3",
        }).Value);

        Assert.Collection(
            failed.Failures,
            line => Assert.StartsWith("Storage:MongoDb:Pool: there is no such setting", line),
            line => Assert.StartsWith("Storage:MongoDb:ConnectionString: it is missing. Set the environment variable Storage__MongoDb__ConnectionString", line),
            line => Assert.StartsWith("Storage:MongoDb:Database: 'a.b' is no database name", line),
            line => Assert.StartsWith("Storage:MongoDb:MaxReaders: '65' is no whole number from 1 to 64", line),
            line => Assert.StartsWith("Storage:MongoDb:RetryLimit: 'soon' is no time", line));
    }

    private static IOptions<MongoStorageOptions> Options(Dictionary<string, string?> settings) =>
        Services(settings).GetRequiredService<IOptions<MongoStorageOptions>>();

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddLogging()
        .AddMongoStorage(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .BuildServiceProvider();
}
