using System.Globalization;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Retention;

/// <summary>A document of <c>storageSamples</c>: how large the store was at one moment.</summary>
/// <param name="Id">The hour, as <c>yyyyMMddHH</c>, so that there is one a hour however often the process starts.</param>
/// <param name="UsedBytes">Without what is free inside.</param>
/// <param name="Messages">In the journal.</param>
public sealed record StorageSample(string Id, DateTimeOffset Time, long UsedBytes, long Messages);

/// <summary>What somebody who is responsible for the disk wants to know.</summary>
/// <param name="Measured">When (UTC).</param>
/// <param name="VolumeFreeBytes">Free on the disk; null when the store is on another machine.</param>
/// <param name="GrowthPerDay">Bytes, over at most the last seven days; null until there are samples an hour apart.</param>
/// <param name="DaysLeft">Until intake stops for lack of room, should it go on like this; null when it does not grow or the disk is not known.</param>
public sealed record StorageStatus(
    DateTimeOffset Measured, StorageFigures Figures, long? VolumeFreeBytes, double? GrowthPerDay, double? DaysLeft, IReadOnlyList<FeedStorage> Feeds);

/// <summary>What is kept of one feed, and for how long.</summary>
/// <param name="Messages">In the journal.</param>
/// <param name="Oldest">When the oldest of them was received; null when there is none.</param>
/// <param name="RemovedThisFar">What retention did so far.</param>
public sealed record FeedStorage(string Feed, long Messages, DateTimeOffset? Oldest, RetentionRule Rule, RetentionDocument RemovedThisFar);

/// <summary>Measures the store, keeps a sample a hour, and says how it grows. Safe for many threads.</summary>
/// <param name="limits">Intake stops while some room is left.</param>
public sealed class StorageSampler(IDocumentStore store, MessageTally tally, RetentionSettings settings, IntakeLimits limits, TimeProvider clock, StorageVolume? volume = null)
{
    /// <summary>What is measured is shown for so long: counting millions of documents takes a moment.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan KeepSamples = TimeSpan.FromDays(400);
    private static readonly TimeSpan GrowthOver = TimeSpan.FromDays(7);
    private static readonly TimeSpan LeastForGrowth = TimeSpan.FromHours(1);
    private static readonly DocumentField Time = Collections.StorageSamples.Field("time");
    private static readonly DocumentField Feed = Collections.Messages.Field("feed");
    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Received = Collections.Messages.Field("received");

    private readonly SemaphoreSlim _turn = new(1);
    private StorageStatus? _last;

    /// <summary>The figures of now, or of a moment ago.</summary>
    public async ValueTask<StorageStatus> GetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _last is { } last && clock.GetUtcNow() - last.Measured < Fresh ? last : _last = await MeasureAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>TRANSACTION: this hour's sample; the oldest one goes when it is too old.</summary>
    public async ValueTask SampleAsync(CancellationToken cancellationToken)
    {
        var status = await MeasureAsync(cancellationToken);
        var batch = new WriteBatch();
        batch.Add(Collections.StorageSamples.Put(
            new StorageSample(
                status.Measured.ToString("yyyyMMddHH", CultureInfo.InvariantCulture), status.Measured, Used(status.Figures), status.Feeds.Sum(feed => feed.Messages)),
            expectedVersion: null));
        var old = await store.QueryAsync(
            new DocumentQuery(Collections.StorageSamples)
            {
                Where = [new DocumentFilter.Range(Time, null, status.Measured - KeepSamples)],
                OrderBy = [new DocumentSort(Time)],
            }, cancellationToken);
        foreach (var sample in old.Documents)
        {
            batch.Add(Collections.StorageSamples.Delete(sample.Id));
        }

        await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
    }

    private static long Used(StorageFigures figures) => figures.Bytes - figures.FreeBytes;

    private async ValueTask<StorageStatus> MeasureAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var figures = await store.MeasureAsync(cancellationToken);
        var free = volume is null ? null : DiskGuard.FreeBytesOf(volume.Folder)();
        var growth = await GrowthAsync(now, Used(figures), cancellationToken);
        double? daysLeft = free is { } bytes && growth is > 0 ? Math.Max(0, bytes + figures.FreeBytes - limits.MinFreeBytes) / growth : null;
        var feeds = new List<FeedStorage>();
        foreach (var balance in tally.Snapshot())
        {
            var (removed, _) = await RetentionState.ReadAsync(store, balance.Feed, cancellationToken);
            feeds.Add(new FeedStorage(balance.Feed, balance.In, await OldestAsync(balance, cancellationToken), settings.Of(balance.Feed), removed));
        }

        return new StorageStatus(now, figures, free, growth, daysLeft, feeds);
    }

    private async ValueTask<double?> GrowthAsync(DateTimeOffset now, long used, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.StorageSamples)
            {
                Where = [new DocumentFilter.Range(Time, now - GrowthOver, now - LeastForGrowth)],
                OrderBy = [new DocumentSort(Time)],
                Limit = 1,
            }, cancellationToken);
        return page.Documents.Count == 0 ? null
            : Collections.StorageSamples.Read(page.Documents[0]) is var first ? (used - first.UsedBytes) / (now - first.Time).TotalDays : null;
    }

    private async ValueTask<DateTimeOffset?> OldestAsync(MessageBalance balance, CancellationToken cancellationToken)
    {
        DateTimeOffset? oldest = null;
        foreach (var (state, _) in balance.Counts.Where(count => count.Value > 0))
        {
            var page = await store.QueryAsync(
                new DocumentQuery(Collections.Messages)
                {
                    Where = [new DocumentFilter.Equal(Feed, balance.Feed), new DocumentFilter.Equal(State, state.ToString())],
                    OrderBy = [new DocumentSort(Received)],
                    Limit = 1,
                }, cancellationToken);
            var first = page.Documents.Select(stored => (DateTimeOffset?)Collections.Messages.Read(stored).Received).FirstOrDefault();
            oldest = first < oldest || oldest is null ? first ?? oldest : oldest;
        }

        return oldest;
    }
}
