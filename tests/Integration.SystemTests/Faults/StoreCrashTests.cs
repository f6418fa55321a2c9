using System.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.SystemTests.Faults;

/// <summary>A process that commits is killed again and again: what it was told is committed must be there, and nothing by halves.</summary>
public sealed class StoreCrashTests : IDisposable
{
    private const int Kills = 20;
    private const string PathVariable = "INTEGRATION_CRASH_STORE";

    /// <summary>Made by the killing test alone: a killed process could not remove its own.</summary>
    private DirectoryInfo? _folder;

    private string StorePath => Path.Combine(_folder!.FullName, "integration.db");

    public void Dispose() => _folder?.Delete(recursive: true);

    [Fact]
    public async Task When_killed_at_random_moments_Should_keep_every_acknowledged_batch()
    {
        _folder = Directory.CreateTempSubdirectory("integration-crash-");
        var random = new Random(4711);
        var acknowledged = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = acknowledged.Count;
            await RunAndKillAsync(acknowledged, TimeSpan.FromMilliseconds(random.Next(5, 400)));
            Assert.True(acknowledged.Count > before, "The writing process was killed before it acknowledged anything.");

            await using var store = await OpenAsync(StorePath);
            await AssertThereAsync(store, acknowledged[before..]);
        }

        await using var last = await OpenAsync(StorePath);
        await AssertThereAsync(last, acknowledged);
        var messages = await last.CountAsync(Collections.Messages, [], int.MaxValue, CancellationToken.None);
        var feeds = await last.CountAsync(Collections.Feeds, [], int.MaxValue, CancellationToken.None);
        Assert.Equal(messages, feeds);
    }

    /// <summary>The process that is killed: this test assembly again, asked for this one method.</summary>
    [Fact(Explicit = true)]
    public async Task WriteUntilKilled()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        Assert.SkipWhen(path is null, $"Only run as a child process, with {PathVariable} set.");
        await using var store = await OpenAsync(path);
        await using var output = TextWriter.Synchronized(new StreamWriter(System.Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var id = Guid.CreateVersion7().ToString("N");
                Assert.IsType<CommitResult.Committed>(await store.CommitAsync(Batch(id), CommitPriority.Intake, CancellationToken.None));
                output.WriteLine($"committed {id}");
            }
        })));
    }

    private async Task RunAndKillAsync(List<string> acknowledged, TimeSpan afterFirst)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in ChildArguments())
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[PathVariable] = StorePath;
        using var process = Process.Start(start)!;
        Task? killing = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be cut off: only a whole id counts.
            if (line.Split(' ') is ["committed", { Length: 32 } id])
            {
                acknowledged.Add(id);
                killing ??= Task.Delay(afterFirst).ContinueWith(_ => process.Kill(), TaskScheduler.Default);
            }
        }

        await process.WaitForExitAsync();
        await (killing ?? Task.CompletedTask);
    }

    /// <summary>The test host may be the assembly's own executable or <c>dotnet</c>.</summary>
    private static IEnumerable<string> ChildArguments()
    {
        string[] own = Path.GetFileName(Environment.ProcessPath) is "dotnet" or "dotnet.exe" ? [typeof(StoreCrashTests).Assembly.Location] : [];
        return [.. own, "-explicit", "only", "-method", $"{typeof(StoreCrashTests).FullName}.{nameof(WriteUntilKilled)}"];
    }

    private static async Task AssertThereAsync(SqliteDocumentStore store, List<string> ids)
    {
        foreach (var id in ids)
        {
            var message = await store.GetAsync(Collections.Messages, id, withPayload: true, CancellationToken.None);
            Assert.True(message is not null, $"Message {id} was acknowledged and is gone.");
            Assert.True(message.Payload.Span.SequenceEqual(Raw(id)), $"The bytes of message {id} are not those that were acknowledged.");
            Assert.NotNull(await store.GetAsync(Collections.Feeds, id, withPayload: false, CancellationToken.None));
        }
    }

    private static WriteBatch Batch(string id)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Messages.Put(
            new JournaledMessage
            {
                Id = id,
                Feed = "his",
                Received = TimeProvider.System.GetUtcNow(),
                Format = "hl7v2",
                ContentHash = id,
                Identifiers = [$"his|{id}"],
                Raw = Raw(id),
            },
            0,
            withPayload: true));
        batch.Add(Collections.Feeds.Put(new Core.Feeds.FeedDocument { Id = id }, 0));
        return batch;
    }

    private static byte[] Raw(string id) => [.. Enumerable.Repeat(System.Text.Encoding.ASCII.GetBytes(id), 32).SelectMany(part => part)];

    private static async Task<SqliteDocumentStore> OpenAsync(string path)
    {
        var store = new SqliteDocumentStore(Options.Create(new SqliteStorageOptions { Path = path }), NullLogger<SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, CancellationToken.None);
        return store;
    }
}
