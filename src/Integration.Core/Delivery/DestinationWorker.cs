using Integration.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Delivery;

/// <summary>
/// Sends to one destination, one delivery of a patient at a time. What got no answer slows the whole destination down (<see cref="CircuitBreaker"/>); what was
/// refused waits for its own time while others go on. A patient's deliveries never overtake one another.
/// </summary>
/// <remarks>One caller of <see cref="StepAsync"/>; <see cref="Status"/> and <see cref="TryNow"/> from any thread.</remarks>
public sealed partial class DestinationWorker(
    ConfiguredDestination destination, DeliveryOutbox outbox, DeliveryContents contents, DeliveryMetrics metrics, TimeProvider clock, Func<double> chance,
    ILogger logger)
{
    private const int LeastOfPage = 50;

    /// <summary>Deliveries of a page for each of those sent at the same time: enough that few stand idle at its end, and no more, since reading a page holds up others.</summary>
    private const int PagePerLane = 8;

    private const int MostPatience = 8;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly CircuitBreaker _breaker = new(destination.Options, chance);
    private readonly Pace _pace = new(destination.Options.MaxPerSecond);
    private int _patience = 1;
    private bool _outageTold;
    private MessageIssue? _lastError;
    private DateTimeOffset? _lastDelivered;
    private long _repeats;
    private bool _isAsked;

    private DestinationOptions Options => destination.Options;

    /// <summary>How the destination is now.</summary>
    public DestinationActivity Status
    {
        get
        {
            lock (_lock)
            {
                var now = clock.GetUtcNow();
                var planned = Options.Downtime.EndAt(now);
                var circuit = planned is null ? _breaker.StateAt(now) : CircuitState.Planned;
                return new(circuit, _breaker.Since, _lastError, _lastDelivered, _repeats, Options.Timeout * _patience, planned);
            }
        }
    }

    /// <summary>Lets the next attempt come at once, whatever the circuit or a planned downtime says.</summary>
    public void TryNow()
    {
        lock (_lock)
        {
            _isAsked = true;
            _breaker.TryNow();
        }
    }

    /// <summary>Sends what is due, one page of it at most.</summary>
    /// <param name="stoppingToken">Nothing further is begun once it is cancelled.</param>
    /// <param name="cancellationToken">What was begun ends here too.</param>
    /// <returns>When to come again; null: when something new waits.</returns>
    public async ValueTask<DateTimeOffset?> StepAsync(CancellationToken stoppingToken, CancellationToken cancellationToken)
    {
        var page = await outbox.WaitingAsync(destination.Name, Math.Max(LeastOfPage, PagePerLane * Options.Parallel), cancellationToken);
        return Options.Parallel == 1
            ? await TakeInTurnAsync(page, stoppingToken, cancellationToken)
            : await TakeSideBySideAsync(page, stoppingToken, cancellationToken);
    }

    private async ValueTask<DateTimeOffset?> TakeInTurnAsync(
        IReadOnlyList<StoredDelivery> page, CancellationToken stoppingToken, CancellationToken cancellationToken)
    {
        foreach (var stored in page)
        {
            var now = clock.GetUtcNow();
            if (ClosedUntil(now) is var until && until > now)
            {
                return until;
            }

            if (stored.Delivery.NextAttempt > now)
            {
                return stored.Delivery.NextAttempt;
            }

            stoppingToken.ThrowIfCancellationRequested();
            await TakeAsync(stored, cancellationToken);
        }

        return page.Count == 0 ? null : clock.GetUtcNow();
    }

    /// <summary>Deliveries of different patients at the same time, those of one patient in turn.</summary>
    private async ValueTask<DateTimeOffset?> TakeSideBySideAsync(
        IReadOnlyList<StoredDelivery> page, CancellationToken stoppingToken, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = page.TakeWhile(stored => stored.Delivery.NextAttempt <= now).ToList();
        if (due.Count == 0 || ClosedUntil(now) > now)
        {
            return page.Count == 0 ? null : ClosedUntil(now) is var until && until > now ? until : page[0].Delivery.NextAttempt;
        }

        // A destination that may be away is asked once, not several times at once.
        var isSure = Status is { Circuit: CircuitState.Closed, Since: null };
        var lanes = new ParallelOptions { MaxDegreeOfParallelism = isSure ? Options.Parallel : 1, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(due.GroupBy(stored => stored.Delivery.PatientId, StringComparer.Ordinal), lanes, async (ofPatient, token) =>
        {
            foreach (var stored in ofPatient)
            {
                var moment = clock.GetUtcNow();
                if (stoppingToken.IsCancellationRequested || ClosedUntil(moment) > moment)
                {
                    return;
                }

                await TakeAsync(stored, token);
            }
        });
        stoppingToken.ThrowIfCancellationRequested();
        return clock.GetUtcNow();
    }

    private DateTimeOffset ClosedUntil(DateTimeOffset now)
    {
        lock (_lock)
        {
            return !_isAsked && Options.Downtime.EndAt(now) is { } planned ? planned : _breaker.ClosedUntil;
        }
    }

    private async ValueTask TakeAsync(StoredDelivery stored, CancellationToken cancellationToken)
    {
        var first = await outbox.FirstOfPatientAsync(destination.Name, stored.Delivery.PatientId, cancellationToken);
        if (first is not null && first.Delivery.Id != stored.Delivery.Id)
        {
            // Its patient's earlier delivery waits: so does this one, just behind it.
            var behind = (first.Delivery.NextAttempt > clock.GetUtcNow() ? first.Delivery.NextAttempt : clock.GetUtcNow()).AddMicroseconds(1);
            await outbox.SaveAsync(stored, stored.Delivery with { NextAttempt = behind }, withContent: false, cancellationToken);
            return;
        }

        if (await outbox.GetAsync(stored.Delivery.Id, withContent: true, cancellationToken) is not { Delivery.State: DeliveryState.Waiting } current)
        {
            return;
        }

        if (clock.GetUtcNow() - current.Delivery.Queued > Options.Retry.MaxAge)
        {
            var expired = MessageIssue.Error(IntegrationErrorCode.DeliveryExpired, "", $"Not delivered within {Options.Retry.MaxAge:c}.");
            await SaveAsync(current, Failed(current.Delivery, DeliveryFailure.Expired, current.Delivery.LastError ?? expired), cancellationToken);
            return;
        }

        if (await WithContentAsync(current, cancellationToken) is { } ready)
        {
            await SendAsync(ready, cancellationToken);
        }
    }

    /// <summary>The delivery with its bytes; null when they cannot be made and it was moved aside. Of a message they are kept first: a repeat is a repeat.</summary>
    private async ValueTask<StoredDelivery?> WithContentAsync(StoredDelivery stored, CancellationToken cancellationToken)
    {
        if (stored.Delivery.ContentBytes > 0)
        {
            return stored;
        }

        var content = await contents.MakeAsync(destination, stored.Delivery, cancellationToken);
        if (stored.Delivery.EventId is not null && content.Issues.Count == 0 && destination.Adapter is not IPatientMessageAdapter)
        {
            return stored with { Delivery = stored.Delivery with { Content = content.Bytes } };
        }

        var built = DeliveryBuild.Apply(stored.Delivery, content, clock.GetUtcNow());
        return await outbox.SaveAsync(stored, built, withContent: true, cancellationToken) && built.State == DeliveryState.Waiting
            ? new StoredDelivery(built, stored.Version + 1)
            : null;
    }

    private async ValueTask SendAsync(StoredDelivery stored, CancellationToken cancellationToken)
    {
        var delivery = stored.Delivery;
        if (Options.Sandbox)
        {
            var captured = delivery with { State = DeliveryState.Captured, ContentBytes = delivery.Content.Length, NextAttempt = clock.GetUtcNow(), LastError = null };
            await outbox.SaveAsync(stored, captured, withContent: true, cancellationToken);
            return;
        }

        await _pace.WaitAsync(clock, cancellationToken);
        var timeout = Status.Timeout;
        var began = clock.GetTimestamp();
        var result = await destination.Adapter.SendAsync(delivery.Content, delivery.EventId ?? delivery.ControlId, timeout, cancellationToken);
        var took = clock.GetElapsedTime(began);
        metrics.Attempted(destination.Name, result, took);
        CrashPoints.Reach(CrashPoints.Delivered);
        var tried = delivery with { Attempts = delivery.Attempts + 1 };
        await SaveAsync(stored, After(tried, result, took), cancellationToken);
    }

    private DeliveryDocument After(DeliveryDocument delivery, SendResult result, TimeSpan took)
    {
        var now = clock.GetUtcNow();
        var issue = IssueOf(result);
        lock (_lock)
        {
            _lastError = issue ?? _lastError;
            _repeats += delivery.Attempts > 1 ? 1 : 0;
            _isAsked = false;
            Learn(result, took, now);
        }

        TellOutage(issue);
        return result switch
        {
            SendResult.Accepted => delivery with { State = DeliveryState.Done, NextAttempt = now, LastError = null },
            SendResult.Rejected => Failed(delivery, DeliveryFailure.Rejected, issue),
            SendResult.TimedOut when Options.OnTimeout == OnTimeout.Fail => Failed(delivery, DeliveryFailure.TimedOut, issue),

            // Nobody was reached, or nobody wants to be: the destination pauses, and this delivery stays at the head.
            SendResult.Unreachable or SendResult.Busy or SendResult.Gone => delivery with { LastError = issue },
            _ => delivery with { LastError = issue, NextAttempt = now + RetryPolicy.PauseAfter(delivery.Attempts, Options.Retry, chance()) },
        };
    }

    /// <summary>What an attempt says about the destination as a whole.</summary>
    private void Learn(SendResult result, TimeSpan took, DateTimeOffset now)
    {
        switch (result)
        {
            case SendResult.TimedOut:
                // Asking again with the same patience would only repeat the message: a slow receiver gets the time that it needs.
                _patience = Math.Min(_patience * 2, MostPatience);
                _breaker.Fail(now);
                break;
            case SendResult.Unreachable:
                _breaker.Fail(now);
                break;
            case SendResult.Busy busy:
                _breaker.Hold(now, busy.After);
                break;
            case SendResult.Gone:
                _breaker.Stop(now, now + LongestPause);
                break;
            default:
                _breaker.Succeed(now);
                _patience = took <= Options.Timeout ? 1 : _patience;
                _lastDelivered = result is SendResult.Accepted ? now : _lastDelivered;
                break;
        }
    }

    /// <summary>One line when the destination goes away, one when it is back; what happens between is on the board.</summary>
    private void TellOutage(MessageIssue? issue)
    {
        if (_breaker.IsOpen && !_outageTold)
        {
            _outageTold = true;
            LogAway(destination.Name, issue?.Text ?? "", outbox.Counts(destination.Name)[DeliveryState.Waiting]);
        }
        else if (_breaker.Since is null && _outageTold)
        {
            _outageTold = false;
            LogBack(destination.Name, outbox.Counts(destination.Name)[DeliveryState.Waiting]);
        }
    }

    private async ValueTask SaveAsync(StoredDelivery before, DeliveryDocument after, CancellationToken cancellationToken)
    {
        if (after is { State: DeliveryState.Failed, LastError: { } error })
        {
            LogMovedAside(destination.Name, after.Id, after.Failure, error.Code);
        }

        // A conflict means that a person retried it meanwhile: what they want counts.
        await outbox.SaveAsync(before, after, withContent: false, cancellationToken);
    }

    private DeliveryDocument Failed(DeliveryDocument delivery, DeliveryFailure failure, MessageIssue? issue) =>
        delivery with { State = DeliveryState.Failed, Failure = failure, LastError = issue, NextAttempt = clock.GetUtcNow() };

    private static MessageIssue? IssueOf(SendResult result) => result switch
    {
        SendResult.Accepted => null,
        SendResult.Refused refused => MessageIssue.Warning(IntegrationErrorCode.DestinationError, "", refused.Text),
        SendResult.Rejected rejected => MessageIssue.Error(IntegrationErrorCode.DestinationRejected, "", rejected.Text),
        SendResult.Busy busy => MessageIssue.Warning(IntegrationErrorCode.DestinationError, "", busy.Text),
        SendResult.Gone gone => MessageIssue.Error(IntegrationErrorCode.DestinationRejected, "", gone.Text),
        SendResult.TimedOut => MessageIssue.Warning(
            IntegrationErrorCode.AcknowledgementTimeout, "", "No acknowledgement in time; the message may have arrived."),
        SendResult.Unreachable unreachable => MessageIssue.Warning(IntegrationErrorCode.DestinationUnreachable, "", unreachable.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.GetType().Name, "Unknown result."),
    };

    [LoggerMessage(7001, LogLevel.Warning, "Destination {Destination} does not answer: {Reason} {Waiting} deliveries wait; sending goes on when it is back.")]
    private partial void LogAway(string destination, string reason, long waiting);

    [LoggerMessage(7002, LogLevel.Information, "Destination {Destination} answers again; {Waiting} deliveries wait.")]
    private partial void LogBack(string destination, long waiting);

    [LoggerMessage(7003, LogLevel.Warning, "Destination {Destination}: delivery {DeliveryId} was moved aside ({Failure}, {Code}).")]
    private partial void LogMovedAside(string destination, string deliveryId, DeliveryFailure? failure, IntegrationErrorCode code);
}

/// <summary>What a worker knows of its destination.</summary>
/// <param name="Since">When it stopped answering; null when it answers.</param>
/// <param name="LastError">Since the start; null when there was none.</param>
/// <param name="Repeats">Attempts since the start that were not the first of their delivery.</param>
/// <param name="Timeout">How long the next attempt waits for an answer.</param>
/// <param name="PlannedUntil">When the planned downtime that holds now is over; null when there is none.</param>
public sealed record DestinationActivity(
    CircuitState Circuit, DateTimeOffset? Since, MessageIssue? LastError, DateTimeOffset? LastDelivered, long Repeats, TimeSpan Timeout,
    DateTimeOffset? PlannedUntil);
