using Integration.Core.Storage;
using Integration.Tests.Storage.Contract;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage;

/// <summary>How the writer thread shares its time, and what it leaves behind.</summary>
public sealed class SqliteWriterTests
{
    [Fact]
    public async Task Commit_IntakeBehindALongQueueOfProcessing_GoesFirst()
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        var processing = Enumerable.Range(0, 3_000).Select(i => CommitAsync(temporary.Store, CommitPriority.Processing, Large($"p{i}"))).ToList();

        await CommitAsync(temporary.Store, CommitPriority.Intake, Large("intake"));
        var doneBefore = processing.Count(commit => commit.IsCompleted);
        await Task.WhenAll(processing);

        Assert.True(doneBefore < 2_500, $"{doneBefore} of 3,000 processing batches were committed before the intake batch that came after them.");
    }

    [Fact]
    public async Task Dispose_BatchesWaiting_WritesThemFirst()
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        var commits = Enumerable.Range(0, 500).Select(i => CommitAsync(temporary.Store, CommitPriority.Processing, Large($"i{i}"))).ToList();

        await temporary.ReopenAsync(All);

        Assert.All(await Task.WhenAll(commits), result => Assert.IsType<CommitResult.Committed>(result));
        Assert.Equal(500, await temporary.Store.CountAsync(Items, [], 1_000, CancellationToken.None));
    }

    [Fact]
    public async Task Dispose_AfterReadsAndWrites_LeavesNoLog()
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        await CommitAsync(temporary.Store, CommitPriority.Intake, Large("a"));
        await temporary.Store.GetAsync(Items, "a", false, CancellationToken.None);
        Assert.True(File.Exists(temporary.Path + "-wal"));

        await temporary.Store.DisposeAsync();

        Assert.False(File.Exists(temporary.Path + "-wal"));
    }

    [Fact]
    public async Task Query_MoreThanThereAreReaders_AllAreAnswered()
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        await CommitAsync(temporary.Store, CommitPriority.Intake, Large("a"));

        var pages = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            _ => Task.Run(async () => await temporary.Store.QueryAsync(new DocumentQuery(Items), CancellationToken.None))));

        Assert.All(pages, page => Assert.Single(page.Documents));
    }

    [Fact]
    public async Task Commit_MoreThanTheQueueHolds_AllAreWritten()
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);

        var results = await Task.WhenAll(Enumerable.Range(0, 6_000).Select(
            i => CommitAsync(temporary.Store, CommitPriority.Intake, Items.Put(new Item { Id = $"i{i}" }, 0))));

        Assert.All(results, result => Assert.IsType<CommitResult.Committed>(result));
    }

    [Fact]
    public async Task Commit_ConstantWrites_KeepTheLogBounded()
    {
        await using var temporary = await TemporaryStore.OpenAsync(All);
        var most = 0L;
        for (var round = 0; round < 60; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 32).Select(i => CommitAsync(temporary.Store, CommitPriority.Processing, Large($"{round}-{i}", 100_000))));
            most = Math.Max(most, new FileInfo(temporary.Path + "-wal").Length);
        }

        // 190 MB were written; the log is copied from 32 MiB on and may pass that by what is committed meanwhile.
        Assert.InRange(most, 1, 140 << 20);
    }

    private static DocumentWrite Large(string id, int bytes = 2_000) =>
        Items.Put(new Item { Id = id, Note = new string('n', 500), Bytes = new byte[bytes] }, 0, withPayload: true);

    private static async Task<CommitResult> CommitAsync(IDocumentStore store, CommitPriority priority, DocumentWrite write)
    {
        var batch = new WriteBatch();
        batch.Add(write);
        return await store.CommitAsync(batch, priority, CancellationToken.None);
    }
}
