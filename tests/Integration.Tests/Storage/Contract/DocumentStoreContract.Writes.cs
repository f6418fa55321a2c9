using System.Text;
using Integration.Core.Storage;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage.Contract;

public abstract partial class DocumentStoreContract
{
    [Fact]
    public async Task Measure_AfterWrites_CountsDocumentsAndBytes()
    {
        await PutAsync([.. Enumerable.Range(0, 50).Select(i => new Item { Id = $"m{i}", Note = new string('n', 1_000) })]);

        var figures = await Store.MeasureAsync(CancellationToken.None);

        Assert.Equal(All.Select(collection => collection.Name), figures.Collections.Select(collection => collection.Name));
        Assert.Equal((50, 0), (figures.Collections[0].Documents, figures.Collections[1].Documents));
        Assert.InRange(figures.Collections[0].ContentBytes, 50_000, 200_000);
        Assert.InRange(figures.FreeBytes, 0, figures.Bytes - 1);
    }

    [Fact]
    public async Task Reclaim_AfterDeletes_ComesToAnEndAndHurtsNothing()
    {
        await PutAsync([.. Enumerable.Range(0, 300).Select(i => new Item { Id = $"r{i:D3}", Note = new string('n', 20_000), Tags = [$"t{i % 7}"] })]);
        await CommitAsync([.. Enumerable.Range(0, 290).Select(i => Items.Delete($"r{i:D3}"))]);

        for (var steps = 0; await Store.ReclaimAsync(1 << 18, CancellationToken.None) > 0; steps++)
        {
            Assert.True(steps < 100, "It gives back more than there ever was.");
        }

        Assert.Equal("r290 r291 r292 r293 r294 r295 r296 r297 r298 r299", await IdsAsync());
        Assert.Equal("r294", await IdsAsync(new DocumentFilter.Equal(Tags, "t0")));
    }

    [Fact]
    public async Task Get_NothingWritten_IsNull() => Assert.Null(await Store.GetAsync(Items, "a", true, CancellationToken.None));

    [Fact]
    public async Task Put_NewDocument_IsReadBackAsWritten()
    {
        var item = new Item { Id = "a", Category = "x", Amount = -3, At = DateTimeOffset.UnixEpoch, Tags = ["t"], Note = "note", Bytes = "raw"u8.ToArray() };

        var result = Assert.IsType<CommitResult.Committed>(await CommitAsync(Items.Put(item, 0, withPayload: true)));
        var stored = await Store.GetAsync(Items, "a", true, CancellationToken.None);

        Assert.NotNull(stored);
        Assert.Equal(("a", 1L, result.LastSequence), (stored.Id, stored.Version, stored.Sequence));
        Assert.Equal("raw", Encoding.UTF8.GetString(stored.Payload.Span));
        Assert.Equivalent(item with { Bytes = default }, Items.Read(stored));
    }

    [Fact]
    public async Task Put_Again_ReplacesAndCountsVersions()
    {
        await PutAsync(new Item { Id = "a", Note = "one" });
        var first = await Store.GetAsync(Items, "a", false, CancellationToken.None);
        await PutAsync(new Item { Id = "a", Note = "two" });
        var second = await Store.GetAsync(Items, "a", false, CancellationToken.None);

        Assert.Equal((1L, 2L), (first!.Version, second!.Version));
        Assert.True(second.Sequence > first.Sequence);
        Assert.Equal("two", Items.Read(second).Note);
    }

    [Fact]
    public async Task Delete_ThenPut_StartsOverWithoutOldPayload()
    {
        await CommitAsync(Items.Put(new Item { Id = "a", Tags = ["t"], Bytes = "raw"u8.ToArray() }, 0, withPayload: true));
        await PutAsync(new Item { Id = "a", Tags = ["t"] });

        Assert.IsType<CommitResult.Committed>(await CommitAsync(Items.Delete("a", 2)));
        Assert.Null(await ReadAsync("a"));
        Assert.Equal("", await IdsAsync(new DocumentFilter.Equal(Tags, "t")));
        await PutAsync(new Item { Id = "a" });
        var stored = await Store.GetAsync(Items, "a", true, CancellationToken.None);

        Assert.Equal((1L, 0), (stored!.Version, stored.Payload.Length));
    }

    [Fact]
    public async Task Delete_NotThere_ChangesNothing() => Assert.IsType<CommitResult.Committed>(await CommitAsync(Items.Delete("nobody")));

    [Fact]
    public async Task GetMany_SomeExist_ReturnsThose()
    {
        await PutAsync([.. Enumerable.Range(0, 50).Select(i => new Item { Id = $"i{i}" })]);

        var found = await Store.GetManyAsync(Items, ["i7", "nobody", "i49", "i0"], CancellationToken.None);

        Assert.Equal(["i0", "i49", "i7"], found.Select(document => document.Id).Order(StringComparer.Ordinal));
        Assert.Empty(await Store.GetManyAsync(Items, [], CancellationToken.None));
    }

    [Theory]
    [InlineData(0, 0L, true)]
    [InlineData(1, 0L, false)]
    [InlineData(2, 0L, false)]
    [InlineData(0, 1L, false)]
    [InlineData(1, 1L, true)]
    [InlineData(2, 1L, false)]
    [InlineData(2, 2L, true)]
    [InlineData(0, null, true)]
    [InlineData(2, null, true)]
    public async Task Put_ExpectedVersion_HoldsOrConflicts(int standsAt, long? expected, bool holds)
    {
        for (var i = 0; i < standsAt; i++)
        {
            await PutAsync(new Item { Id = "a", Note = "before" });
        }

        var result = await CommitAsync(Items.Put(new Item { Id = "a", Note = "after" }, expected));

        var after = await Store.GetAsync(Items, "a", false, CancellationToken.None);
        if (holds)
        {
            Assert.IsType<CommitResult.Committed>(result);
            Assert.Equal((standsAt + 1L, "after"), (after!.Version, Items.Read(after).Note));
        }
        else
        {
            Assert.Equal(new CommitResult.Conflict("items", "a", null), result);
            Assert.Equal((standsAt, standsAt == 0 ? null : "before"), (after?.Version ?? 0, after is null ? null : Items.Read(after).Note));
        }
    }

    [Fact]
    public async Task Delete_OtherVersion_Conflicts()
    {
        await PutAsync(new Item { Id = "a" });

        Assert.Equal(new CommitResult.Conflict("items", "a", null), await CommitAsync(Items.Delete("a", 2)));
        Assert.NotNull(await ReadAsync("a"));
    }

    [Fact]
    public async Task Commit_OneConflictInBatch_WritesNothingOfIt()
    {
        await PutAsync(new Item { Id = "b", Tags = ["old"] }, new Item { Id = "c" });

        var result = await CommitAsync(
            Items.Put(new Item { Id = "a" }, 0), Items.Put(new Item { Id = "b", Tags = ["new"] }, 1), Items.Delete("c"), Items.Put(new Item { Id = "d" }, 7));

        Assert.Equal(new CommitResult.Conflict("items", "d", null), result);
        Assert.Equal("b c", await IdsAsync());
        Assert.Equal("b", await IdsAsync(new DocumentFilter.Equal(Tags, "old")));
        Assert.Equal("", await IdsAsync(new DocumentFilter.Equal(Tags, "new")));
    }

    [Fact]
    public async Task Commit_ConflictsAmongNeighbours_HitOnlyTheirOwnBatch()
    {
        await PutAsync(new Item { Id = "taken" });
        await CommitAsync(Bookings.Put(new Booking("first", "p", 1), 0));

        var commits = Enumerable.Range(0, 300).Select(i => (i % 3) switch
        {
            0 => CommitAsync(Items.Put(new Item { Id = $"good{i}", Tags = ["good"] }, 0), Bookings.Put(new Booking($"good{i}", "p", 100 + i), 0)),
            1 => CommitAsync(Items.Put(new Item { Id = $"bad{i}", Tags = ["bad"] }, 0), Items.Put(new Item { Id = "taken" }, 0)),
            _ => CommitAsync(Items.Put(new Item { Id = $"bad{i}", Tags = ["bad"] }, 0), Bookings.Put(new Booking($"bad{i}", "p", 1), 0)),
        });
        var results = await Task.WhenAll(commits);

        Assert.All(results.Index(), result => Assert.Equal(result.Index % 3 == 0, result.Item is CommitResult.Committed));
        Assert.Equal(100, await Store.CountAsync(Items, [new DocumentFilter.Equal(Tags, "good")], 1_000, CancellationToken.None));
        Assert.Equal(0, await Store.CountAsync(Items, [new DocumentFilter.StartsWith(DocumentField.Id, "bad")], 1_000, CancellationToken.None));
        Assert.Equal(101, await Store.CountAsync(Bookings, [], 1_000, CancellationToken.None));
    }

    [Fact]
    public async Task Put_UniqueIndexViolated_NamesTheIndex()
    {
        await CommitAsync(Bookings.Put(new Booking("a", "p", 1), 0));

        Assert.Equal(new CommitResult.Conflict("bookings", "b", "person_slot"), await CommitAsync(Bookings.Put(new Booking("b", "p", 1), 0)));
        Assert.IsType<CommitResult.Committed>(await CommitAsync(Bookings.Put(new Booking("b", "p", 2), 0)));
        Assert.Equal(new CommitResult.Conflict("bookings", "b", "person_slot"), await CommitAsync(Bookings.Put(new Booking("b", "p", 1), null)));
        Assert.Equal(new CommitResult.Conflict("bookings", "a", null), await CommitAsync(Bookings.Put(new Booking("a", "q", 9), 0)));
    }

    [Fact]
    public async Task Put_UniqueIndexWithNull_ExemptsTheDocument()
    {
        var result = await CommitAsync(
            Bookings.Put(new Booking("a", "p", null), 0), Bookings.Put(new Booking("b", "p", null), 0), Bookings.Put(new Booking("c", null, null), 0));

        Assert.IsType<CommitResult.Committed>(result);
    }

    [Fact]
    public async Task Commit_UniqueKeyPassedOnInsideBatch_Holds()
    {
        await CommitAsync(Bookings.Put(new Booking("a", "p", 1), 0));

        Assert.IsType<CommitResult.Committed>(await CommitAsync(Bookings.Delete("a"), Bookings.Put(new Booking("b", "p", 1), 0)));
        Assert.Equal(
            new CommitResult.Conflict("bookings", "d", "person_slot"),
            await CommitAsync(Bookings.Put(new Booking("c", "p", 2), 0), Bookings.Put(new Booking("d", "p", 2), 0)));
        Assert.Null(await Store.GetAsync(Bookings, "c", false, CancellationToken.None));
    }

    [Fact]
    public async Task Put_WithoutPayload_KeepsTheStoredOne()
    {
        await CommitAsync(Items.Put(new Item { Id = "a", Bytes = "raw"u8.ToArray() }, 0, withPayload: true));
        await CommitAsync(Items.Put(new Item { Id = "a", Note = "later" }, 1));

        var with = await Store.GetAsync(Items, "a", true, CancellationToken.None);
        var without = await Store.GetAsync(Items, "a", false, CancellationToken.None);
        var listed = await Store.QueryAsync(new DocumentQuery(Items) { WithPayload = true }, CancellationToken.None);

        Assert.Equal("raw", Encoding.UTF8.GetString(with!.Payload.Span));
        Assert.Equal(0, without!.Payload.Length);
        Assert.Equal("raw", Encoding.UTF8.GetString(Assert.Single(listed.Documents).Payload.Span));
    }

    [Fact]
    public async Task Put_PayloadOf16MiB_IsReadBackWhole()
    {
        var bytes = new byte[16 << 20];
        new Random(7).NextBytes(bytes);

        await CommitAsync(Items.Put(new Item { Id = "a", Bytes = bytes }, 0, withPayload: true));
        var stored = await Store.GetAsync(Items, "a", true, CancellationToken.None);

        Assert.True(stored!.Payload.Span.SequenceEqual(bytes));
    }

    [Theory]
    [InlineData("王小明")]
    [InlineData("瑋玘㛃𠮷")]
    [InlineData("a\0b")]
    [InlineData("quote \" and ' and \\ and %_")]
    public async Task Put_AnyText_IsFoundAndReadBack(string text)
    {
        await PutAsync(new Item { Id = text, Category = text, Tags = [text], Note = text }, new Item { Id = "other", Category = "other" });

        Assert.Equivalent(new Item { Id = text, Category = text, Tags = [text], Note = text }, await ReadAsync(text));
        Assert.Equal(text, await IdsAsync(new DocumentFilter.Equal(Category, text)));
        Assert.Equal(text, await IdsAsync(new DocumentFilter.Equal(Tags, text)));
        Assert.Equal(text, await IdsAsync(new DocumentFilter.StartsWith(Tags, text)));
    }

    [Fact]
    public async Task Commit_WhatNoStoreCouldTake_IsAnArgumentException()
    {
        var foreign = new DocumentCollection<Item>("foreign", item => item.Id, ContractJson.Default.Item, [], []);

        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(foreign.Put(new Item { Id = "a" }, 0)));
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(Items.Put(new Item { Id = "" }, 0)));
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(Items.Put(new Item { Id = new string('x', 201) }, 0)));
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(Items.Put(new Item { Id = "a" }, 0), Items.Delete("a")));
        Assert.Equal("", await IdsAsync());
    }

    [Fact]
    public async Task Reopen_KeepsEverythingAndGoesOnBehindTheLastSequence()
    {
        await CommitAsync(Items.Put(new Item { Id = "a", Category = "x", Tags = ["t"], Bytes = "raw"u8.ToArray() }, 0, withPayload: true));
        var last = Assert.IsType<CommitResult.Committed>(await CommitAsync(Items.Put(new Item { Id = "b" }, 0))).LastSequence;
        await CommitAsync(Items.Delete("b"));

        Store = await ReopenAsync(All);

        var stored = await Store.GetAsync(Items, "a", true, CancellationToken.None);
        Assert.Equal("raw", Encoding.UTF8.GetString(stored!.Payload.Span));
        Assert.Equal("a", await IdsAsync(new DocumentFilter.Equal(Tags, "t"), new DocumentFilter.Equal(Category, "x")));
        Assert.True(Assert.IsType<CommitResult.Committed>(await CommitAsync(Items.Put(new Item { Id = "c" }, 0))).LastSequence > last);
    }

    [Fact]
    public async Task Reopen_FieldAndIndexDeclaredLater_FindsOlderDocuments()
    {
        var early = new DocumentCollection<Item>(
            "items", item => item.Id, ContractJson.Default.Item, [(Amount, item => item.Amount)], [new("by amount", [Amount])], item => item.Bytes);
        Store = await ReopenEmptyAsync([early]);
        var batch = new WriteBatch();
        batch.Add(early.Put(new Item { Id = "a", Category = "x", At = DateTimeOffset.UnixEpoch, Tags = ["t", "u"] }, 0));
        await Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        Store = await ReopenAsync(All);

        Assert.Equal("a", await IdsAsync(new DocumentFilter.Equal(Category, "x"), new DocumentFilter.Equal(At, DateTimeOffset.UnixEpoch)));
        Assert.Equal("a", await IdsAsync(new DocumentFilter.Equal(Tags, "u")));
    }

    private async Task<IDocumentStore> ReopenEmptyAsync(IReadOnlyList<DocumentCollection> collections)
    {
        await CloseAsync();
        return await OpenEmptyAsync(collections);
    }
}
