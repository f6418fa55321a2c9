using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Integration.Adapters.Sql;
using Integration.Adapters.Sql.Polling;
using Integration.Core;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Integration.Benchmarks;

/// <summary>
/// The first load of a table with ten columns into the journal, then a round that finds nothing and a reconcile. Of PostgreSQL where
/// <c>POSTGRES_CONNECTION</c> names one that may be written to, else of a SQLite file; <c>SQL_BENCH_ROWS</c> says how many rows.
/// </summary>
internal static class SqlBench
{
    private const int UsualRows = 200_000;

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        var rows = int.TryParse(Environment.GetEnvironmentVariable("SQL_BENCH_ROWS"), CultureInfo.InvariantCulture, out var asked) ? asked : UsualRows;
        var postgres = Environment.GetEnvironmentVariable("POSTGRES_CONNECTION");
        var folder = Directory.CreateTempSubdirectory("integration-bench-sql-");
        var connection = postgres ?? $"Data Source={Path.Combine(folder.FullName, "his.db")};Pooling=false";
        await FillAsync(postgres is null ? new SqliteConnection(connection) : new NpgsqlConnection(connection), rows, postgres is not null);
        await using (var bench = await BenchStore.OpenAsync())
        {
            await MeasureAsync(bench, connection, postgres is null ? "Sqlite" : "PostgreSql", rows);
        }

        folder.Delete(recursive: true);
    }

    private static async Task MeasureAsync(BenchStore bench, string connection, string provider, int rows)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:bench:Adapter"] = "Sql.Poll",
            ["Feeds:bench:Provider"] = provider,
            ["Feeds:bench:ConnectionString"] = connection,
            ["Feeds:bench:Query"] = "SELECT * FROM integration_bench",
            ["Feeds:bench:Message"] = "his_visit",
            ["Feeds:bench:Key"] = "visit_no",
            ["Feeds:bench:Watermark"] = "id",
            ["Feeds:bench:PatientColumn"] = "patient_id",
            ["Feeds:bench:BatchSize"] = "5000",
            ["Feeds:bench:MaxRowsPerPoll"] = "10000000",
        }).Build();
        await using var services = new ServiceCollection().AddLogging().AddSingleton<Integration.Core.Storage.IDocumentStore>(bench.Store).AddSingleton<IConfiguration>(configuration)
            .AddEngine(configuration, Path.Combine(RepositoryFolder.Path, "mappings")).AddSqlAdapter().BuildServiceProvider();
        var options = SqlPollOptions.Read(new SettingsReader(configuration.GetSection("Feeds:bench")));
        await using var feed = new SqlPollAdapter(
            "bench", options, services.GetRequiredService<FeedWatermarks>(), services.GetRequiredService<SourceRowStore>(), services.GetRequiredService<IBulkIntake>(),
            services.GetRequiredService<Integration.Core.Reconciliation.Reconciler>(), TimeProvider.System, NullLoggerFactory.Instance);
        var (load, loaded) = await TimeAsync(() => feed.PollAsync(CancellationToken.None));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sql: {loaded!.Changed / load.TotalSeconds:N0} rows/s of a first load from {provider} into the journal ({loaded.Changed} of {rows} rows of 10 columns), {Environment.WorkingSet / 1048576} MB"));
        await feed.PollAsync(CancellationToken.None);
        var (idle, nothing) = await TimeAsync(() => feed.PollAsync(CancellationToken.None));
        var (compared, found) = await TimeAsync(() => feed.ReconcileAsync(CancellationToken.None));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sql: a round behind it reads {nothing!.Read} rows again in {idle.TotalMilliseconds:N0} ms; a reconcile compares {found!.Rows / compared.TotalSeconds:N0} rows/s, {Environment.WorkingSet / 1048576} MB"));
    }

    private static async Task<(TimeSpan Took, T Result)> TimeAsync<T>(Func<Task<T>> work)
    {
        var began = Stopwatch.GetTimestamp();
        var result = await work();
        return (Stopwatch.GetElapsedTime(began), result);
    }

    private static async Task FillAsync(DbConnection connection, int rows, bool isPostgres)
    {
        await using (connection)
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            var series = isPostgres
                ? $"SELECT n FROM generate_series(1, {rows}) n"
                : $"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {rows}) SELECT n FROM series";
            command.CommandTimeout = 600;
            command.CommandText = $"""
                DROP TABLE IF EXISTS integration_bench;
                CREATE TABLE integration_bench (id bigint PRIMARY KEY, visit_no varchar(20), patient_id varchar(20), visit_type varchar(10), dept_code varchar(20), dept_name varchar(60),
                  doctor_code varchar(20), doctor_name varchar(60), start_time timestamp, status varchar(10));
                INSERT INTO integration_bench SELECT n, 'V' || n, 'P' || n % 10000, '门诊', 'D' || n % 40, '内分泌科', 'Y' || n % 300, '王医生', '2026-03-01 08:00:00', '1' FROM ({series}) s;
                """;
            await command.ExecuteNonQueryAsync();
        }
    }
}
