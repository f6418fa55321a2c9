using Integration.Adapters.Hl7v2.Files;
using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Tests.Api;

namespace Integration.Tests.Hl7v2.Files;

/// <summary>A <c>Hl7v2.Folder</c> feed on a folder of its own, with a real intake and ledger behind it and a clock that tests move.</summary>
internal sealed class PickupBench : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-pickup-");
    private readonly CapturedLogs _logs = new();

    private PickupBench(TestEngine engine)
    {
        Engine = engine;
        Ledger = new FileLedger(engine.Store);
    }

    public TestEngine Engine { get; }

    public FileLedger Ledger { get; }

    public StepClock Clock { get; } = new(new DateTimeOffset(2026, 3, 16, 8, 0, 0, TimeSpan.Zero));

    /// <summary>What the feed has logged.</summary>
    public IReadOnlyList<string> Log => [.. _logs.Lines.Select(l => l.Text)];

    public string Inbox => Path.Combine(_folder.FullName, "in");

    public string Processed => Path.Combine(Inbox, "processed");

    public string Failed => Path.Combine(Inbox, "failed");

    public static async Task<PickupBench> StartAsync()
    {
        var bench = new PickupBench(await TestEngine.StartAsync());
        Directory.CreateDirectory(bench.Inbox);
        return bench;
    }

    /// <summary>A feed as it is after a start of the engine.</summary>
    /// <param name="intake">Stands before the engine's; null for the engine's.</param>
    /// <param name="source">Null for the folder.</param>
    public FilePickupAdapter Feed(FilePickupOptions? options = null, IMessageIntake? intake = null, IFileSource? source = null, Core.Feeds.FeedWakeUps? wakeUps = null)
    {
        options = (options ?? new FilePickupOptions { MinAge = TimeSpan.Zero }) with { Path = Inbox };
        return Hl7FileFormat.Feed(
            "lab", options, source ?? new LocalFolder(Inbox, options.Pattern), Ledger, intake ?? Engine.Intake, Clock, _logs.CreateLogger("pickup"), wakeUps);
    }

    public void Drop(string name, string content) => File.WriteAllText(Path.Combine(Inbox, name), content);

    /// <summary>Names of the files in the inbox.</summary>
    public IEnumerable<string> InInbox() => Names(Inbox);

    public static IEnumerable<string> Names(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal) : [];

    public async Task<IReadOnlyList<FileDocument>> EntriesAsync() =>
        (await Ledger.SearchAsync("lab", null, 100, null, CancellationToken.None)).Files;

    /// <summary>Every message that the journal holds, in order of arrival, without duplicates.</summary>
    public async Task<IReadOnlyList<JournaledMessage>> JournaledAsync()
    {
        var messages = new List<JournaledMessage>();
        string? after = null;
        do
        {
            var page = await Engine.Journal.SearchAsync(new MessageSearch(Feed: "lab", Limit: 500, After: after), CancellationToken.None);
            messages.AddRange(page.Messages);
            after = page.Next;
        }
        while (after is not null);
        return messages;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
