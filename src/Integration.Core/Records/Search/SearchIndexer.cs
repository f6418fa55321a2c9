using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Records.Search;

/// <summary>How far the search index is behind the record.</summary>
/// <param name="Behind">Changed resources that it has not read yet, counted up to <see cref="SearchIndexer.MostCounted"/>.</param>
/// <param name="IsRebuilding">It is made anew, since what is indexed has changed or nothing was indexed before.</param>
public sealed record SearchIndexStatus(long Behind, bool IsRebuilding);

/// <summary>
/// Follows the record by the sequence of its changes and keeps <c>searchEntries</c>. Behind the record rather than with it, so that taking messages in
/// never waits for it: it works when no message waits, slowly when some do, and when a search needs it. Safe for many threads; with several
/// processes on one store each change is indexed once or twice, to the same effect.
/// </summary>
/// <remarks>
/// What decides the keys is part of the stored progress: a new version with other parameters reads every resource again, while the entries of before go
/// on serving. How much is left is said to everybody who searches meanwhile.
/// </remarks>
public sealed partial class SearchIndexer(IDocumentStore store, MessageTally tally, FeedContexts contexts, ILogger<SearchIndexer> logger) : BackgroundService
{
    /// <summary>See <see cref="SearchIndexStatus.Behind"/>.</summary>
    public const long MostCounted = 1_000_000;

    private const string ProgressId = "resources";
    private const int Chunk = 200;
    private const int YieldFactor = 3;
    private const long Everything = long.MaxValue;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);
    private static readonly DocumentField Sequence = DocumentField.Sequence;

    private readonly SemaphoreSlim _turn = new(1);
    private volatile IReadOnlyDictionary<string, long> _longest = new Dictionary<string, long>();
    private bool _isRebuilding;

    /// <summary>Of dates that were written without one: the site's zone without summer time.</summary>
    public TimeSpan Offset => contexts.DefaultZone.BaseUtcOffset;

    /// <summary>Seconds of the longest time of a type among the entries.</summary>
    internal long LongestOf(string type) => _longest.GetValueOrDefault(type);

    /// <summary>Brings the index up to what the record held when this was called, as far as there is time.</summary>
    /// <returns>What is still missing; null: nothing.</returns>
    public async ValueTask<SearchIndexStatus?> CatchUpAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var target = await NewestAsync(cancellationToken);
        while (await StepAsync(cancellationToken) < target)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(began) > atMost)
            {
                return await StatusAsync(cancellationToken);
            }
        }

        return null;
    }

    /// <summary>How far it is behind now.</summary>
    public async ValueTask<SearchIndexStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var (progress, _) = await ReadProgressAsync(cancellationToken);
        var behind = await store.CountAsync(Collections.Resources, [new DocumentFilter.Range(Sequence, progress.Sequence + 1, null)], MostCounted, cancellationToken);
        return new SearchIndexStatus(behind, _isRebuilding && behind > 0);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var began = System.Diagnostics.Stopwatch.GetTimestamp();
                var done = await StepAsync(stoppingToken) >= await NewestAsync(stoppingToken);
                var pause = done ? LookAgain
                    : tally.Total(MessageState.Waiting) > 0 ? System.Diagnostics.Stopwatch.GetElapsedTime(began) * YieldFactor
                    : TimeSpan.Zero;
                await Task.Delay(pause, stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                LogAway(logger, e.Message);
                await Task.Delay(AfterFailure, stoppingToken);
            }
        }
    }

    /// <summary>TRANSACTION: the entries of the next changed resources, and how far that is.</summary>
    /// <returns>The sequence up to which all is indexed; beyond any of them when nothing was left.</returns>
    private async ValueTask<long> StepAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (progress, version) = await ReadProgressAsync(cancellationToken);
            _longest = progress.Longest;
            var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
            {
                Where = [new DocumentFilter.Range(Sequence, progress.Sequence + 1, null)],
                OrderBy = [new DocumentSort(Sequence)],
                Limit = Chunk,
            }, cancellationToken);
            if (page.Documents.Count == 0)
            {
                EndRebuilding();
                return Everything;
            }

            var batch = new WriteBatch();
            var longest = new SortedDictionary<string, long>(progress.Longest.ToDictionary(), StringComparer.Ordinal);
            foreach (var document in page.Documents)
            {
                batch.Add(Collections.SearchEntries.Put(EntryOf(RecordResource.Read(document), longest), null));
            }

            // Before the entries are there, so that no search looks for one in too short a stretch.
            _longest = longest;
            var reached = progress with { Sequence = page.Documents[^1].Sequence, Longest = longest };
            batch.Add(Collections.SearchProgress.Put(reached, version));

            // In conflict another process was faster; the next step begins where it ended.
            return await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is CommitResult.Committed ? reached.Sequence : progress.Sequence;
        }
        finally
        {
            _turn.Release();
        }
    }

    private SearchEntry EntryOf(RecordResource resource, SortedDictionary<string, long> longest)
    {
        var type = resource.Type;
        var parameters = SearchKeyMaker.ParametersOf(type);
        var values = resource.Values(SearchTimes.Of(type) is { } own ? [.. parameters, own] : parameters, Offset);
        var time = SearchTimes.Read(type, values);
        if (time is { } known)
        {
            longest[type] = Math.Max(longest.GetValueOrDefault(type), known.Seconds);
        }

        return new SearchEntry(resource.Reference, type, time?.Start ?? resource.Effective, resource.LastUpdated, SearchKeyMaker.Of(type, values));
    }

    private async ValueTask<(SearchProgress Progress, long Version)> ReadProgressAsync(CancellationToken cancellationToken)
    {
        var stored = await store.GetAsync(Collections.SearchProgress, ProgressId, withPayload: false, cancellationToken);
        var definition = $"{SearchKeyMaker.Definition} {Offset}";
        var progress = stored is null ? new SearchProgress(ProgressId, "", 0) : Collections.SearchProgress.Read(stored);
        if (progress.Definition == definition)
        {
            return (progress, stored!.Version);
        }

        if (!_isRebuilding)
        {
            _isRebuilding = true;
            LogRebuild(logger, await store.CountAsync(Collections.Resources, [], MostCounted, cancellationToken));
        }

        // Entries of before are searched until they are replaced, so what is known of their times stays.
        return (progress with { Definition = definition, Sequence = 0 }, stored?.Version ?? 0);
    }

    private void EndRebuilding()
    {
        if (_isRebuilding)
        {
            _isRebuilding = false;
            LogRebuilt(logger);
        }
    }

    private async ValueTask<long> NewestAsync(CancellationToken cancellationToken)
    {
        var newest = await store.QueryAsync(
            new DocumentQuery(Collections.Resources) { OrderBy = [new DocumentSort(Sequence, Descending: true)], Limit = 1 }, cancellationToken);
        return newest.Documents is [var document] ? document.Sequence : 0;
    }

    [LoggerMessage(EventId = 3301, Level = LogLevel.Information, Message = "The FHIR search index is made anew from {Resources} resources; searches say how far it is until it is done")]
    private static partial void LogRebuild(ILogger logger, long resources);

    [LoggerMessage(EventId = 3302, Level = LogLevel.Information, Message = "The FHIR search index is complete")]
    private static partial void LogRebuilt(ILogger logger);

    [LoggerMessage(EventId = 3303, Level = LogLevel.Warning, Message = "The FHIR search index waits for the store: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
