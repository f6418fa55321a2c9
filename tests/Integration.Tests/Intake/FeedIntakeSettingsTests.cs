using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Intake;

public sealed class FeedIntakeSettingsTests
{
    [Fact]
    public void Read_NothingSet_UsesTheSafeDefaults()
    {
        var (settings, problems) = Read();

        Assert.Empty(problems);
        Assert.Equal((GapDetection.SequenceNumber, TimeSpan.FromDays(7)), (settings.GapDetection, settings.DuplicateWindow));
    }

    [Fact]
    public void Read_FeedAndEngineSet_FeedGoesFirst()
    {
        Assert.Equal(TimeSpan.FromDays(2), Read(("Engine:DuplicateWindow", "2.00:00:00")).Settings.DuplicateWindow);
        Assert.Equal(TimeSpan.FromHours(3), Read(("Engine:DuplicateWindow", "2.00:00:00"), ("Feeds:his:DuplicateWindow", "03:00:00")).Settings.DuplicateWindow);
        Assert.Equal(GapDetection.ControlId, Read(("Feeds:his:GapDetection", "controlid")).Settings.GapDetection);
    }

    [Theory]
    [InlineData("Feeds:his:GapDetection", "MSH-13")]
    [InlineData("Feeds:his:GapDetection", "1")]
    [InlineData("Feeds:his:DuplicateWindow", "7")]
    [InlineData("Feeds:his:DuplicateWindow", "00:00:30")]
    [InlineData("Feeds:his:DuplicateWindow", "forever")]
    [InlineData("Engine:DuplicateWindow", "7 days")]
    public void Read_ValueThatCannotBeUsed_NamesItsPlaceAndWhatIsAllowed(string key, string value)
    {
        var (_, problems) = Read((key, value));

        var problem = Assert.Single(problems);
        Assert.Equal(key, problem.Place);
        Assert.NotNull(problem.Remedy);
    }

    private static (FeedIntakeSettings Settings, List<ConfigurationProblem> Problems) Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        var problems = new List<ConfigurationProblem>();
        FeedIntakeSettings.Check(configuration.GetSection("Engine"), problems);
        return (FeedIntakeSettings.Read(configuration.GetSection("Feeds:his"), configuration.GetSection("Engine"), problems), problems);
    }
}
