namespace Integration.Core.Diagnostics;

/// <summary>Gives each of many actions its moment, so that there are no more a second than allowed. What was missed is not made up for. Safe for many threads.</summary>
/// <param name="perSecond">0: as many as there are.</param>
public sealed class Pace(int perSecond)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Waits for the moment of the next action.</summary>
    public async ValueTask WaitAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (perSecond > 0 && Take(time.GetUtcNow()) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>How long the action has to wait that is to be done now.</summary>
    internal TimeSpan Take(DateTimeOffset now)
    {
        if (perSecond == 0)
        {
            return TimeSpan.Zero;
        }

        lock (_lock)
        {
            var moment = _next > now ? _next : now;
            _next = moment + TimeSpan.FromSeconds(1.0 / perSecond);
            return moment - now;
        }
    }
}
