using Integration.Adapters.Sql.Polling;
using Integration.Adapters.Sql.Source.Dialects;
using Microsoft.Data.Sqlite;

namespace Integration.Tests.SqlAdapter;

/// <summary>A database that the engine knows nothing of, by the provider that a site puts into a folder: here one for SQLite, with its own native library.</summary>
public sealed class SqlProviderTests : IAsyncLifetime
{
    private const string Name = "Microsoft.Data.Sqlite";
    private readonly string _folder = Directory.CreateTempSubdirectory("integration-providers-").FullName;
    private TestEngine _engine = null!;

    private string Providers => Path.Combine(_folder, "providers");

    private string Database => $"Data Source={Path.Combine(_folder, "his.db")};Pooling=false";

    public async ValueTask InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        var target = Directory.CreateDirectory(Path.Combine(Providers, Name)).FullName;
        var files = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(file => Path.GetFileName(file) is var name && (name.StartsWith(Name, StringComparison.Ordinal) || name.StartsWith("SQLitePCLRaw", StringComparison.Ordinal)));
        foreach (var file in files.Concat(Directory.GetFiles(AppContext.BaseDirectory, "*e_sqlite3.*", SearchOption.AllDirectories).Where(IsOfThisMachine)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Feed_OfADroppedProvider_ReadsAsABuiltInOne()
    {
        Execute(SqlEngine.Visits + "INSERT INTO visits VALUES (1, 'V1', 'P1', '2026-03-01 08:00:00', '内科', '2026-03-01 08:00:00'), (2, 'V2', 'P2', '2026-03-01 09:00:00', '外科', '2026-03-01 09:00:00')");
        await using var feed = _engine.SqlFeed(Database, settings: [.. SqlEngine.VisitFeed, .. Provider("Limit")]);

        var first = await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Equal(2, first!.Changed);
        Assert.Equal(["内科", "外科"], (await _engine.DepartmentsAsync()).Values);
        var factory = ProviderAssembly.Load(Providers, Name);
        Assert.Equal(typeof(SqliteFactory).FullName, factory.GetType().FullName);
        Assert.NotEqual(typeof(SqliteFactory).Assembly, factory.GetType().Assembly);
    }

    [Fact]
    public async Task Feed_WhoseDatabaseRefusesTheQuery_SaysSo()
    {
        Execute(SqlEngine.Visits);
        await using var feed = _engine.SqlFeed(Database, settings: [.. SqlEngine.VisitFeed, .. Provider("FetchFirst")]);

        Assert.Null(await feed.PollAsync(CancellationToken.None));

        Assert.Equal("The query failed: the provider reports SqliteException. Check the query, its columns, and Paging and Parameters.", Assert.Single(feed.Notices).Text);
    }

    [Theory]
    [InlineData("Oracle.ManagedDataAccess", "There is no Oracle.ManagedDataAccess.dll in the folder providers, nor in one named Oracle.ManagedDataAccess there.")]
    [InlineData("../providers/x", "It must be the name of an assembly.")]
    [InlineData("NoProvider", "NoProvider.dll is no ADO.NET provider: it has no DbProviderFactory. Name the assembly that has.")]
    [InlineData("Torn", "Torn.dll cannot be loaded (BadImageFormatException). Put a build for .NET, with all that it needs, beside it.")]
    public void Provider_ThatCannotBeUsed_IsAProblemOfTheSettings(string name, string problem)
    {
        File.Copy(typeof(SqlPollAdapter).Assembly.Location, Path.Combine(Providers, "NoProvider.dll"));
        File.WriteAllText(Path.Combine(Providers, "Torn.dll"), "MZ");
        var reader = SqlEngine.Reader([("ConnectionString", Database), .. SqlEngine.VisitFeed, ("Provider", name), ("ProviderFolder", Providers)]);

        SqlPollOptions.Read(reader);

        Assert.Equal(("Feeds:table:Provider", problem), (Assert.Single(reader.Problems).Place, reader.Problems[0].Text));
    }

    private IEnumerable<(string, string)> Provider(string paging) => [("Provider", Name), ("ProviderFolder", Providers), ("Paging", paging)];

    private static bool IsOfThisMachine(string path) =>
        path.Contains($"{Path.DirectorySeparatorChar}{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        || Path.GetDirectoryName(path) == AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)
        || path.Contains($"linux-{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(Database);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
