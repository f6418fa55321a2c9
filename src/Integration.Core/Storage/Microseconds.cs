namespace Integration.Core.Storage;

/// <summary>The resolution of <see cref="DocumentFieldType.Time"/>: microseconds since 1970-01-01T00:00:00Z.</summary>
public static class Microseconds
{
    /// <summary>Rounded down, before 1970 too.</summary>
    public static long Of(DateTimeOffset time) =>
        Math.DivRem(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond) is var (whole, rest) && rest < 0 ? whole - 1 : whole;

    /// <summary>The instant in UTC.</summary>
    public static DateTimeOffset ToTime(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
