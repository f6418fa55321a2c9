using System.Collections.Frozen;

namespace Integration.Core.FollowUps.Calendars;

/// <summary>What a government decreed of one day: nobody works, or everybody does although it is a weekend (调休).</summary>
/// <param name="IsOff">True: a day off; false: a working day.</param>
/// <param name="Name">Of the holiday; empty when the table names none.</param>
public sealed record StatutoryDay(DateOnly Date, bool IsOff, string Name);

/// <summary>Statutory days off and working days of the years that tables were given for. Immutable.</summary>
public sealed class StatutoryDays
{
    private readonly FrozenDictionary<DateOnly, StatutoryDay> _days;

    /// <param name="days">Each date once.</param>
    public StatutoryDays(IEnumerable<StatutoryDay> days)
    {
        _days = days.ToFrozenDictionary(day => day.Date);
        Years = _days.Keys.Select(day => day.Year).ToFrozenSet();
    }

    public static StatutoryDays None { get; } = new([]);

    /// <summary>Years with a table; of the others only the weekends are known.</summary>
    public IReadOnlySet<int> Years { get; }

    /// <summary>What the table says of a day; null when it says nothing.</summary>
    public StatutoryDay? Find(DateOnly day) => _days.GetValueOrDefault(day);

    /// <summary>A statutory day off.</summary>
    public bool IsHoliday(DateOnly day) => Find(day) is { IsOff: true };

    /// <summary>A Saturday or Sunday that nobody works on.</summary>
    public bool IsFreeWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday && Find(day) is not { IsOff: false };
}
