using System.Globalization;
using Integration.Core.Diagnostics;
using Integration.Host.Jobs;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Jobs;

/// <summary>When Quartz wakes feeds, by the clocks of the hospital.</summary>
public sealed class FeedSchedulesTests
{
    [Theory]
    // The hour from 02:00 is left out, comes twice, or neither.
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z,2026-03-30T00:30Z")]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z,2026-10-26T01:30Z")]
    [InlineData("Europe/Berlin", "0 8 * * *", "2026-03-28T12:00Z", "2026-03-29T06:00Z,2026-03-30T06:00Z")]
    [InlineData("America/New_York", "30 2 * * *", "2026-03-07T12:00Z", "2026-03-08T07:00Z,2026-03-09T06:30Z")]
    [InlineData("America/New_York", "30 1 * * *", "2026-10-31T12:00Z", "2026-11-01T05:30Z,2026-11-02T06:30Z")]
    [InlineData("Asia/Shanghai", "30 2 * * *", "2026-03-28T12:00Z", "2026-03-28T18:30Z,2026-03-29T18:30Z")]
    [InlineData("Asia/Shanghai", "*/30 8-9 * * 1-5", "2026-03-27T01:00Z", "2026-03-27T01:30Z,2026-03-30T00:00Z")]
    public void Schedule_IsEvaluatedInTheZoneOfTheHospital(string zone, string schedule, string after, string expected)
    {
        var times = Assert.Single(Read(("Engine:TimeZone", zone), ("Feeds:his:Schedule", schedule))).Times;

        var first = times.GetNextValidTimeAfter(Time(after))!.Value;
        var second = times.GetNextValidTimeAfter(first)!.Value;

        Assert.Equal(expected, $"{Text(first)},{Text(second)}");
    }

    [Fact]
    public void Zone_OfTheFeed_ComesFirst()
    {
        var times = Assert.Single(Read(("Engine:TimeZone", "Asia/Shanghai"), ("Feeds:his:TimeZone", "Europe/Berlin"), ("Feeds:his:Reconcile", "02:15"))).Times;

        Assert.Equal("2026-01-02T01:15Z", Text(times.GetNextValidTimeAfter(Time("2026-01-01T12:00Z"))!.Value));
    }

    [Fact]
    public void Feed_ThatIsOff_HasNone() => Assert.Empty(Read(("Feeds:his:Enabled", "False"), ("Feeds:his:Schedule", "* * * * *"), ("Feeds:lis:Reconcile", "Off")));

    [Theory]
    [InlineData("61 * * * *")]
    [InlineData("every day")]
    [InlineData("0 0 31 2 *")]
    [InlineData("0 0 7 * * ?")]
    [InlineData("")]
    public void Schedule_ThatNeverComes_IsAProblem(string schedule)
    {
        var configuration = Configuration(("Feeds:his:Schedule", schedule));

        var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => FeedSchedules.Check(configuration)).Problems);

        Assert.Equal("Feeds:his:Schedule", problem.Place);
        Assert.Contains("five fields of cron", problem.Remedy, StringComparison.Ordinal);
    }

    private static IReadOnlyList<FeedSchedule> Read(params (string Key, string Value)[] settings)
    {
        var problems = new List<ConfigurationProblem>();
        var schedules = FeedSchedules.Read(Configuration(settings), Time("2026-01-01T00:00Z"), problems);
        Assert.Empty(problems);
        return schedules;
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build();

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
}
