namespace Integration.Core.Incidents.Rhythm;

/// <summary>How a silence is judged.</summary>
/// <param name="IsLearnt">Whether enough is known of this time of the week; else the rest says nothing.</param>
/// <param name="Surprise">-ln of the probability that the feed says nothing for so long at these hours, on its quieter days.</param>
/// <param name="Limit">From which surprise on it is unusual for this feed.</param>
internal readonly record struct SilenceJudgement(bool IsLearnt, double Surprise, double Limit)
{
    public bool IsUnusual => IsLearnt && Surprise >= Limit;
}

/// <summary>
/// What a feed's own last eight weeks say about its silences. Each quarter of an hour keeps in how many of its minutes the feed talked, which tells a
/// busy minute from a quiet one and does not care about bursts. A silence is the more surprising the more of its minutes the feed usually talks in.
/// </summary>
/// <remarks>
/// <para>1. What is usual in a quarter: three quarters of the median of the same quarter of the same weekday, so that holidays and outages of the past
/// neither raise nor spoil it; in the first weeks the other working days help out.</para>
/// <para>2. A day on which the feed talks less than usual so far, or on whose eve it did, is judged by that: holidays, half-days.</para>
/// <para>3. The limit rises with the silences that this time of the week has had; and the first word of a day may come late.</para>
/// Not for several threads.
/// </remarks>
internal sealed class FeedRhythm
{
    public const int MinutesOfQuarter = 15;

    private const int QuartersOfDay = 24 * 60 / MinutesOfQuarter;
    private const int QuartersOfWeek = 7 * QuartersOfDay;
    private const int Weeks = 8;
    private const int Quarters = Weeks * QuartersOfWeek;
    private const byte Unwatched = byte.MaxValue;
    private const byte MostSurprise = 250;
    private const int LeastValues = 3;

    /// <summary>A silence this surprising comes by chance less than once in 8,000.</summary>
    private const double Limit = 9;

    /// <summary>A part of a day must be expected to bring this many minutes with talk to be compared with what it brought.</summary>
    private const double LeastToCompare = 15;

    /// <summary>A quieter day brings so much of the usual.</summary>
    private const double QuietDay = 0.75;

    /// <summary>No minute is taken for certain.</summary>
    private const double MostCertain = 0.95;

    /// <summary>Longer silences say no more.</summary>
    private const long MostMinutes = 3 * 24 * 60;

    private readonly byte[] _talk;
    private readonly byte[] _silences;
    private readonly TimeZoneInfo _zone;
    private readonly IReadOnlySet<DateOnly> _holidays;
    private long _quarter;
    private int _watched;
    private int _active;
    private long? _nextMinute;
    private long? _silentFrom;

    /// <param name="stored">Null: nothing is known yet.</param>
    /// <param name="zone">Whose days and weeks count.</param>
    /// <param name="holidays">Days judged as the quietest of the week.</param>
    public FeedRhythm(FeedRhythmDocument? stored, TimeZoneInfo zone, IReadOnlySet<DateOnly> holidays)
    {
        (_zone, _holidays) = (zone, holidays);
        if (stored is { Talk.Length: Quarters, Silences.Length: Quarters })
        {
            (_talk, _silences) = ([.. stored.Talk], [.. stored.Silences]);
            (_quarter, _watched, _active) = (stored.Quarter, stored.Watched, stored.Active);
        }
        else
        {
            (_talk, _silences) = (new byte[Quarters], new byte[Quarters]);
            Array.Fill(_talk, Unwatched);
        }
    }

    /// <summary>Counts a minute that has passed; those left out since the last one count as not watched.</summary>
    /// <param name="minute">From 1970 (UTC); grows from call to call, others are left out.</param>
    public void Count(long minute, bool talked)
    {
        if (minute < _nextMinute || minute / MinutesOfQuarter < _quarter)
        {
            return;
        }

        _silentFrom = minute == _nextMinute ? _silentFrom : null;
        _nextMinute = minute + 1;
        Advance(minute / MinutesOfQuarter);
        _watched++;
        if (!talked)
        {
            _silentFrom ??= minute;
            return;
        }

        _active++;
        if (_silentFrom is { } from)
        {
            var tenths = (byte)Math.Min(MostSurprise, Surprise(from, minute, 1) * 10);
            _silences[Place(_quarter)] = Math.Max(_silences[Place(_quarter)], tenths);
        }

        _silentFrom = null;
    }

    /// <summary>Judges a silence that goes on.</summary>
    /// <param name="from">Its first minute.</param>
    /// <param name="until">The minute behind its last, in which the question is asked.</param>
    public SilenceJudgement Judge(long from, long until)
    {
        if (ValuesOf(until / MinutesOfQuarter).Count < LeastValues)
        {
            return new SilenceJudgement(false, 0, Limit);
        }

        // The plain sum is cheap; what makes it smaller is asked only where it would be an alarm.
        var surprise = Surprise(from, until, 1);
        if (surprise < Limit)
        {
            return new SilenceJudgement(true, surprise, Limit);
        }

        var (part, hasBegun) = PartOfUsual(from);
        return new SilenceJudgement(true, Surprise(from, until, part), Math.Max(Limit, UsualSurprise(until / MinutesOfQuarter) * 1.5) * (hasBegun ? 1 : 2));
    }

    public FeedRhythmDocument ToDocument(string feed) => new()
    {
        Id = feed,
        Quarter = _quarter,
        Watched = _watched,
        Active = _active,
        Talk = [.. _talk],
        Silences = [.. _silences],
    };

    private static int Place(long quarter) => (int)(((quarter % Quarters) + Quarters) % Quarters);

    /// <summary>Closes the running quarter and those that were left out.</summary>
    private void Advance(long quarter)
    {
        if (quarter == _quarter)
        {
            return;
        }

        // One that was watched for a few minutes only says too little.
        _talk[Place(_quarter)] = _watched >= MinutesOfQuarter / 2 ? (byte)Math.Round(_active * (double)MinutesOfQuarter / _watched) : Unwatched;
        for (var skipped = Math.Max(_quarter + 1, quarter - Quarters); skipped <= quarter; skipped++)
        {
            _talk[Place(skipped)] = Unwatched;
            _silences[Place(skipped)] = 0;
        }

        (_quarter, _watched, _active) = (quarter, 0, 0);
    }

    private double Surprise(long from, long until, double part)
    {
        var sum = 0.0;
        for (var at = Math.Max(from, until - MostMinutes); at < until;)
        {
            var quarter = at / MinutesOfQuarter;
            var end = Math.Min(until, (quarter + 1) * MinutesOfQuarter);
            sum -= (end - at) * Math.Log(1 - Math.Min(MostCertain, Usual(quarter) * part));
            at = end;
        }

        return sum;
    }

    /// <summary>The part of the quarter's minutes in which the feed talks on a quieter day; 0 where too little is known.</summary>
    private double Usual(long quarter)
    {
        if (!_holidays.Contains(DayOf(quarter)))
        {
            return Median(ValuesOf(quarter)) * QuietDay / MinutesOfQuarter;
        }

        var quietest = (double)MinutesOfQuarter;
        for (var day = 0; day < 7; day++)
        {
            quietest = Math.Min(quietest, Median(SameOfWeek(quarter - (day * QuartersOfDay), day == 0 ? 1 : 0)));
        }

        return quietest * QuietDay / MinutesOfQuarter;
    }

    private List<byte> ValuesOf(long quarter)
    {
        var values = SameOfWeek(quarter, 1);
        if (values.Count < LeastValues && DayOf(quarter).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
        {
            for (var back = 1; back < 7; back++)
            {
                if (DayOf(quarter - (back * QuartersOfDay)).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                {
                    values.AddRange(SameOfWeek(quarter - (back * QuartersOfDay), 0));
                }
            }
        }

        return values;
    }

    /// <summary>What was watched at the same time of the week.</summary>
    /// <param name="firstWeek">1: in the weeks before; 0: in that week too.</param>
    private List<byte> SameOfWeek(long quarter, int firstWeek)
    {
        var values = new List<byte>(Weeks);
        for (var week = firstWeek; week <= Weeks; week++)
        {
            var before = quarter - (week * QuartersOfWeek);
            if (before < _quarter && before > _quarter - Quarters && _talk[Place(before)] is not Unwatched and var talk)
            {
                values.Add(talk);
            }
        }

        return values;
    }

    /// <summary>The lower median: what happens only every other week is not expected.</summary>
    private static double Median(List<byte> values)
    {
        if (values.Count < LeastValues)
        {
            return 0;
        }

        values.Sort();
        return values[(values.Count - 1) / 2];
    }

    /// <summary>The second most surprising silence that ended around this time of the week before: one outage is forgiven.</summary>
    private double UsualSurprise(long quarter)
    {
        var (most, second) = (0, 0);
        for (var week = 1; week <= Weeks; week++)
        {
            for (var near = -1; near <= 1; near++)
            {
                var before = quarter + near - (week * QuartersOfWeek);
                var surprise = before > _quarter - Quarters && before < _quarter ? _silences[Place(before)] : 0;
                (most, second) = surprise > most ? (surprise, most) : (most, Math.Max(second, surprise));
            }
        }

        return second / 10.0;
    }

    /// <summary>How much of what is usual the feed said before it fell silent, today or else yesterday; and whether it has begun today.</summary>
    private (double Part, bool HasBegun) PartOfUsual(long silentFrom)
    {
        var last = silentFrom / MinutesOfQuarter;
        var today = DayOf(_quarter);
        var midnight = _quarter;
        while (DayOf(midnight - 1) == today)
        {
            midnight--;
        }

        var (talkedToday, usualToday) = Compare(midnight, Math.Min(last, _quarter));
        if (usualToday >= LeastToCompare)
        {
            return (Math.Min(1, talkedToday / usualToday), true);
        }

        var (talkedBefore, usualBefore) = Compare(midnight - QuartersOfDay, midnight);
        return (usualBefore >= LeastToCompare ? Math.Min(1, talkedBefore / usualBefore) : 1, false);
    }

    private (double Talked, double Usual) Compare(long from, long until)
    {
        var (talked, usual) = (0.0, 0.0);
        for (var quarter = from; quarter < until; quarter++)
        {
            if (quarter < _quarter && _talk[Place(quarter)] is not Unwatched and var minutes)
            {
                talked += minutes;
                usual += Usual(quarter) * MinutesOfQuarter;
            }
        }

        return (talked, usual);
    }

    private DateOnly DayOf(long quarter) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddMinutes(quarter * MinutesOfQuarter), _zone).DateTime);
}
