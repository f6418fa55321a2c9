using System.Text.Json.Nodes;
using Integration.Adapters.Sql.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Reconciliation;
using Integration.Core.Records;
using Integration.Core.Settings;
using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.SqlAdapter;

/// <summary>Feeds that read databases, run round by round on an engine without sockets.</summary>
internal static class SqlEngine
{
    /// <summary>A table with a growing id and the time of its last change, mapped as visits.</summary>
    public const string Visits = """
        CREATE TABLE visits (id integer PRIMARY KEY, visit_no text, patient_id text, start_time text, dept_name text, update_time text);
        """;

    public static readonly (string, string)[] VisitFeed =
    [
        ("Provider", "Sqlite"), ("Query", "SELECT visit_no, patient_id, 'O' AS visit_type, start_time, 'D1' AS dept_code, dept_name, update_time FROM visits"), ("Message", "his_visit"),
        ("Key", "visit_no"), ("Watermark", "update_time"), ("PatientColumn", "patient_id"), ("AssigningAuthority", "HIS"),
    ];

    /// <summary>A feed <c>table</c> of an engine; later settings win.</summary>
    public static SqlPollAdapter SqlFeed(this TestEngine engine, string connection, TimeProvider? clock = null, ILoggerFactory? loggers = null, params IEnumerable<(string Key, string Value)> settings) =>
        new("table", Options([("ConnectionString", connection), .. settings]), engine.Services.GetRequiredService<FeedWatermarks>(), engine.Services.GetRequiredService<SourceRowStore>(),
            engine.Services.GetRequiredService<IBulkIntake>(), engine.Services.GetRequiredService<Reconciler>(), clock ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance);

    /// <summary>The same feed in a process whose store is away from some message on: what was taken by then is not noted.</summary>
    public static SqlPollAdapter BrokenSqlFeed(this TestEngine engine, string connection, TimeProvider clock, int after, params IEnumerable<(string Key, string Value)> settings) =>
        new("table", Options([("ConnectionString", connection), .. settings]), engine.Services.GetRequiredService<FeedWatermarks>(), engine.Services.GetRequiredService<SourceRowStore>(),
            new BreakingIntake(engine.Services.GetRequiredService<IBulkIntake>(), after), engine.Services.GetRequiredService<Reconciler>(), clock, NullLoggerFactory.Instance);

    public static SqlPollOptions Options(params IEnumerable<(string Key, string Value)> settings)
    {
        var reader = Reader(settings);
        var options = SqlPollOptions.Read(reader);
        Assert.Empty(reader.Problems);
        return options;
    }

    public static SettingsReader Reader(IEnumerable<(string Key, string Value)> settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in settings)
        {
            values[$"Feeds:table:{key}"] = value;
        }

        return new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("Feeds:table"), RepositoryRoot.Path);
    }

    public static async Task<IReadOnlyList<JournaledMessage>> MessagesAsync(this TestEngine engine)
    {
        var all = new List<JournaledMessage>();
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.Messages) { Limit = 1000 }, CancellationToken.None))
        {
            all.Add(Collections.Messages.Read(stored));
        }

        return all;
    }

    /// <summary>Every resource of a type in the record.</summary>
    public static async Task<IReadOnlyList<ResourceDocument>> ResourcesAsync(this TestEngine engine, string type)
    {
        var all = new List<ResourceDocument>();
        var query = new DocumentQuery(Collections.Resources) { Where = [new DocumentFilter.Equal(Collections.Resources.Field("type"), type)], Limit = 1000 };
        await foreach (var stored in engine.Store.ReadAllAsync(query, CancellationToken.None))
        {
            all.Add(Collections.Resources.Read(stored));
        }

        return all;
    }

    /// <summary>By visit number the department of each visit in the record.</summary>
    public static async Task<SortedDictionary<string, string>> DepartmentsAsync(this TestEngine engine)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var visit in await engine.ResourcesAsync("Encounter"))
        {
            found[Identifier(visit.Resource)] = (string?)visit.Resource["serviceProvider"]?["display"] ?? "";
        }

        return found;
    }

    public static string Identifier(JsonObject resource) => (string)resource["identifier"]![0]!["value"]!;

    private sealed class BreakingIntake(IBulkIntake intake, int after) : IBulkIntake
    {
        private int _taken;

        public async ValueTask<IntakeResult.Refused?> AcceptAllAsync(
            IReadOnlyList<InboundMessage> messages, IReadOnlyList<DocumentWrite> with, CancellationToken cancellationToken)
        {
            _taken += messages.Count;
            return _taken <= after ? await intake.AcceptAllAsync(messages, with, cancellationToken) : new IntakeResult.Refused("The store is away.");
        }
    }
}
