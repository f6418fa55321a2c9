using System.Diagnostics;
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
public sealed partial class SearchIndexer(
    IDocumentStore store, MessageTally tally, FeedContexts contexts, TimeProvider clock, ILogger<SearchIndexer> logger) : BackgroundService
{
    /// <summary>See <see cref="SearchIndexStatus.Behind"/>.</summary>
    public const long MostCounted = 1_000_000;

    private const string ProgressId = "resources";
    private const int Chunk = 200;
    private const int YieldFactor = 30;     // of the time of a step: while messages wait, it takes some 3 % of one core
    private const long Everything = long.MaxValue;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtProgress = TimeSpan.FromSeconds(5);     // counting what is left reads an index
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);
    private static readonly DocumentField Sequence = DocumentField.Sequence;

    private readonly SemaphoreSlim _turn = new(1);
    private volatile IReadOnlyDictionary<string, long> _longest = new Dictionary<string, long>();
    private volatile SearchIndexStatus _latest = new(0, false);
    private long _looked;
    private bool _isRebuilding;

    /// <summary>Of dates that were written without one: the site's zone without summer time.</summary>
    public TimeSpan Offset => contexts.DefaultZone.BaseUtcOffset;

    /// <summary>How far it was behind some seconds ago, for those who look often.</summary>
    public SearchIndexStatus Latest => _latest;

    /// <summary>Seconds of the longest time of a type among the entries.</summary>
    internal long LongestOf(string type) => _longest.GetValueOrDefault(type);

    /// <summary>Brings the index up to what the record held when this was called, as far as there is time.</summary>
    /// <returns>What is still missing; null: nothing.</returns>
    public async ValueTask<SearchIndexStatus?> CatchUpAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var target = await NewestAsync(cancellationToken);
        while (await StepAsync(cancellationToken) < target)
        {
            if (Stopwatch.GetElapsedTime(began) > atMost)
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
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(await StepSafelyAsync(stoppingToken), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <returns>How long to rest.</returns>
    private async ValueTask<TimeSpan> StepSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var began = Stopwatch.GetTimestamp();
            var done = await StepAsync(cancellationToken) >= await NewestAsync(cancellationToken);
            await LookAsync(done, cancellationToken);
            return done ? LookAgain
                : tally.Total(MessageState.Waiting) > 0 ? Stopwatch.GetElapsedTime(began) * YieldFactor
                : TimeSpan.Zero;
        }
        catch (StoreUnavailableException e)
        {
            LogAway(logger, e.Message);
            return AfterFailure;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The service's edge: our bug must not end the process. The exception's text stays out of the log: it may quote data.
            LogFault(logger, e.GetType().Name, e.StackTrace);
            return AfterFailure;
        }
    }

    private async ValueTask LookAsync(bool isDone, CancellationToken cancellationToken)
    {
        if (isDone || _looked == 0 || clock.GetElapsedTime(_looked) > LookAtProgress)
        {
            _latest = isDone ? new SearchIndexStatus(0, false) : await StatusAsync(cancellationToken);
            _looked = clock.GetTimestamp();
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
                await EndRebuildingAsync(progress, version, cancellationToken);
                return Everything;
            }

            var batch = new WriteBatch();
            var longest = new SortedDictionary<string, long>(progress.Longest.ToDictionary(), StringComparer.Ordinal);
            foreach (var document in page.Documents)
            {
                if (TryEntry(document, longest) is { } entry)
                {
                    batch.Add(Collections.SearchEntries.Put(entry, null));
                }
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

    /// <returns>Null when its keys cannot be made, which is logged: one resource must not keep all that come after it from being found.</returns>
    private SearchEntry? TryEntry(StoredDocument document, SortedDictionary<string, long> longest)
    {
        try
        {
            return EntryOf(RecordResource.Read(document), longest);
        }
        catch (Exception e)
        {
            LogSkipped(logger, document.Id, e.GetType().Name, e.StackTrace);
            return null;
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
            if (await store.CountAsync(Collections.Resources, [], MostCounted, cancellationToken) is > 0 and var resources)
            {
                LogRebuild(logger, resources);
            }
        }

        // Entries of before are searched until they are replaced, so what is known of their times stays.
        return (progress with { Definition = definition, Sequence = 0 }, stored?.Version ?? 0);
    }

    /// <summary>An empty record too is noted as indexed, so that a rebuilding ends once.</summary>
    private async ValueTask EndRebuildingAsync(SearchProgress progress, long version, CancellationToken cancellationToken)
    {
        if (!_isRebuilding)
        {
            return;
        }

        var batch = new WriteBatch();
        batch.Add(Collections.SearchProgress.Put(progress, version));
        await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);   // in conflict another process noted it
        _isRebuilding = false;
        if (progress.Sequence > 0)
        {
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

    [LoggerMessage(EventId = 3304, Level = LogLevel.Error, Message = "The FHIR search index failed and tries again ({Fault}): {Where}")]
    private static partial void LogFault(ILogger logger, string fault, string? where);

    [LoggerMessage(EventId = 3305, Level = LogLevel.Error, Message = "{Resource} is not found by FHIR searches: its keys could not be made ({Fault}): {Where}")]
    private static partial void LogSkipped(ILogger logger, string resource, string fault, string? where);
}
