using Integration.Core.Diagnostics;

namespace Integration.Core.Delivery;

/// <summary>Where a circuit stands.</summary>
public enum CircuitState
{
    /// <summary>Sending goes on.</summary>
    Closed,

    /// <summary>The destination counts as away; nothing is sent.</summary>
    Open,

    /// <summary>The pause is over: the next attempt decides.</summary>
    HalfOpen,

    /// <summary>The receiver is switched off on purpose (<see cref="Downtime"/>); nothing is sent until that is over.</summary>
    Planned,
}

/// <summary>
/// Keeps a destination that does not answer from being flooded. Attempts without an answer in a row lengthen the pause; from
/// <see cref="CircuitBreakerOptions.Failures"/> on the circuit is open. Not for several threads.
/// </summary>
/// <param name="chance">0 to below 1, a new number at each call.</param>
internal sealed class CircuitBreaker(DestinationOptions options, Func<double> chance)
{
    /// <summary>However long a destination asks to be left alone.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromHours(1);

    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _heldUntil = DateTimeOffset.MinValue;
    private int _failures;
    private int _holds;

    /// <summary>Nothing is to be sent before.</summary>
    public DateTimeOffset ClosedUntil => _pausedUntil > _heldUntil ? _pausedUntil : _heldUntil;

    /// <summary>When the first of the failures in a row happened; null when the last attempt got an answer.</summary>
    public DateTimeOffset? Since { get; private set; }

    public bool IsOpen => _failures >= options.CircuitBreaker.Failures;

    public CircuitState StateAt(DateTimeOffset now) => !IsOpen ? CircuitState.Closed : now < ClosedUntil ? CircuitState.Open : CircuitState.HalfOpen;

    /// <summary>An answer came, whatever it said. A pause that was asked for stays: what is answered behind it was under way before.</summary>
    public void Succeed(DateTimeOffset now)
    {
        _failures = 0;
        Since = null;
        _pausedUntil = DateTimeOffset.MinValue;
        _holds = now < _heldUntil ? _holds : 0;
    }

    /// <summary>No answer came.</summary>
    public void Fail(DateTimeOffset now)
    {
        Since ??= now;
        _failures++;
        var further = _failures - options.CircuitBreaker.Failures;
        var pause = further < 0
            ? RetryPolicy.PauseAfter(_failures, options.Retry, chance())
            : Backoff.Shorten(
                Backoff.Doubled(options.CircuitBreaker.Pause, further, Longest(options.Retry.Max, options.CircuitBreaker.Pause)), options.Retry.Jitter, chance());
        _pausedUntil = now + pause;
    }

    /// <summary>The destination asked for a pause; it answers, so it does not count as away.</summary>
    /// <param name="asked">Null: it did not say how long. Then the pause grows with each one that did not help.</param>
    public void Hold(DateTimeOffset now, TimeSpan? asked)
    {
        var holds = now < _heldUntil ? _holds : _holds + 1;
        var pause = asked ?? RetryPolicy.PauseAfter(holds, options.Retry, chance());
        var until = now + (pause < LongestHold ? pause : LongestHold);
        Succeed(now);
        (_holds, _heldUntil) = (holds, until > _heldUntil ? until : _heldUntil);
    }

    /// <summary>The destination wants nothing: it counts as away at once, until then.</summary>
    public void Stop(DateTimeOffset now, DateTimeOffset until)
    {
        Since ??= now;
        _failures = Math.Max(_failures, options.CircuitBreaker.Failures);
        _pausedUntil = until;
    }

    /// <summary>A person says the destination is back: the next attempt may come at once.</summary>
    public void TryNow() => _pausedUntil = _heldUntil = DateTimeOffset.MinValue;

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
