using Integration.Core.Storage;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage.Contract;

public abstract partial class DocumentStoreContract
{
    [Fact]
    public async Task Commit_SixteenWriters_FollowerSeesEveryWriteOnceInOrder()
    {
        const int Writers = 16;
        const int BatchesEach = 60;
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var sequences = new List<long>();
            for (var i = 0; i < BatchesEach; i++)
            {
                var priority = writer % 2 == 0 ? CommitPriority.Intake : CommitPriority.Processing;
                var result = await CommitAsync(priority, Items.Put(new Item { Id = $"{writer}-{i}-a" }, 0), Items.Put(new Item { Id = $"{writer}-{i}-b" }, 0));
                sequences.Add(Assert.IsType<CommitResult.Committed>(result).LastSequence);
            }

            return sequences;
        })));

        var seen = new List<StoredDocument>();
        while (seen.Count < Writers * BatchesEach * 2 && !writing.IsFaulted)
        {
            var last = seen.Count == 0 ? 0 : seen[^1].Sequence;
            var page = await Store.QueryAsync(
                new DocumentQuery(Items) { Where = [new DocumentFilter.Range(DocumentField.Sequence, last + 1, null)], OrderBy = [new(DocumentField.Sequence)] },
                CancellationToken.None);
            seen.AddRange(page.Documents);
        }

        var given = await writing;
        Assert.Equal(seen.Count, seen.Select(document => document.Id).Distinct().Count());
        Assert.Equal(seen.Select(document => document.Sequence).Order(), seen.Select(document => document.Sequence));
        Assert.All(given, sequences => Assert.Equal(sequences.Order(), sequences));
        Assert.Subset(seen.Select(document => document.Sequence).ToHashSet(), given.SelectMany(sequences => sequences).ToHashSet());
    }

    [Fact]
    public async Task Commit_SameDocumentFromManySides_OneWinsEachVersion()
    {
        await PutAsync(new Item { Id = "counter", Amount = 0 });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 25;)
            {
                var stored = await Store.GetAsync(Items, "counter", false, CancellationToken.None);
                var item = Items.Read(stored!);
                done += await CommitAsync(Items.Put(item with { Amount = item.Amount + 1 }, stored!.Version)) is CommitResult.Committed ? 1 : 0;
            }
        })));

        Assert.Equal(200, (await ReadAsync("counter"))!.Amount);
    }

    [Fact]
    public async Task Commit_ThenRead_SeesTheWriteAtOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await PutAsync(new Item { Id = $"w{writer}", Amount = i, Tags = [$"w{writer}-{i}"] });
                Assert.Equal(i, (await ReadAsync($"w{writer}"))!.Amount);
                Assert.Equal($"w{writer}", await IdsAsync(new DocumentFilter.Equal(Tags, $"w{writer}-{i}")));
            }
        })));
    }

    [Fact]
    public async Task Commit_Cancelled_EndsTheWaitAndLeavesTheStoreUsable()
    {
        using var cancelled = new CancellationTokenSource();
        var batches = Enumerable.Range(0, 100).Select(i =>
        {
            var batch = new WriteBatch();
            batch.Add(Items.Put(new Item { Id = $"c{i}" }, 0));
            return Store.CommitAsync(batch, CommitPriority.Processing, cancelled.Token).AsTask();
        }).ToList();
        await cancelled.CancelAsync();

        foreach (var commit in batches)
        {
            try
            {
                Assert.IsType<CommitResult.Committed>(await commit);
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancelled.IsCancellationRequested);
            }
        }

        await PutAsync(new Item { Id = "after" });
        Assert.NotNull(await ReadAsync("after"));
    }
}
