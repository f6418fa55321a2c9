using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Integration.Tests.Storage;

public sealed class SqliteStorageRegistrationTests
{
    [Fact]
    public void AddSqliteStorage_NothingConfigured_UsesDefaults()
    {
        var options = Options([]);

        Assert.Equal(("data/integration.db", 32, 8), (options.Value.Path, options.Value.CacheMb, options.Value.MaxReaders));
    }

    [Fact]
    public async Task AddSqliteStorage_Configured_MakesTheStore()
    {
        await using var services = Services(new() { ["Storage:Sqlite:Path"] = "/x/y.db", ["Storage:Sqlite:CacheMb"] = "128", ["Storage:Sqlite:MaxReaders"] = "2" });

        var options = services.GetRequiredService<IOptions<SqliteStorageOptions>>().Value;

        Assert.Equal(("/x/y.db", 128, 2), (options.Path, options.CacheMb, options.MaxReaders));
        Assert.IsType<SqliteDocumentStore>(services.GetRequiredService<IDocumentStore>());
    }

    [Fact]
    public void AddSqliteStorage_SeveralMistakes_ReportsAllAtOnce()
    {
        var failed = Assert.Throws<OptionsValidationException>(() => Options(new()
        {
            ["Storage:Sqlite:Path"] = " ",
            ["Storage:Sqlite:CacheMb"] = "lots",
            ["Storage:Sqlite:MaxReaders"] = "0",
            ["Storage:Sqlite:Pfad"] = "x",
        }).Value);

        Assert.Collection(
            failed.Failures,
            line => Assert.StartsWith("Storage:Sqlite:Pfad: there is no such setting", line),
            line => Assert.StartsWith("Storage:Sqlite:Path: the file name is empty", line),
            line => Assert.StartsWith("Storage:Sqlite:CacheMb: 'lots' is not a whole number", line),
            line => Assert.StartsWith("Storage:Sqlite:MaxReaders: 0 is out of range", line));
    }

    private static IOptions<SqliteStorageOptions> Options(Dictionary<string, string?> settings) =>
        Services(settings).GetRequiredService<IOptions<SqliteStorageOptions>>();

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddLogging()
        .AddSqliteStorage(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .BuildServiceProvider();
}
