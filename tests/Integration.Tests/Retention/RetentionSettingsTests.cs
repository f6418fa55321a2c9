using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Retention;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Retention;

public sealed class RetentionSettingsTests
{
    [Fact]
    public void Read_NothingSet_KeepsFinishedForAYearAndFailedForEver()
    {
        var (settings, problems) = Read();

        Assert.Empty(problems);
        Assert.Equal(TimeSpan.FromDays(365), settings.Of("his").AgeOf(MessageState.Done));
        Assert.Equal(TimeSpan.FromDays(365), settings.Of("a feed of old").AgeOf(MessageState.Duplicate));
        Assert.Null(settings.Of("his").AgeOf(MessageState.Failed));
        Assert.Null(settings.Of("his").AgeOf(MessageState.Waiting));
    }

    [Fact]
    public void Read_FeedWithARuleOfItsOwn_GoesFirst()
    {
        var (settings, problems) = Read(("Retention:Finished", "100.00:00:00"), ("Retention:Failed", "200.00:00:00"), ("Feeds:his:Retention:Finished", "unlimited"));

        Assert.Empty(problems);
        Assert.Equal((null, TimeSpan.FromDays(200)), (settings.Of("his").AgeOf(MessageState.Done), settings.Of("his").AgeOf(MessageState.Failed)));
        Assert.Equal(TimeSpan.FromDays(100), settings.Of("lis").AgeOf(MessageState.Filtered));
        Assert.Null((settings.Of("lis") with { Finished = TimeSpan.FromDays(1) }).AgeOf(MessageState.Waiting));
    }

    [Theory]
    [InlineData("Retention:Finished", "365")]
    [InlineData("Retention:Failed", "for ever")]
    [InlineData("Retention:CompressAfter", "00:00:00")]
    [InlineData("Retention:Every", "7.00:00:00")]
    [InlineData("Retention:Waiting", "1.00:00:00")]
    [InlineData("Feeds:his:Retention:Failed", "-1.00:00:00")]
    [InlineData("Feeds:his:Retention:Finished", "1.00:00:00")]   // duplicates are recognised for seven days
    public void Read_ValueThatCannotBeUsed_NamesItsPlaceAndWhatIsAllowed(string key, string value)
    {
        var (_, problems) = Read((key, value));

        var problem = Assert.Single(problems);
        Assert.Equal(key, problem.Place);
        Assert.NotNull(problem.Remedy);
    }

    private static (RetentionSettings Settings, List<ConfigurationProblem> Problems) Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        var problems = new List<ConfigurationProblem>();
        var intake = new Dictionary<string, FeedIntakeSettings> { ["his"] = FeedIntakeSettings.Usual, ["lis"] = FeedIntakeSettings.Usual };
        return (RetentionSettings.Read(configuration, intake, problems), problems);
    }
}
