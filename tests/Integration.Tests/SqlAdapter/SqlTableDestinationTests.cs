using System.Text.Json.Nodes;
using Integration.Adapters.Sql.Sending;
using Integration.Adapters.Sql.Source.Dialects;
using Integration.Core.Delivery;
using Integration.Core.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.SqlAdapter;

public sealed class SqlTableDestinationTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-sql-table-");

    private string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "crm.db")};Pooling=False";

    [Fact]
    public async Task Send_EventTwice_LeavesOneRowAsTheReceiverMadeIt()
    {
        Execute(SampleTable());
        await using var destination = Destination();

        var first = await destination.SendAsync(Event("e1", "p1"), "e1", Timeout, CancellationToken.None);
        Execute("UPDATE patient_events SET status = 'done'");
        var again = await destination.SendAsync(Event("e1", "p1"), "e1", Timeout, CancellationToken.None);
        var other = await destination.SendAsync(Event("e2", patientId: null), "e2", Timeout, CancellationToken.None);

        Assert.All([first, again, other], result => Assert.IsType<SendResult.Accepted>(result));
        Assert.Equal(
            [
                "e1|appointment.missed|Appointment/a1|p1|2026-03-05T02:00:00.000000Z|2026-03-05T02:00:01.000007Z|{\"status\":\"noshow\"}|done",
                "e2|appointment.missed|Appointment/a1||2026-03-05T02:00:00.000000Z|2026-03-05T02:00:01.000007Z|{\"status\":\"noshow\"}|new",
            ],
            Rows());
    }

    [Fact]
    public async Task Send_WithoutTheTable_WaitsAndSaysWhatIsMissing()
    {
        Execute("CREATE TABLE other (id TEXT)");
        await using var destination = Destination();

        var result = await destination.SendAsync(Event("e1", "p1"), "e1", Timeout, CancellationToken.None);

        Assert.Contains("patient_events", Assert.IsType<SendResult.Unreachable>(result).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Provider", null, "The kind of database is missing.")]
    [InlineData("ConnectionString", null, "The database is missing.")]
    [InlineData("Table", "events; DROP TABLE x", "'events; DROP TABLE x' is not a plain name.")]
    [InlineData("Query", "x", "There is no such setting.")]
    public void Read_SettingThatCannotBeUsed_IsAProblem(string key, string? value, string text)
    {
        var values = new Dictionary<string, string?>
        {
            ["Destinations:crm:Provider"] = "Sqlite",
            ["Destinations:crm:ConnectionString"] = ConnectionString,
            [$"Destinations:crm:{key}"] = value,
        };
        var (_, problems) = SqlTableOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("Destinations:crm"));

        Assert.Equal(text, problems[0].Text);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string SampleTable() => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "samples", "receivers", "sql", "patient_events.sql"));

    private SqlTableDestination Destination() => new(new SqlTableOptions(SqlDialect.BuiltIn["Sqlite"], ConnectionString, "patient_events"));

    private static ReadOnlyMemory<byte> Event(string id, string? patientId) => CloudEvent.Write(
        new EventDocument
        {
            Id = id,
            Type = "appointment.missed",
            SchemaVersion = 1,
            Subject = "Appointment/a1",
            PatientId = patientId,
            Time = new DateTimeOffset(2026, 3, 5, 2, 0, 0, TimeSpan.Zero),
            Recorded = new DateTimeOffset(2026, 3, 5, 2, 0, 1, TimeSpan.Zero).AddMicroseconds(7),
            Cause = "m1",
            Data = new JsonObject { ["status"] = "noshow" },
        },
        EventGrants.PlainOnly, CloudEvent.UsualSource);

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private List<string> Rows()
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT * FROM patient_events ORDER BY event_id";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i))));
        }

        return rows;
    }
}
