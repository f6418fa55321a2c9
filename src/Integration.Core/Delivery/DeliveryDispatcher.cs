using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Delivery;

/// <summary>Runs a worker for each destination, side by side. What waited when the process died is read again at the next start.</summary>
public sealed partial class DeliveryDispatcher : BackgroundService, IDestinationBoard
{
    private static readonly TimeSpan PauseWhenStoreIsAway = TimeSpan.FromSeconds(1);

    // An answer that is on its way is waited for, so that stopping causes no repeat.
    private static readonly TimeSpan GraceWhenStopping = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<ConfiguredDestination> _destinations;
    private readonly Dictionary<string, DestinationWorker> _workers;
    private readonly DeliveryOutbox _outbox;
    private readonly TimeProvider _clock;
    private readonly ILogger<DeliveryDispatcher> _logger;

    public DeliveryDispatcher(
        IReadOnlyList<ConfiguredDestination> destinations, DeliveryOutbox outbox, DeliveryContents contents, DeliveryMetrics metrics, TimeProvider clock, ILogger<DeliveryDispatcher> logger)
    {
        _destinations = destinations;
        _outbox = outbox;
        _clock = clock;
        _logger = logger;
        _workers = destinations.ToDictionary(
            d => d.Name,
            d => new DestinationWorker(d, outbox, contents, metrics, clock, Random.Shared.NextDouble, logger), StringComparer.Ordinal);
        metrics.ObserveWaiting(() => outbox.Destinations.Select(name => (name, outbox.Counts(name)[DeliveryState.Waiting])));
    }

    public async ValueTask<IReadOnlyList<DestinationStatus>> GetAsync(CancellationToken cancellationToken)
    {
        var board = new List<DestinationStatus>();
        foreach (var destination in _destinations)
        {
            var activity = _workers[destination.Name].Status;
            board.Add(new DestinationStatus(
                destination.Name, destination.AdapterName, destination.Adapter.Description, destination.Options.Messages, destination.Options.Events, destination.Options.Sandbox, activity,
                _outbox.Counts(destination.Name), await _outbox.OldestWaitingAsync(destination.Name, cancellationToken),
                destination.Adapter.Certificate));
        }

        return board;
    }

    public bool TryNow(string destination)
    {
        if (!_workers.TryGetValue(destination, out var worker))
        {
            return false;
        }

        worker.TryNow();
        _outbox.Wake(destination);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var sending = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => sending.CancelAfter(GraceWhenStopping));
        await Task.WhenAll(_destinations.Select(d => Task.Run(() => RunAsync(d.Name, stoppingToken, sending.Token), CancellationToken.None)));
        foreach (var destination in _destinations)
        {
            await destination.Adapter.DisposeAsync();
        }
    }

    private async Task RunAsync(string destination, CancellationToken stoppingToken, CancellationToken sendingToken)
    {
        var worker = _workers[destination];
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = await worker.StepAsync(stoppingToken, sendingToken);
                await WaitAsync(destination, next, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                LogStoreAway(destination, e.Message);
                await PauseAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Our bug. The exception's text stays out of the log: it may quote data. The delivery still waits.
                LogFault(destination, e.GetType().Name, e.StackTrace);
                await PauseAsync(stoppingToken);
            }
        }
    }

    private async Task WaitAsync(string destination, DateTimeOffset? next, CancellationToken stoppingToken)
    {
        var pause = next - _clock.GetUtcNow();
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        using var until = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        if (pause is { } limit)
        {
            until.CancelAfter(limit);
        }

        try
        {
            await _outbox.WaitAsync(destination, until.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The time has come.
        }
    }

    private async Task PauseAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(PauseWhenStoreIsAway, _clock, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop ends.
        }
    }

    [LoggerMessage(7011, LogLevel.Warning, "Destination {Destination}: the outbox cannot be read now: {Reason}")]
    private partial void LogStoreAway(string destination, string reason);

    [LoggerMessage(7012, LogLevel.Error, "Destination {Destination}: sending failed with {ExceptionType}\n{StackTrace}")]
    private partial void LogFault(string destination, string exceptionType, string? stackTrace);
}
