using Integration.Core.Incidents.Rhythm;

namespace Integration.Tests.Incidents;

/// <summary>Ninety days of feeds, minute by minute: what is noticed, and what is not an alarm.</summary>
public sealed class FeedRhythmTests
{
    private const int Days = 90;
    private const int Seed = 20260316;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(15);
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("China", TimeSpan.FromHours(8), "China", "China");
    private static readonly DateOnly First = new(2026, 1, 5);   // a Monday
    private static readonly DateOnly[] SpringFestival = [.. Enumerable.Range(0, 8).Select(i => new DateOnly(2026, 2, 16).AddDays(i))];

    /// <summary>Messages an hour that a feed sends at a local time.</summary>
    public static TheoryData<string> Feeds => [.. Rates.Keys];

    /// <summary>No day is like the other.</summary>
    private static readonly double[] Moods = [.. Enumerable.Range(0, 367).Select(day => 0.75 + (0.5 * new Random(Seed + day).NextDouble()))];

    private static readonly Dictionary<string, Func<DateTime, double>> Rates = new()
    {
        ["clinic"] = at => IsHoliday(at) || at.DayOfWeek == DayOfWeek.Sunday ? 0 : at.Hour is >= 8 and < 12 or >= 14 and < 18 ? 90 : at.Hour is 12 or 13 ? 12 : 0,
        ["his"] = at => (at.Hour is >= 7 and < 18 ? 600 : at.Hour is >= 18 and < 22 ? 120 : 15) * (IsHoliday(at) || at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.35 : 1),
        ["lis"] = at => (at.Hour is >= 8 and < 17 ? 240 : 40) * (IsHoliday(at) ? 0.25 : 1),
        ["half past"] = at => at.TimeOfDay >= new TimeSpan(8, 30, 0) && at.TimeOfDay < new TimeSpan(17, 10, 0) && at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsHoliday(at) ? 120 : 0,
        ["bursts"] = at => at.Hour is >= 8 and < 18 && !IsHoliday(at) ? 80 : 2,
    };

    [Theory]
    [MemberData(nameof(Feeds))]
    public void Judge_NinetyDaysWithoutAnOutage_RaisesAtMostOneFalseAlarmAWeek(string feed)
    {
        var alarms = Replay(feed, _ => false);

        var weeks = alarms.GroupBy(at => (int)(at.ToOffset(TimeSpan.FromHours(8)).Date - First.ToDateTime(TimeOnly.MinValue)).TotalDays / 7).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{feed}: {alarms.Count} false alarms in {Days} days: {string.Join(", ", alarms.Select(Local))}");
        Assert.All(weeks, week => Assert.True(week.Count() <= 1, $"{feed}: {string.Join(", ", week.Select(Local))}"));
        Assert.DoesNotContain(alarms, at => feed == "clinic" && at.ToOffset(TimeSpan.FromHours(8)).Hour is < 7 or >= 19);
    }

    [Theory]
    [InlineData("clinic", 9)]
    [InlineData("clinic", 15)]
    [InlineData("his", 10)]
    [InlineData("his", 16)]
    [InlineData("lis", 14)]
    public void Judge_TwentyMinutesOfSilenceInTheDaytime_IsNoticedBeforeTheyAreOver(string feed, int hour)
    {
        // Working days behind the first three weeks, not in the festival.
        var days = Enumerable.Range(21, Days - 21).Select(day => First.AddDays(day)).Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !SpringFestival.Contains(day))
            .Where((_, i) => i % 7 == 2).ToList();   // on another weekday each time: what happens every week is usual
        bool IsOut(DateTime at) => days.Contains(DateOnly.FromDateTime(at)) && at.Hour == hour && at.Minute is >= 10 and < 30;

        var alarms = Replay(feed, IsOut);

        var noticed = days.Count(day => alarms.Any(alarm => alarm.ToOffset(TimeSpan.FromHours(8)).DateTime is var at
            && DateOnly.FromDateTime(at) == day && at.Hour == hour && at.Minute is > 10 and <= 35));
        TestContext.Current.TestOutputHelper?.WriteLine($"{feed} at {hour}: {noticed} of {days.Count}");
        Assert.True(noticed >= days.Count * 0.9, $"{noticed} of {days.Count} noticed");
    }

    [Fact]
    public void Judge_ListedHoliday_ExpectsNoMoreThanTheQuietestDay()
    {
        var listed = new HashSet<DateOnly>(SpringFestival);

        var alarms = Replay("clinic", _ => false, listed);

        Assert.DoesNotContain(alarms, at => SpringFestival.Contains(DateOnly.FromDateTime(at.ToOffset(TimeSpan.FromHours(8)).DateTime)));
    }

    [Fact]
    public void Judge_FirstDays_SaysThatNothingIsLearnt()
    {
        var rhythm = new FeedRhythm(null, Zone, new HashSet<DateOnly>());
        var start = MinuteOf(First, 8);
        for (var minute = start; minute < start + 600; minute++)
        {
            rhythm.Count(minute, talked: true);
        }

        Assert.False(rhythm.Judge(start + 600, start + 660).IsLearnt);
    }

    [Fact]
    public void ToDocument_Restored_JudgesAlike()
    {
        var (rhythm, random) = (new FeedRhythm(null, Zone, new HashSet<DateOnly>()), new Random(Seed));
        var (start, end) = (MinuteOf(First, 0), MinuteOf(First.AddDays(25), 10));
        for (var minute = start; minute < end; minute++)
        {
            rhythm.Count(minute, Talks("his", LocalOf(minute), random));
        }

        var restored = new FeedRhythm(rhythm.ToDocument("his"), Zone, new HashSet<DateOnly>());

        Assert.True(rhythm.Judge(end, end + 20).IsUnusual);
        Assert.Equal(rhythm.Judge(end, end + 20), restored.Judge(end, end + 20));
    }

    /// <returns>When alarms began.</returns>
    private static List<DateTimeOffset> Replay(string feed, Func<DateTime, bool> isOut, HashSet<DateOnly>? holidays = null)
    {
        var (rhythm, random) = (new FeedRhythm(null, Zone, holidays ?? []), new Random(Seed));
        var alarms = new List<DateTimeOffset>();
        var (start, isAlarmed) = (MinuteOf(First, 0), false);
        var last = start;
        for (var minute = start; minute < start + (Days * 24 * 60); minute++)
        {
            var at = LocalOf(minute);
            var talks = !isOut(at) && Talks(feed, at, random);
            rhythm.Count(minute, talks);
            (last, isAlarmed) = talks ? (minute, false) : (last, isAlarmed);
            if (!isAlarmed && minute - last >= Shortest.TotalMinutes && rhythm.Judge(last + 1, minute + 1).IsUnusual)
            {
                isAlarmed = true;
                alarms.Add(DateTimeOffset.FromUnixTimeSeconds((minute + 1) * 60));
            }
        }

        return alarms;
    }

    private static bool Talks(string feed, DateTime at, Random random)
    {
        var perMinute = Rates[feed](at) * Moods[at.DayOfYear] / 60;

        // A burst brings eight messages in one minute, and so few of them.
        return random.NextDouble() < 1 - Math.Exp(-(feed == "bursts" ? perMinute / 8 : perMinute));
    }

    private static bool IsHoliday(DateTime at) => SpringFestival.Contains(DateOnly.FromDateTime(at));

    private static long MinuteOf(DateOnly day, int hour) => new DateTimeOffset(day.ToDateTime(new TimeOnly(hour, 0)), TimeSpan.FromHours(8)).ToUnixTimeSeconds() / 60;

    private static DateTime LocalOf(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60).ToOffset(TimeSpan.FromHours(8)).DateTime;

    private static string Local(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("ddd MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
