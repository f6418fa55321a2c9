using Integration.Core.Diagnostics;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Storage.Mongo.Writing;

/// <summary>
/// The one thread that writes. It takes the batches that wait into one transaction, commits once (majority and journal) and then answers their callers:
/// group commit. What MongoDB's rules allow to be run again is run again until a time limit.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    private const int MostBatches = 1_000;
    private const long MostBytes = 12 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly IMongoConnection _connection;
    private readonly GroupWriter _groups;
    private readonly CommitQueue<PreparedBatch> _queue = new();
    private readonly TimeSpan _retryLimit;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ManualResetEventSlim _stopping = new(false);
    private readonly Thread _thread;

    /// <param name="connection">The writer's own; disposed with it.</param>
    public StoreWriter(IMongoConnection connection, string database, TimeSpan retryLimit, TimeProvider time, ILogger logger)
    {
        (_connection, _retryLimit, _time, _logger) = (connection, retryLimit, time, logger);
        _groups = new GroupWriter(connection, database);
        _thread = new Thread(Run) { Name = "mongo-writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Hands a batch over and waits until it is durable or refused.</summary>
    public ValueTask<CommitResult> CommitAsync(PreparedBatch batch, CommitPriority priority, CancellationToken cancellationToken) =>
        _queue.CommitAsync(batch, priority, cancellationToken);

    /// <summary>Writes what waits, then ends the thread.</summary>
    public void Dispose()
    {
        _queue.Close();
        _stopping.Set();
        _thread.Join();
        _queue.Dispose();
        _connection.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        while (!_queue.IsDrained)
        {
            _queue.WaitForWork(Timeout.InfiniteTimeSpan);
            var (batches, intake) = Take();
            foreach (var group in Groups(batches))
            {
                Commit(group);
            }

            _queue.Release(CommitPriority.Intake, intake);
            _queue.Release(CommitPriority.Processing, batches.Count - intake);
        }
    }

    /// <summary>What one transaction may hold: batches of senders first, of the others at least a quarter, so that neither waits for ever.</summary>
    private (List<PreparedBatch> Batches, int Intake) Take()
    {
        var batches = new List<PreparedBatch>();
        var bytes = 0L;
        Take(CommitPriority.Intake, MostBatches - (MostBatches / 4), batches, ref bytes);
        var intake = batches.Count;
        Take(CommitPriority.Processing, MostBatches, batches, ref bytes);
        return (batches, intake);
    }

    private void Take(CommitPriority priority, int most, List<PreparedBatch> batches, ref long bytes)
    {
        while (batches.Count < most && (batches.Count == 0 || bytes < MostBytes) && _queue.TryTake(priority) is { } batch)
        {
            batches.Add(batch);
            bytes += batch.Bytes;
        }
    }

    /// <summary>
    /// Parts a group where a document with a unique key would be written twice: only the last write of a document is sent, and the order in which keys
    /// change hands would be lost.
    /// </summary>
    private static IEnumerable<List<PreparedBatch>> Groups(List<PreparedBatch> batches)
    {
        var group = new List<PreparedBatch>();
        var written = new HashSet<(Schema.CollectionLayout, string)>();
        foreach (var batch in batches)
        {
            var unique = batch.Writes.Where(prepared => prepared.Layout.UniqueIndexes.Count > 0).Select(prepared => (prepared.Layout, prepared.Write.Id)).ToList();
            if (unique.Any(written.Contains))
            {
                yield return group;
                group = [];
                written.Clear();
            }

            written.UnionWith(unique);
            group.Add(batch);
        }

        // None when it was the closing that woke the thread.
        if (group.Count > 0)
        {
            yield return group;
        }
    }

    private void Commit(List<PreparedBatch> batches)
    {
        var began = _time.GetTimestamp();
        var trustNew = true;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var results = Try(batches, trustNew, began);
                for (var i = 0; i < results.Length; i++)
                {
                    batches[i].SetResult(results[i]);
                }

                return;
            }
            catch (MongoCommandException e) when (e.IsDuplicateKey && trustNew)
            {
                trustNew = false;
            }
            catch (MongoCommandException e) when ((e.IsTransient || e.IsDuplicateKey) && HasTime(began))
            {
                Pause(attempt);
            }
            catch (Exception e)
            {
                Refuse(batches, e);
                return;
            }
        }
    }

    private CommitResult[] Try(List<PreparedBatch> batches, bool trustNew, long began)
    {
        try
        {
            var (results, hasChanges) = _groups.Send(batches, trustNew);
            if (hasChanges)
            {
                CommitTransaction(began);
            }
            else
            {
                _connection.Abort();
            }

            return results;
        }
        catch
        {
            _connection.Abort();
            throw;
        }
    }

    /// <summary>Commits until it is known whether it took effect: the server answers the same however often it is asked.</summary>
    private void CommitTransaction(long began)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _connection.Commit();
                return;
            }
            catch (MongoCommandException e) when (e.IsCommitUnknown && !e.IsTransient && HasTime(began))
            {
                _logger.CommitUnknown(attempt);
                Pause(attempt);
            }
        }
    }

    private bool HasTime(long began) => _time.GetElapsedTime(began) < _retryLimit && !_stopping.IsSet;

    private void Pause(int attempt)
    {
        _stopping.Wait(Backoff.Shorten(Backoff.Doubled(FirstPause, attempt, LongestPause), 1, Random.Shared.NextDouble()));
    }

    private void Refuse(List<PreparedBatch> batches, Exception exception)
    {
        _logger.CommitFailed(batches.Count, exception);
        var answer = exception switch
        {
            MongoCommandException e => StoreFailure.From(e),
            _ when batches.Count > 1 => new StoreUnavailableException("The commit was undone because of a fault in one batch of it. Try again.", exception),
            _ => exception,
        };
        foreach (var batch in batches)
        {
            batch.SetException(answer);
        }
    }
}
