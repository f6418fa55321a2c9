namespace Integration.Core.FollowUps.Planning;

/// <summary>A moment by the hospital's clocks, for <c>now()</c> and <c>today()</c> in conditions.</summary>
internal sealed class HospitalClock(DateTimeOffset now, TimeZoneInfo zone) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => zone;

    public override DateTimeOffset GetUtcNow() => now;
}
