using System.CommandLine;
using System.Text.Json.Nodes;
using Integration.Core.Storage;
using Integration.Host.Commands;

namespace Integration.Tests.Commands;

/// <summary>Backup of a database that is in use, restore of one that is not, and the walk over either.</summary>
public sealed class StoreCommandTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-backup-");

    private string Backup => Path.Combine(_folder.FullName, "copies", "one.db");

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("--set", "Storage:Sqlite:Path=x.db")]
    [InlineData("--Storage:Sqlite:Path", "x.db")]
    [InlineData("x.db", "")]
    public async Task Verb_ArgumentThatIsNoSetting_IsNamedWithTheRemedy(string first, string second)
    {
        var (exitCode, _, error) = await RunAsync(Path.Combine(_folder.FullName, "none.db"), ["backup", "--to", Backup, first, .. second.Length == 0 ? [] : new[] { second }]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(first, error, StringComparison.Ordinal);
        Assert.Contains("--Storage:Sqlite:Path=FILE", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_OfADatabaseInUse_CanBeRestoredWithAllThatWasInIt()
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, 1);
        await SendAsync(engine, 2);

        var (exitCode, output, error) = await RunAsync(engine.StorePath, "backup", "--to", Backup, "--json");
        await SendAsync(engine, 3);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(2, (int)JsonNode.Parse(output)!["documents"]!["messages"]!);
        Assert.False(File.Exists(Backup + ".partial"));
        Assert.Equal(0, (await RunAsync(engine.StorePath, "store", "verify", "--database", Backup)).ExitCode);

        var inUse = await RunAsync(engine.StorePath, "restore", "--from", Backup);
        Assert.Equal(2, inUse.ExitCode);
        Assert.Contains("in use by another process", inUse.Error, StringComparison.Ordinal);

        await engine.CloseStoreAsync();
        var restored = await RunAsync(engine.StorePath, "restore", "--from", Backup, "--json");

        Assert.Equal((0, ""), (restored.ExitCode, restored.Error));
        var before = (string)JsonNode.Parse(restored.Output)!["before"]!;
        Assert.True(File.Exists(before));
        Assert.Equal(2, await MessagesAsync(engine.StorePath));
        Assert.Equal(3, await MessagesAsync(before));
    }

    [Fact]
    public async Task Backup_OntoAFileThatIsThere_LeavesItAlone()
    {
        await using var engine = await TestEngine.StartAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(Backup)!);
        await File.WriteAllTextAsync(Backup, "something else");

        var (exitCode, _, error) = await RunAsync(engine.StorePath, "backup", "--to", Backup);

        Assert.Equal(2, exitCode);
        Assert.Contains("is there already", error, StringComparison.Ordinal);
        Assert.Equal("something else", await File.ReadAllTextAsync(Backup));
    }

    [Theory]
    [InlineData("no database at all", "is not an SQLite database")]
    [InlineData(null, "There is no file")]
    public async Task Restore_OfWhatIsNoBackup_ChangesNothing(string? content, string expected)
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, 1);
        await engine.CloseStoreAsync();
        var file = Path.Combine(_folder.FullName, "other.db");
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat(content, 500)));
        }

        var (exitCode, _, error) = await RunAsync(engine.StorePath, "restore", "--from", file);

        Assert.Equal(2, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(1, await MessagesAsync(engine.StorePath));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(engine.StorePath)!), path => path.Contains(".before-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_OfADamagedBackup_ChangesNothing()
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, 1);
        await RunAsync(engine.StorePath, "backup", "--to", Backup, "--quick");
        await engine.CloseStoreAsync();
        await using (var file = new FileStream(Backup, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 3 * 4096;
            file.Write(new byte[8 * 4096]);
        }

        var (exitCode, _, error) = await RunAsync(engine.StorePath, "restore", "--from", Backup);

        Assert.Equal(2, exitCode);
        Assert.Contains("damaged", error, StringComparison.Ordinal);
        Assert.Equal(1, await MessagesAsync(engine.StorePath));
    }

    [Fact]
    public async Task Verify_AStoreThatDoesNotFit_NamesItAndEndsWith1()
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, 1);
        var batch = new WriteBatch();
        batch.Add(Collections.Patients.Delete((await engine.PatientAsync("P1")).Id));
        await engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
        await engine.CloseStoreAsync();

        var (exitCode, output, _) = await RunAsync(engine.StorePath, "store", "verify");
        var json = await RunAsync(engine.StorePath, "store", "verify", "--json");

        Assert.Equal((1, 1), (exitCode, json.ExitCode));
        Assert.Contains("resource-without-patient: ", output, StringComparison.Ordinal);
        Assert.True((int)JsonNode.Parse(json.Output)!["findings"]!["identity-to-nothing"]! > 0);
    }

    [Fact]
    public async Task Backup_OfMongoDb_SaysWhatToUse()
    {
        var (exitCode, _, error) = await RunAsync("x.db", "backup", "--to", Backup, "--Storage:Provider=MongoDb", "--Storage:MongoDb:ConnectionString=mongodb://127.0.0.1:1");

        Assert.Equal(2, exitCode);
        Assert.Contains("mongodump", error, StringComparison.Ordinal);
    }

    private static Task<Core.Intake.JournaledMessage> SendAsync(TestEngine engine, int number) => engine.SendAsync(
        $"MSH|^~\\&|HIS|EAST|||20260316080000+0800||ADT^A01|C{number}|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800", $"PID|1||P{number}^^^HIS^MR||王小明^^^^^^L||19800203|M", $"PV1|1|I|W^1^1||||||||||||||||V{number}");

    private static async Task<long> MessagesAsync(string database)
    {
        await using var store = new Integration.Storage.Sqlite.SqliteDocumentStore(
            Microsoft.Extensions.Options.Options.Create(new Integration.Storage.Sqlite.SqliteStorageOptions { Path = database }),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<Integration.Storage.Sqlite.SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, CancellationToken.None);
        return await store.CountAsync(Collections.Messages, [], 100, CancellationToken.None);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string database, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await CommandLine.RunAsync([.. arguments, $"--Storage:Sqlite:Path={database}"], new InvocationConfiguration { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }
}
