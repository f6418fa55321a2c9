using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Faults;

/// <summary>A file is taken whole and once, whenever the process is killed; also where its messages carry no control ids.</summary>
public sealed class FolderCrashTests(ITestOutputHelper output)
{
    private const int Kills = 8;
    private const int FilesPerRound = 3;
    private const int Files = Kills * FilesPerRound;
    private const int MessagesPerFile = 200;
    private const int Seed = 20261122;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_WhileFilesAreRead_LosesAndDoublesNothing(bool withControlIds)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        using var inbox = new TemporaryFolder();
        using var outside = new TemporaryFolder();
        string[] arguments =
        [
            "--Feeds:his:Enabled=false", "--Feeds:inbox:Adapter=Hl7v2.Folder", $"--Feeds:inbox:Path={inbox.Path}", "--Feeds:inbox:MinAge=00:00:00",
            "--Feeds:inbox:Poll=00:00:00.1", "--Feeds:inbox:AssigningAuthority=HIS",
        ];
        var random = new Random(Seed);
        var interrupted = 0;
        for (var round = 0; round < Kills; round++)
        {
            await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, arguments);

            // Dropped while it runs: how long a start takes must not decide whether a kill meets any work.
            for (var i = round * FilesPerRound; i < (round + 1) * FilesPerRound; i++)
            {
                await File.WriteAllTextAsync(
                    Path.Combine(outside.Path, $"{i:D2}.hl7"), PickedUpFiles.Batch(i * MessagesPerFile, MessagesPerFile, withControlIds), cancellationToken);
                File.Move(Path.Combine(outside.Path, $"{i:D2}.hl7"), Path.Combine(inbox.Path, $"{i:D2}.hl7"));
            }

            await Task.Delay(random.Next(20, 200), cancellationToken);
            engine.Kill();
            interrupted += Directory.GetFiles(inbox.Path).Length > 0 ? 1 : 0;
        }

        await using var last = await EngineProcess.StartAsync(data.Path, cancellationToken, arguments);
        var ledger = await PickedUpFiles.WaitForFilesAsync(last, inbox.Path, Files, cancellationToken);
        await last.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);
        var messages = await last.GetAllAsync("/api/v1/messages?limit=500", cancellationToken);
        output.WriteLine($"kills {Kills}, in the middle of the work {interrupted}, files {ledger.Count}, journaled {messages.Count}");

        Assert.True(interrupted > 1, "No kill came in the middle of the work.");
        Assert.Equal(Files, ledger.Count);
        Assert.All(ledger, f => Assert.Equal(("done", MessagesPerFile, 0), ((string)f["state"]!, (int)f["accepted"]!, (int)f["duplicates"]!)));
        Assert.Equal(Files * MessagesPerFile, messages.Count);
        Assert.All(messages, m => Assert.Equal("done", (string)m["state"]!));
        Assert.Empty(Directory.GetFiles(inbox.Path));
        Assert.Equal(Files, Directory.GetFiles(Path.Combine(inbox.Path, "processed")).Length);
    }
}
