using System.CommandLine;
using System.Text.Json.Nodes;
using Integration.Host.Commands;
using Integration.Tests.SqlAdapter;

namespace Integration.Tests.Commands;

/// <summary>The verbs <c>sql preview</c> and <c>sql check</c> on the sample tables.</summary>
public sealed class SqlCommandTests
{
    [Fact]
    public async Task Preview_ShowsTheRowsAndWhatTheyBecome_AndTheLoad()
    {
        using var database = SampleDatabase.OfSamples();

        var (code, output, _) = await RunAsync("preview", database, "his_bills");

        Assert.Equal(0, code);
        Assert.Contains("B1001", output);
        Assert.Contains("Invoice", output);
        Assert.Contains("4 rows in", output);
        Assert.Contains("SEARCH", output);
    }

    [Fact]
    public async Task Preview_AsJson_IsOneObjectARow()
    {
        using var database = SampleDatabase.OfSamples();

        var (code, output, _) = await RunAsync("preview", database, "his_patients", "--json", "--rows", "2");

        Assert.Equal(0, code);
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task Check_OfTheSamples_FindsNothing()
    {
        using var database = SampleDatabase.OfSamples();
        foreach (var feed in new[] { "his_patients", "his_visits", "his_prescriptions", "his_bills", "his_appointments", "lis_reports" })
        {
            var (code, output, _) = await RunAsync("check", database, feed);
            Assert.True(code == 0, output);
        }
    }

    [Fact]
    public async Task Check_NamesEverythingThatWouldLoseRows()
    {
        using var database = SampleDatabase.OfSamples();
        database.Execute("""
            CREATE TABLE bad (no text, at text);
            INSERT INTO bad VALUES ('1', '2026-03-01'), ('1', '2026-03-02'), (NULL, '2026-03-02'), ('2', NULL);
            """);

        var (code, output, _) = await RunAsync(
            "check", database, "his_patients", "--set", "Feeds:his_patients:QueryFile=", "--set", "Feeds:his_patients:Query=SELECT no, at FROM bad", "--set", "Feeds:his_patients:Key:0=no",
            "--set", "Feeds:his_patients:Watermark=at", "--set", "Feeds:his_patients:Reconcile=Off");

        Assert.Equal(1, code);
        Assert.Contains("1 rows have no no", output);
        Assert.Contains("1 rows have no at", output);
        Assert.Contains("1 keys name several rows", output);
        Assert.Contains("no column patient_id", output);
        Assert.Contains("Set Reconcile", output);
    }

    [Theory]
    [InlineData("his", "no Sql.Poll feed")]
    [InlineData("nobody", "There is no feed 'nobody'")]
    public async Task WrongFeed_IsTold(string feed, string text)
    {
        var errors = new StringWriter();

        var code = await CommandLine.RunAsync(["sql", "check", "--feed", feed], new InvocationConfiguration { Output = TextWriter.Null, Error = errors });

        Assert.Equal(2, code);
        Assert.Contains(text, errors.ToString());
    }

    [Fact]
    public async Task MissingDatabase_IsALineWithWhatToDo()
    {
        using var database = SampleDatabase.OfSamples();

        var (code, _, errors) = await RunAsync(
            "preview", database, "his_bills", "--set", "Feeds:his_bills:Provider=PostgreSql", "--set", "Feeds:his_bills:ConnectionString=Host=127.0.0.1;Port=1;Username=x;Password=secret;Timeout=2");

        Assert.Equal(2, code);
        Assert.Contains("nothing answers", errors);
        Assert.DoesNotContain("secret", errors);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string verb, SampleDatabase database, string feed, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(
            ["sql", verb, "--feed", feed, "--set", $"Feeds:{feed}:Provider=Sqlite", "--set", $"Feeds:{feed}:ConnectionString={database.ConnectionString}", .. arguments],
            new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
