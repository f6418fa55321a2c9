using System.Diagnostics;
using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;
using Microsoft.Extensions.Logging;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>
/// The one thread that writes. It takes every batch that waits into one transaction, commits once (one fsync) and then answers
/// all of their callers: group commit.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    /// <summary>Ends a transaction, so that the memory of uncommitted pages stays small.</summary>
    private const long MaxTransactionBytes = 16 << 20;

    /// <summary>How long a transaction may take intake batches.</summary>
    private static readonly TimeSpan IntakeShare = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long a transaction may take processing batches while senders wait for it to end: as long as intake took, within these
    /// bounds. The upper one is what processing adds to an acknowledgement at most.
    /// </summary>
    private static readonly TimeSpan LeastProcessingShare = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan MostProcessingShareUnderIntake = TimeSpan.FromMilliseconds(5);

    /// <summary>The same while no sender waits.</summary>
    private static readonly TimeSpan ProcessingShare = TimeSpan.FromMilliseconds(20);

    private readonly Database _database;
    private readonly BatchWriter _batches;
    private readonly CommitQueue<PreparedBatch> _queue = new();
    private readonly WalKeeper _wal;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly List<(PreparedBatch Batch, CommitResult Result)> _written = [];
    private int _intakeTaken;
    private int _processingTaken;
    private long _bytes;
    private TimeSpan _intakeTime;

    public StoreWriter(Database database, CollectionTables tables, ILogger logger)
    {
        (_database, _logger) = (database, logger);
        _batches = new BatchWriter(database, tables);
        LastSequence = _batches.LastSequence;
        _wal = new WalKeeper(database, logger);
        _thread = new Thread(Run) { Name = "sqlite-writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The highest sequence number given out before the first batch.</summary>
    public long LastSequence { get; }

    /// <summary>Hands a batch over and waits until it is durable or refused.</summary>
    public ValueTask<CommitResult> CommitAsync(PreparedBatch batch, CommitPriority priority, CancellationToken cancellationToken) =>
        _queue.CommitAsync(batch, priority, cancellationToken);

    /// <summary>Writes what waits, then ends the thread.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _queue.Dispose();
        _database.Dispose();
        _wal.Dispose();     // last, see there
    }

    private void Run()
    {
        while (!_queue.IsDrained)
        {
            if (_queue.WaitForWork(WalKeeper.IdleAfter))
            {
                RunTransaction();
                _wal.AfterCommit();
            }
            else
            {
                _wal.WhenIdle();
            }
        }
    }

    /// <summary>TRANSACTION: every batch taken, and the sequence ceiling when it is passed.</summary>
    private void RunTransaction()
    {
        (_intakeTaken, _processingTaken, _bytes) = (0, 0, 0);
        Exception? failure = null;
        PreparedBatch? current = null;
        try
        {
            _database.Prepared("BEGIN IMMEDIATE").Run();
            _batches.BeginTransaction();
            TakeIntake(ref current);
            TakeProcessing(ref current);
            current = null;
            _database.Prepared("COMMIT").Run();
        }
        catch (Exception exception)
        {
            // The loop's edge: whatever happened, nothing of this transaction is stored and every caller must hear of it.
            failure = exception;
            RollBack(exception);
        }

        Answer(failure, current);
    }

    private void TakeIntake(ref PreparedBatch? current)
    {
        var began = Stopwatch.GetTimestamp();
        while (_bytes < MaxTransactionBytes && Stopwatch.GetElapsedTime(began) < IntakeShare && (current = _queue.TryTake(CommitPriority.Intake)) is not null)
        {
            _intakeTaken++;
            Write(current);
        }

        _intakeTime = Stopwatch.GetElapsedTime(began);
    }

    private void TakeProcessing(ref PreparedBatch? current)
    {
        var began = Stopwatch.GetTimestamp();
        while (_bytes < MaxTransactionBytes && Stopwatch.GetElapsedTime(began) < ShareOfProcessing()
            && (current = _queue.TryTake(CommitPriority.Processing)) is not null)
        {
            _processingTaken++;
            Write(current);
        }
    }

    private TimeSpan ShareOfProcessing() =>
        _intakeTaken == 0 && !_queue.HasIntake ? ProcessingShare
        : _intakeTime < LeastProcessingShare ? LeastProcessingShare
        : _intakeTime > MostProcessingShareUnderIntake ? MostProcessingShareUnderIntake
        : _intakeTime;

    private void Write(PreparedBatch batch)
    {
        _bytes += batch.Bytes;
        _written.Add((batch, _batches.Write(batch)));
    }

    private void RollBack(Exception exception)
    {
        _logger.CommitFailed(_written.Count, exception);
        _batches.RolledBack();
        try
        {
            _database.RollBack();
        }
        catch (Exception rollbackFailure)
        {
            _logger.CommitFailed(_written.Count, rollbackFailure);
        }
    }

    private void Answer(Exception? failure, PreparedBatch? current)
    {
        // A fault of one batch is its caller's alone: for the others it is as if the store had been away.
        var forOthers = failure is null or StoreUnavailableException
            ? failure
            : new StoreUnavailableException("The commit was undone because of a fault in another batch of it. Try again.", failure);
        foreach (var (batch, result) in _written)
        {
            if (forOthers is null)
            {
                batch.SetResult(result);
            }
            else
            {
                batch.SetException(forOthers);
            }
        }

        current?.SetException(failure!);
        _written.Clear();
        _queue.Release(CommitPriority.Intake, _intakeTaken);
        _queue.Release(CommitPriority.Processing, _processingTaken);
    }
}
