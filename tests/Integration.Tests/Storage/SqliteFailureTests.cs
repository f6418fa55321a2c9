using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Integration.Tests.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage;

/// <summary>A store that cannot work says so in one line that tells what to do, and recovers when the reason is gone.</summary>
public sealed class SqliteFailureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-store-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "integration.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Open_SecondEngineOnTheSameFile_IsRefusedUntilTheFirstCloses()
    {
        await using var first = Store();
        await first.OpenAsync(All, CancellationToken.None);
        await using var second = Store();

        await AssertRefusedAsync(second, "in use by another process");
        await first.DisposeAsync();
        await second.OpenAsync(All, CancellationToken.None);
    }

    [Fact]
    public async Task Open_FolderThatCannotBeMade_IsRefused()
    {
        File.WriteAllText(System.IO.Path.Combine(_folder.FullName, "file"), "");
        await using var store = Store(System.IO.Path.Combine(_folder.FullName, "file", "integration.db"));

        await AssertRefusedAsync(store, "cannot be written to");
    }

    [Fact]
    public async Task Open_PathThatIsAFolder_IsRefused()
    {
        Directory.CreateDirectory(Path);
        await using var store = Store();

        await AssertRefusedAsync(store, "cannot be opened");
    }

    [Fact]
    public async Task Open_FileThatIsNoDatabase_IsRefused()
    {
        File.WriteAllBytes(Path, [.. Enumerable.Repeat((byte)'x', 10_000)]);
        await using var store = Store();

        await AssertRefusedAsync(store, "is not an SQLite database");
    }

    [Fact]
    public async Task Open_DamagedDatabase_IsRefused()
    {
        await using (var store = Store())
        {
            await store.OpenAsync(All, CancellationToken.None);
        }

        using (var file = new FileStream(Path, FileMode.Open))
        {
            file.Seek(100, SeekOrigin.Begin);
            file.Write(new byte[8_000]);
        }

        await using var damaged = Store();
        await AssertRefusedAsync(damaged, "is damaged");
    }

    [Fact]
    public async Task Commit_DiskFull_FailsWholeAndTheStoreLivesOn()
    {
        await using var store = Store(maxPages: 60);
        await store.OpenAsync(All, CancellationToken.None);
        await PutAsync(store, new Item { Id = "small" });

        var failed = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => PutAsync(store, new Item { Id = "a" }, new Item { Id = "large", Bytes = new byte[2 << 20] }));
        var before = await store.GetAsync(Items, "small", false, CancellationToken.None);
        await PutAsync(store, new Item { Id = "after" });
        var after = await store.GetAsync(Items, "after", false, CancellationToken.None);

        Assert.Contains("is full", failed.Message);
        Assert.DoesNotContain('\n', failed.Message);
        Assert.Null(await store.GetAsync(Items, "a", false, CancellationToken.None));
        Assert.Equal(before!.Sequence + 1, after!.Sequence);
    }

    [Fact]
    public async Task Open_WhatAKilledProcessLeft_CutsItsLog()
    {
        await using var store = Store();
        await store.OpenAsync(All, CancellationToken.None);
        await PutAsync(store, new Item { Id = "a", Bytes = new byte[1 << 20] });

        // Copied while the store is open: the file as it is, and a log that nobody has copied into it.
        var left = System.IO.Path.Combine(_folder.FullName, "left.db");
        File.Copy(Path, left);
        File.Copy(Path + "-wal", left + "-wal");
        Assert.True(new FileInfo(left + "-wal").Length > 1 << 20);

        await using var next = Store(left);
        await next.OpenAsync(All, CancellationToken.None);

        Assert.True(new FileInfo(left + "-wal").Length < 1 << 20, "The log of the process before is still there.");
        Assert.NotNull(await next.GetAsync(Items, "a", false, CancellationToken.None));
    }

    [Fact]
    public async Task Use_BeforeOpenOrAfterDispose_IsAnInvalidOperation()
    {
        var store = Store();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.GetAsync(Items, "a", false, CancellationToken.None));
        await store.OpenAsync(All, CancellationToken.None);
        await store.DisposeAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => PutAsync(store, new Item { Id = "a" }));
        await store.DisposeAsync();
    }

    private static async Task PutAsync(SqliteDocumentStore store, params Item[] items)
    {
        var batch = new WriteBatch();
        foreach (var item in items)
        {
            batch.Add(Items.Put(item, 0, withPayload: true));
        }

        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }

    private static async Task AssertRefusedAsync(SqliteDocumentStore store, string expected)
    {
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(All, CancellationToken.None));
        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private SqliteDocumentStore Store(string? path = null, int maxPages = 0) => new(
        Options.Create(new SqliteStorageOptions { Path = path ?? Path, MaxPages = maxPages }), NullLogger<SqliteDocumentStore>.Instance);
}
