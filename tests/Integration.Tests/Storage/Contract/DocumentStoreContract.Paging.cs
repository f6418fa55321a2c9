using Integration.Core.Storage;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage.Contract;

public abstract partial class DocumentStoreContract
{
    public static TheoryData<string> Orders => ["", "amount", "-amount", "category,at", "-category,at", "category,-at,-amount", "-at", "sequence", "-sequence", "-id"];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Query_PageByPage_GivesTheWholeOrderOnce(string order)
    {
        // Few distinct values and many absent ones: every page ends inside a run of equal keys.
        var random = new Random(11);
        await PutAsync([.. Enumerable.Range(0, 500).Select(i => new Item
        {
            Id = $"{i * 7919 % 500:D3}",
            Category = random.Next(4) switch { 0 => null, 1 => "x", 2 => "y", _ => "王" },
            Amount = random.Next(3) == 0 ? null : random.Next(5),
            At = random.Next(3) == 0 ? null : Noon.AddHours(random.Next(4)),
        })]);
        var query = new DocumentQuery(Items) { OrderBy = Order(order), Limit = 10_000 };

        var whole = (await Store.QueryAsync(query, CancellationToken.None)).Documents.Select(document => document.Id).ToList();
        var paged = (await AllPagesAsync(query with { Limit = 7 })).Select(document => document.Id).ToList();

        Assert.Equal(500, whole.Distinct().Count());
        Assert.Equal(whole, paged);
    }

    [Fact]
    public async Task Query_PageByPageWithFilters_StaysInsideThem()
    {
        await PutAsync([.. Enumerable.Range(0, 300).Select(i => new Item
        {
            Id = $"{i:D3}", Category = i % 2 == 0 ? "even" : "odd", At = i % 5 == 0 ? null : Noon.AddHours(i % 3), Tags = [$"t{i % 4}", $"u{i % 3}"], Labels = [$"l{i % 4}"],
        })]);
        DocumentFilter[][] filters =
        [
            [new DocumentFilter.Equal(Category, "even")],
            [new DocumentFilter.StartsWith(Tags, "t"), new DocumentFilter.Equal(Tags, "u1")],
            [new DocumentFilter.Equal(Labels, "l2")],
            [new DocumentFilter.Equal(Labels, "l2"), new DocumentFilter.Range(At, null, Noon.AddHours(2))],
            [new DocumentFilter.In(Category, ["even", "odd"]), new DocumentFilter.Range(At, Noon, null)],
        ];

        foreach (var where in filters)
        {
            foreach (var descending in new[] { true, false })
            {
                await AssertPagesAsync(new DocumentQuery(Items) { Where = where, OrderBy = [new(At, descending)], Limit = 10_000 });
            }
        }

        async Task AssertPagesAsync(DocumentQuery query)
        {
            var whole = (await Store.QueryAsync(query, CancellationToken.None)).Documents.Select(document => document.Id).ToList();
            var paged = (await AllPagesAsync(query with { Limit = 9 })).Select(document => document.Id).ToList();

            Assert.InRange(whole.Count, 20, 299);
            Assert.Equal(whole, paged);
        }
    }

    /// <summary>A list's index may have an order: it follows both the list and the field that orders it.</summary>
    [Fact]
    public async Task Query_ByAListInOrder_FollowsEveryChange()
    {
        await PutAsync(
            new Item { Id = "a", At = Noon, Labels = ["x", "y"] }, new Item { Id = "b", At = Noon.AddHours(1), Labels = ["x"] }, new Item { Id = "c", Labels = ["x"] });
        Assert.Equal("b a c", await NewestAsync("x"));

        await PutAsync(new Item { Id = "a", At = Noon.AddHours(2), Labels = ["x", "y"] });
        Assert.Equal("a b c", await NewestAsync("x"));

        await PutAsync(new Item { Id = "b", At = Noon.AddHours(3), Labels = ["y"] }, new Item { Id = "c", At = Noon, Labels = ["x"] });
        Assert.Equal(("a c", "b a"), (await NewestAsync("x"), await NewestAsync("y")));

        await CommitAsync(Items.Delete("a"), Items.Put(new Item { Id = "c", Labels = ["y"] }, null));
        Assert.Equal(("", "b c"), (await NewestAsync("x"), await NewestAsync("y")));

        Task<string> NewestAsync(string label) =>
            IdsAsync(new DocumentQuery(Items) { Where = [new DocumentFilter.Equal(Labels, label)], OrderBy = [new(At, Descending: true)] });
    }

    [Fact]
    public async Task Query_PageByPageWhileOthersInsert_GivesStableDocumentsOnceEach()
    {
        await PutAsync([.. Enumerable.Range(0, 1_000).Select(i => new Item { Id = $"s{i:D4}", Amount = i / 10 })]);
        using var stop = new CancellationTokenSource();
        var inserting = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await PutAsync(new Item { Id = $"n{i}", Amount = i % 100 });
            }
        });

        var ids = (await AllPagesAsync(new DocumentQuery(Items) { OrderBy = [new(Amount, Descending: true)], Limit = 13 })).Select(document => document.Id).ToList();
        await stop.CancelAsync();
        await inserting;

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(1_000, ids.Count(id => id[0] == 's'));
    }

    [Fact]
    public async Task Query_LastPage_HasNoToken()
    {
        await PutSamplesAsync();
        var query = new DocumentQuery(Items) { Limit = 5 };

        Assert.Null((await Store.QueryAsync(query, CancellationToken.None)).Next);
        var first = await Store.QueryAsync(query with { Limit = 4 }, CancellationToken.None);

        Assert.Matches("^[A-Za-z0-9_-]+$", first.Next);
        var last = await Store.QueryAsync(query with { Limit = 4, After = first.Next }, CancellationToken.None);
        Assert.Equal(("e", null), (Assert.Single(last.Documents).Id, last.Next));
    }

    [Fact]
    public async Task Query_TokenThatIsNotItsOwn_IsAnArgumentException()
    {
        await PutSamplesAsync();
        var query = new DocumentQuery(Items) { Limit = 1, OrderBy = [new(Amount)] };
        var token = (await Store.QueryAsync(query, CancellationToken.None)).Next!;

        foreach (var bad in new[] { "", "!", "AAAA", token[..^4], token + token, new string('A', 100_000), "bnVsbA", "W10" })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => IdsAsync(query with { After = bad }));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(query with { After = token, OrderBy = [new(At)] }));
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(query with { After = token, Where = [new DocumentFilter.Equal(Category, "ward")] }));
    }

    [Fact]
    public async Task Query_TwentyThousandDocumentsOfOnePatient_PagesThroughAll()
    {
        foreach (var chunk in Enumerable.Range(0, 20_000).Chunk(2_000))
        {
            await PutAsync([.. chunk.Select(i => new Item { Id = $"{i:D5}", Category = "one patient", At = Noon.AddMinutes(i / 20) })]);
        }

        var documents = await AllPagesAsync(new DocumentQuery(Items)
        {
            Where = [new DocumentFilter.Equal(Category, "one patient")],
            OrderBy = [new(At, Descending: true)],
            Limit = 500,
        });

        Assert.Equal(20_000, documents.Count);
        Assert.Equal(Enumerable.Range(0, 20_000).Reverse().Select(i => $"{i:D5}"), documents.Select(document => document.Id));
    }

    private static DocumentSort[] Order(string order) =>
        [.. order.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(key => new DocumentSort(Items.Field(key.TrimStart('-')), key[0] == '-'))];
}
