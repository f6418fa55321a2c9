using System.Globalization;

namespace Integration.Core.Delivery;

/// <summary>The times of the day at which a partner is switched off on purpose: nothing is sent, and nobody is told that it does not answer. For any thread.</summary>
/// <param name="zone">Whose clock the windows mean.</param>
public sealed class Downtime(IReadOnlyList<DowntimeWindow> windows, TimeZoneInfo zone)
{
    /// <summary>Never.</summary>
    public static readonly Downtime None = new([], TimeZoneInfo.Utc);

    /// <summary>No moment of a day is left to send at.</summary>
    public bool IsWholeDay => windows.Count > 0 && windows.All(window => windows.Any(other => other.Contains(window.To)));

    /// <summary>When the downtime that holds now is over; null when there is none now. Windows that meet are one.</summary>
    public DateTimeOffset? EndAt(DateTimeOffset now)
    {
        DateTimeOffset? end = null;
        for (var i = 0; i < windows.Count; i++)
        {
            var local = TimeZoneInfo.ConvertTime(end ?? now, zone);
            var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
            if (windows.FirstOrDefault(window => window.Contains(time)) is not { IsEmpty: false } window)
            {
                break;
            }

            var over = local.Date.AddDays(window.To > time ? 0 : 1) + window.To.ToTimeSpan();
            end = new DateTimeOffset(over, zone.GetUtcOffset(over));
        }

        return end;
    }
}

/// <summary>A window of every day, written <c>22:30-05:30</c>: past midnight when it ends before it begins. The end is no part of it.</summary>
public readonly record struct DowntimeWindow(TimeOnly From, TimeOnly To)
{
    public bool IsEmpty => From == To;

    /// <summary>Null when the text is no window, or begins and ends at one time.</summary>
    public static DowntimeWindow? Parse(string text)
    {
        var parts = text.Split('-', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && TryTime(parts[0], out var from) && TryTime(parts[1], out var to) && from != to ? new DowntimeWindow(from, to) : null;
    }

    public bool Contains(TimeOnly time) => From <= To ? time >= From && time < To : time >= From || time < To;

    private static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
