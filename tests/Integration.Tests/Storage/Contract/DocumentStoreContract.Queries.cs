using Integration.Core.Storage;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage.Contract;

public abstract partial class DocumentStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private Task PutSamplesAsync() => PutAsync(
        new Item { Id = "a", Category = "ward", Amount = 10, At = Noon, Tags = ["red", "round"] },
        new Item { Id = "b", Category = "ward", Amount = 20, At = Noon.AddHours(1), Tags = ["red"] },
        new Item { Id = "c", Category = "ward", Amount = null, At = Noon.AddHours(2), Tags = [] },
        new Item { Id = "d", Category = "lab", Amount = 10, At = null, Tags = ["redder", "green"] },
        new Item { Id = "e", Category = null, Amount = -5, At = Noon, Tags = ["green"] });

    [Fact]
    public async Task Query_EachFilter_FindsWhatItSays()
    {
        await PutSamplesAsync();

        Assert.Equal("a b c d e", await IdsAsync());
        Assert.Equal("a b c", await IdsAsync(new DocumentFilter.Equal(Category, "ward")));
        Assert.Equal("a d", await IdsAsync(new DocumentFilter.Equal(Amount, 10L)));
        Assert.Equal("a e", await IdsAsync(new DocumentFilter.Equal(At, Noon)));
        Assert.Equal("a b", await IdsAsync(new DocumentFilter.Equal(Tags, "red")));
        Assert.Equal("e", await IdsAsync(new DocumentFilter.Equal(Category, null)));
        Assert.Equal("c", await IdsAsync(new DocumentFilter.Equal(Amount, null)));
        Assert.Equal("d", await IdsAsync(new DocumentFilter.Equal(At, null)));
        Assert.Equal("c", await IdsAsync(new DocumentFilter.Equal(Tags, null)));
        Assert.Equal("d e", await IdsAsync(new DocumentFilter.In(Amount, [-5L, 10L]), new DocumentFilter.In(Tags, ["green", "blue"])));
        Assert.Equal("", await IdsAsync(new DocumentFilter.In(Category, [])));
        Assert.Equal("", await IdsAsync(new DocumentFilter.In(Tags, [])));
        Assert.Equal("a b", await IdsAsync(new DocumentFilter.In(DocumentField.Id, ["a", "b", "z"])));
    }

    [Fact]
    public async Task Query_RangesAndPrefixes_LeaveOutTheAbsent()
    {
        await PutSamplesAsync();

        Assert.Equal("a d", await IdsAsync(new DocumentFilter.Range(Amount, 10L, 20L)));
        Assert.Equal("a b d", await IdsAsync(new DocumentFilter.Range(Amount, 10L, null)));
        Assert.Equal("a d e", await IdsAsync(new DocumentFilter.Range(Amount, null, 20L)));
        Assert.Equal("a b d e", await IdsAsync(new DocumentFilter.Range(Amount, null, null)));
        Assert.Equal("a b e", await IdsAsync(new DocumentFilter.Range(At, Noon, Noon.AddHours(2))));
        Assert.Equal("d e", await IdsAsync(new DocumentFilter.Range(Tags, "a", "gz")));
        Assert.Equal("a b c", await IdsAsync(new DocumentFilter.StartsWith(Category, "wa")));
        Assert.Equal("", await IdsAsync(new DocumentFilter.StartsWith(Category, "Wa")));
        Assert.Equal("a b c d", await IdsAsync(new DocumentFilter.StartsWith(Category, "")));
        Assert.Equal("a b d", await IdsAsync(new DocumentFilter.StartsWith(Tags, "red")));
        Assert.Equal("d", await IdsAsync(new DocumentFilter.StartsWith(Tags, "redd")));
        Assert.Equal("c", await IdsAsync(new DocumentFilter.StartsWith(DocumentField.Id, "c")));
    }

    [Fact]
    public async Task Query_FiltersCombined_MustAllHold()
    {
        await PutSamplesAsync();

        Assert.Equal("a", await IdsAsync(
            new DocumentFilter.Equal(Category, "ward"), new DocumentFilter.Range(At, Noon, Noon.AddHours(2)), new DocumentFilter.Equal(Tags, "round")));
        Assert.Equal("a", await IdsAsync(new DocumentFilter.Equal(Tags, "red"), new DocumentFilter.Equal(Tags, "round")));
        Assert.Equal("d", await IdsAsync(new DocumentFilter.StartsWith(Tags, "red"), new DocumentFilter.In(Tags, ["green"])));
        Assert.Equal("", await IdsAsync(new DocumentFilter.Equal(Category, "lab"), new DocumentFilter.Equal(Category, "ward")));
    }

    [Fact]
    public async Task Query_Sorted_PutsTheAbsentFirstAscending()
    {
        await PutSamplesAsync();

        Assert.Equal("c e a d b", await IdsAsync(new DocumentQuery(Items) { OrderBy = [new(Amount)] }));
        Assert.Equal("b d a e c", await IdsAsync(new DocumentQuery(Items) { OrderBy = [new(Amount, Descending: true)] }));
        Assert.Equal("e d c b a", await IdsAsync(new DocumentQuery(Items) { OrderBy = [new(Category), new(At, Descending: true)] }));
        Assert.Equal("e d c b a", await IdsAsync(new DocumentQuery(Items) { OrderBy = [new(DocumentField.Id, Descending: true)] }));
        Assert.Equal("e d", await IdsAsync(new DocumentQuery(Items) { OrderBy = [new(DocumentField.Sequence, Descending: true)], Limit = 2 }));
    }

    [Fact]
    public async Task Query_AfterUpdate_FollowsTheNewValues()
    {
        await PutSamplesAsync();

        await PutAsync(new Item { Id = "a", Category = "lab", Tags = ["round", "blue"] });

        Assert.Equal("b c", await IdsAsync(new DocumentFilter.Equal(Category, "ward")));
        Assert.Equal("b", await IdsAsync(new DocumentFilter.Equal(Tags, "red")));
        Assert.Equal("a", await IdsAsync(new DocumentFilter.Equal(Tags, "round")));
        Assert.Equal("a", await IdsAsync(new DocumentFilter.Equal(Tags, "blue")));
        Assert.Equal("a c", await IdsAsync(new DocumentFilter.Equal(Amount, null)));
    }

    [Fact]
    public async Task Query_RepeatedTextInList_IsFoundOnce()
    {
        await PutAsync(new Item { Id = "a", Tags = ["x1", "x1", "x2"] });

        Assert.Equal("a", await IdsAsync(new DocumentFilter.StartsWith(Tags, "x")));
        Assert.Equal(1, await Store.CountAsync(Items, [new DocumentFilter.StartsWith(Tags, "x")], 10, CancellationToken.None));
    }

    [Fact]
    public async Task Query_TimesAMicrosecondApart_AreToldApart()
    {
        await PutAsync(
            new Item { Id = "a", At = Noon.AddMicroseconds(1) }, new Item { Id = "b", At = Noon }, new Item { Id = "c", At = Noon.AddMicroseconds(-1).ToOffset(TimeSpan.FromHours(8)) },
            new Item { Id = "d", At = DateTimeOffset.UnixEpoch.AddYears(-70).AddMicroseconds(1) }, new Item { Id = "e", At = DateTimeOffset.UnixEpoch.AddYears(-70) });

        Assert.Equal("e d c b a", await IdsAsync(new DocumentQuery(Items) { OrderBy = [new(At)] }));
        Assert.Equal("a", await IdsAsync(new DocumentFilter.Equal(At, Noon.AddMicroseconds(1))));
        Assert.Equal("b c", await IdsAsync(new DocumentFilter.Range(At, Noon.AddMicroseconds(-1), Noon.AddMicroseconds(1))));
        Assert.Equal(Noon.AddMicroseconds(1), (await ReadAsync("a"))!.At);
        var groups = await Store.GroupAndCountAsync(Items, [new DocumentFilter.Equal(DocumentField.Id, "a")], [At], CancellationToken.None);
        Assert.Equal(Noon.AddMicroseconds(1), Assert.Single(groups).Key[0]);
    }

    [Fact]
    public async Task Query_TextOrder_IsThatOfUtf8Bytes()
    {
        // UTF-16 order would put 𠮷 (U+20BB7, surrogates) before U+FF21; a culture's order would mix cases.
        string[] inOrder = ["A", "a", "é", "王", "Ａ", "𠮷"];
        await PutAsync([.. inOrder.Reverse().Select((text, i) => new Item { Id = $"{i}", Category = text })]);

        Assert.Equal("5 4 3 2 1 0", await IdsAsync(new DocumentQuery(Items) { OrderBy = [new(Category)] }));
    }

    [Fact]
    public async Task Count_AtMost_StopsThere()
    {
        await PutSamplesAsync();

        Assert.Equal(5, await Store.CountAsync(Items, [], 100, CancellationToken.None));
        Assert.Equal(3, await Store.CountAsync(Items, [], 3, CancellationToken.None));
        Assert.Equal(0, await Store.CountAsync(Items, [], 0, CancellationToken.None));
        Assert.Equal(2, await Store.CountAsync(Items, [new DocumentFilter.Equal(Tags, "green")], 100, CancellationToken.None));
    }

    [Fact]
    public async Task GroupAndCount_ByTwoFields_LargestFirst()
    {
        await PutSamplesAsync();
        await PutAsync(new Item { Id = "f", Category = "lab", Amount = 10 }, new Item { Id = "g", Category = "lab", Amount = 10 });

        var groups = await Store.GroupAndCountAsync(Items, [], [Category, Amount], CancellationToken.None);
        var wards = await Store.GroupAndCountAsync(Items, [new DocumentFilter.Equal(Tags, "red")], [Category], CancellationToken.None);

        Assert.Equal(5, groups.Count);
        Assert.Equal(("lab", 10L, 3L), (groups[0].Key[0], groups[0].Key[1], groups[0].Count));
        Assert.Contains(groups, group => group.Key[0] is null && group.Key[1] is -5L && group.Count == 1);
        Assert.Equal(("ward", 2L), (Assert.Single(wards).Key[0], wards[0].Count));
    }

    [Fact]
    public async Task GroupAndCount_ManyGroups_ReturnsAThousand()
    {
        await PutAsync([.. Enumerable.Range(0, 1_100).Select(i => new Item { Id = $"{i}", Amount = Math.Min(i, 1_050) })]);

        var groups = await Store.GroupAndCountAsync(Items, [], [Amount], CancellationToken.None);

        Assert.Equal(1_000, groups.Count);
        Assert.Equal((1_050L, 50L), (groups[0].Key[0], groups[0].Count));
    }

    [Fact]
    public async Task Query_WhatIsNotDeclared_IsAnArgumentException()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(new DocumentFilter.Equal(new DocumentField("note", DocumentFieldType.Text), "x")));
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(new DocumentFilter.Equal(Amount, "ten")));
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(new DocumentFilter.StartsWith(Amount, "1")));
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(new DocumentQuery(Items) { OrderBy = [new(Tags)] }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => IdsAsync(new DocumentQuery(Items) { Limit = 0 }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => IdsAsync(new DocumentQuery(Items) { Limit = 10_001 }));
    }

    [Fact]
    public async Task Query_AlreadyCancelled_ThrowsThat()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.QueryAsync(new DocumentQuery(Items), new CancellationToken(canceled: true)));
    }
}
