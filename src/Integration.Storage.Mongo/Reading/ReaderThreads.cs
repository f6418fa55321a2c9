using System.Collections.Concurrent;
using Integration.Core.Storage;

namespace Integration.Storage.Mongo.Reading;

/// <summary>Threads that ask the database, each with a connection of its own: the driver blocks, and must not block the thread pool.</summary>
internal sealed class ReaderThreads : IDisposable
{
    private readonly BlockingCollection<Action<DocumentCommands>> _work = new(boundedCapacity: 10_000);
    private readonly IMongoConnector _connector;
    private readonly string _database;
    private readonly Thread[] _threads;

    public ReaderThreads(IMongoConnector connector, string database, int count)
    {
        (_connector, _database) = (connector, database);
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(Run) { Name = $"mongo-reader-{i}", IsBackground = true })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Runs a question on one of the threads. Cancelling ends the wait; a question that has begun goes on.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<DocumentCommands, T> read, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(commands => Answer(answer, read, commands, cancellationToken), cancellationToken);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Answers what was asked, then ends the threads.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
    }

    private void Run()
    {
        using var connection = _connector.Connect();
        var commands = new DocumentCommands(connection, _database);
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work(commands);
        }
    }

    private static void Answer<T>(TaskCompletionSource<T> answer, Func<DocumentCommands, T> read, DocumentCommands commands, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            answer.SetCanceled(cancellationToken);
            return;
        }

        try
        {
            answer.SetResult(read(commands));
        }
        catch (MongoCommandException e)
        {
            answer.SetException(StoreFailure.From(e));
        }
        catch (Exception e)
        {
            // The loop's edge: the one who asked hears of it, the thread lives on.
            answer.SetException(e);
        }
    }
}
