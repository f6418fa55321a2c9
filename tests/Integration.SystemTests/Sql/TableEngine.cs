using Integration.Adapters.Sql;
using Integration.Adapters.Sql.Polling;
using Integration.Core;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Reconciliation;
using Integration.Core.Settings;
using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.SystemTests.Sql;

/// <summary>The engine in this process with one feed <c>table</c> whose rounds a test runs one by one.</summary>
internal sealed class TableEngine : IAsyncDisposable
{
    /// <summary>A table of visits and the feed that reads it.</summary>
    public const string Table = """
        CREATE TABLE visits (id bigserial PRIMARY KEY, visit_no text NOT NULL, patient_id text, dept_name text, amount numeric, update_time timestamp NOT NULL);
        CREATE INDEX visits_time ON visits (update_time, visit_no);
        """;

    private static readonly (string Key, string Value)[] Feed =
    [
        ("Adapter", "Sql.Poll"), ("Provider", "PostgreSql"), ("Message", "his_visit"), ("Key", "visit_no"), ("Watermark", "update_time"), ("PatientColumn", "patient_id"),
        ("AssigningAuthority", "HIS"), ("Query", "SELECT visit_no, patient_id, 'O' AS visit_type, 'D1' AS dept_code, dept_name, amount, update_time FROM visits"),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;
    private readonly IDocumentStore _store;
    private long _behind;

    private TableEngine(IConfiguration configuration)
    {
        _store = new SqliteDocumentStore(Options.Create(new SqliteStorageOptions { Path = Path.Combine(_folder.Path, "integration.db") }), NullLogger<SqliteDocumentStore>.Instance);
        _services = new ServiceCollection().AddLogging().AddSingleton(configuration).AddSingleton(_store)
            .AddEngine(configuration, Path.Combine(RepositoryRoot.Path, "mappings")).AddSqlAdapter().BuildServiceProvider();
    }

    public static async Task<TableEngine> StartAsync(string connectionString)
    {
        var settings = Feed.Append(("ConnectionString", connectionString)).ToDictionary(pair => $"Feeds:table:{pair.Item1}", pair => (string?)pair.Item2);
        var engine = new TableEngine(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        await engine._store.OpenAsync(Collections.All, CancellationToken.None);
        return engine;
    }

    /// <summary>The feed's settings as the engine gets them on its command line.</summary>
    public static string[] Arguments(string connectionString, params IEnumerable<(string Key, string Value)> settings) =>
        [.. Settings(connectionString, settings).Select(pair => $"--{pair.Key}={pair.Value}")];

    /// <param name="settings">In place of the usual ones; an empty value takes one out.</param>
    public SqlPollAdapter Read(string connectionString, TimeProvider? clock = null, params IEnumerable<(string Key, string Value)> settings)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(Settings(connectionString, settings)!).Build().GetSection("Feeds:table");
        var reader = new SettingsReader(section, RepositoryRoot.Path);
        var options = SqlPollOptions.Read(reader);
        Assert.Empty(reader.Problems);
        return new SqlPollAdapter(
            "table", options, _services.GetRequiredService<FeedWatermarks>(), _services.GetRequiredService<SourceRowStore>(), _services.GetRequiredService<IBulkIntake>(), _services.GetRequiredService<Reconciler>(),
            clock ?? TimeProvider.System, NullLoggerFactory.Instance);
    }

    /// <summary>Runs everything that waits.</summary>
    public async Task RunAsync()
    {
        var (journal, pipeline) = (_services.GetRequiredService<MessageJournal>(), _services.GetRequiredService<MessagePipeline>());
        while (await journal.ReadWaitingAsync(_behind, 200, CancellationToken.None) is { Count: > 0 } page)
        {
            foreach (var waiting in page)
            {
                await pipeline.RunAsync(waiting, CancellationToken.None);
                _behind = waiting.Sequence;
            }
        }
    }

    public async Task<IReadOnlyList<JournaledMessage>> MessagesAsync() => [.. (await AllAsync(new DocumentQuery(Collections.Messages))).Select(Collections.Messages.Read)];

    /// <summary>By visit number the department of each visit in the record.</summary>
    public async Task<SortedDictionary<string, string>> VisitsAsync()
    {
        var query = new DocumentQuery(Collections.Resources) { Where = [new DocumentFilter.Equal(Collections.Resources.Field("type"), "Encounter")] };
        var visits = (await AllAsync(query)).Select(Collections.Resources.Read).ToDictionary(
            visit => (string)visit.Resource["identifier"]![0]!["value"]!, visit => (string?)visit.Resource["serviceProvider"]?["display"] ?? "");
        return new SortedDictionary<string, string>(visits, StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private static Dictionary<string, string?> Settings(string connectionString, IEnumerable<(string Key, string Value)> settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in Feed.Append(("ConnectionString", connectionString)).Concat(settings))
        {
            values[$"Feeds:table:{key}"] = value;
        }

        return values.Where(setting => setting.Value?.Length > 0).ToDictionary();
    }

    private async Task<IReadOnlyList<StoredDocument>> AllAsync(DocumentQuery query)
    {
        var all = new List<StoredDocument>();
        DocumentPage page;
        do
        {
            page = await _store.QueryAsync(query with { Limit = 10_000 }, CancellationToken.None);
            all.AddRange(page.Documents);
            query = query with { After = page.Next };
        }
        while (page.Next is not null);

        return all;
    }
}
