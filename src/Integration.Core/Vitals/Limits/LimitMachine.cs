namespace Integration.Core.Vitals.Limits;

/// <summary>Decides by hysteresis and persistence, reading by reading. Pure: between two breaches there is always a recovery.</summary>
public static class LimitMachine
{
    private const string Back = "back";

    /// <param name="limit">Null: there is none, or none any more.</param>
    /// <param name="value">In the unit of the limit.</param>
    /// <param name="time">When it was measured (UTC).</param>
    /// <returns>The state behind it, and what is to be told: a breach, a recovery, or a recovery and then the breach of the other limit.</returns>
    public static (LimitState State, IReadOnlyList<LimitEvent> Events) Step(LimitState state, VitalLimit? limit, decimal value, DateTimeOffset time)
    {
        if (time <= state.Last)
        {
            return (state, []);
        }

        var events = new List<LimitEvent>();
        state = state with { Last = time };
        if (state.Side is { } side)
        {
            state = limit is null ? Recovered(state) : IsBack(side, limit, value) ? Count(state, Back, time) : Quiet(state);
            if (limit is null || Lasts(state, Back, limit.Recovery, time))
            {
                events.Add(new LimitEvent(IsOut: false, side, LimitOf(side, limit)));
                state = Recovered(state);
            }
        }

        if (state.Side is null && limit is not null)
        {
            state = Outside(limit, value) is { } beyond ? Count(state, beyond, time) : Quiet(state);
            if (state.Pending is { } direction && Lasts(state, direction, limit.Breach, time))
            {
                events.Add(new LimitEvent(IsOut: true, direction, LimitOf(direction, limit)));
                state = Quiet(state) with { Side = direction, OutSince = time };
            }
        }

        return (state, events);
    }

    private static string? Outside(VitalLimit limit, decimal value) =>
        value >= limit.High ? LimitState.High : value <= limit.Low ? LimitState.Low : null;

    private static bool IsBack(string side, VitalLimit limit, decimal value) =>
        side == LimitState.High ? limit.High is not { } high || value < high - limit.Margin : limit.Low is not { } low || value > low + limit.Margin;

    private static decimal? LimitOf(string side, VitalLimit? limit) => side == LimitState.High ? limit?.High : limit?.Low;

    private static LimitState Count(LimitState state, string pending, DateTimeOffset time) => state.Pending == pending
        ? state with { Run = state.Run + 1 }
        : state with { Pending = pending, Run = 1, RunSince = time };

    private static bool Lasts(LimitState state, string pending, Persistence persistence, DateTimeOffset time) =>
        state.Pending == pending && state.Run >= persistence.Readings && time - state.RunSince >= TimeSpan.FromMinutes(persistence.Minutes);

    private static LimitState Quiet(LimitState state) => state with { Pending = null, Run = 0, RunSince = null };

    private static LimitState Recovered(LimitState state) => Quiet(state) with { Side = null, OutSince = null };
}
