namespace Integration.Core.Storage;

/// <summary>Moments that grow strictly within a process, in the resolution of a store. Safe for many threads.</summary>
public sealed class StrictClock(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _last;

    /// <summary>Now (UTC, whole microseconds), and later than every moment given before: order hangs on it.</summary>
    public DateTimeOffset Next()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
            _last = now > _last ? now : _last.AddMicroseconds(1);
            return _last;
        }
    }
}
