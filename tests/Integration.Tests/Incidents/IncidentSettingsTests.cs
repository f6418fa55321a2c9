using Integration.Core.Diagnostics;
using Integration.Core.Incidents;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Incidents;

public sealed class IncidentSettingsTests
{
    [Fact]
    public void Read_Nothing_WatchesEveryKind()
    {
        var (settings, problems) = Read();

        Assert.Empty(problems);
        Assert.All(Enum.GetValues<IncidentKind>(), kind => Assert.True(settings.Of("feeds/his").Watches(kind)));
        Assert.Equal(TimeSpan.FromMinutes(5), settings.Of("destinations/crm").Times[IncidentKind.DestinationAway]);
    }

    [Fact]
    public void Read_OwnSettings_StandBeforeTheUsualOnes()
    {
        var (settings, problems) = Read(
            ("Incidents:FeedDisconnected", "00:10:00"), ("Incidents:Repeat", "Never"), ("Incidents:Holidays:0", "2026-10-01"),
            ("Feeds:lis:Incidents:FeedDisconnected", "Off"), ("Feeds:lis:Incidents:ExpectedEvery", "01:00:00"), ("Destinations:crm:Incidents:RecoverAfter", "00:00:30"));

        Assert.Empty(problems);
        Assert.Equal(TimeSpan.FromMinutes(10), settings.Of("feeds/his").Times[IncidentKind.FeedDisconnected]);
        Assert.False(settings.Of("feeds/lis").Watches(IncidentKind.FeedDisconnected));
        Assert.Equal((null, TimeSpan.FromHours(1)), (settings.Of("feeds/his").ExpectedEvery, settings.Of("feeds/lis").ExpectedEvery));
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30)), (settings.Of("feeds/lis").RecoverAfter, settings.Of("destinations/crm").RecoverAfter));
        Assert.Equal(IncidentRules.Never, settings.Of("feeds/lis").Repeat);
        Assert.Contains(new DateOnly(2026, 10, 1), settings.Holidays);
    }

    [Theory]
    [InlineData("Incidents:FeedSilence", "00:10:00")]
    [InlineData("Incidents:FeedSilent", "10")]
    [InlineData("Incidents:Every", "01:00:00")]
    [InlineData("Incidents:Holidays", "1 October")]
    [InlineData("Incidents:MemoryPart", "85")]
    [InlineData("Feeds:his:Incidents:DestinationAway", "00:10:00")]
    [InlineData("Destinations:crm:Incidents:FeedSilent", "00:10:00")]
    [InlineData("Destinations:crm:Incidents:Repeat", "often")]
    public void Read_WhatCannotBeUsed_IsAProblemWithItsKey(string key, string value)
    {
        var (_, problems) = Read((key, value));

        Assert.Equal(key, Assert.Single(problems).Place);
    }

    [Fact]
    public void Words_EveryKind_HasTitleTextAndRemedyInBothLanguages()
    {
        Assert.Equal(Enum.GetValues<IncidentKind>().Order(), IncidentWords.All.Keys.Order());
        Assert.All(IncidentWords.All.Values, words =>
        {
            Assert.All([words.En.Title, words.En.Text, words.En.Remedy], text => Assert.DoesNotContain(text, c => c >= 0x2E80));
            Assert.All([words.Zh.Title, words.Zh.Text, words.Zh.Remedy], text => Assert.Contains(text, c => c >= 0x2E80));
            Assert.Equal(Facts(words.En.Text), Facts(words.Zh.Text));
        });
    }

    private static IEnumerable<string> Facts(string pattern) => pattern.Split('{', '}').Where((_, i) => i % 2 == 1).Order(StringComparer.Ordinal);

    private static (IncidentSettings Settings, List<ConfigurationProblem> Problems) Read(params (string Key, string Value)[] values)
    {
        var problems = new List<ConfigurationProblem>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
        return (IncidentSettings.Read(configuration, problems), problems);
    }
}
