using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Host.Commands;
using Integration.Tests.Samples;

namespace Integration.Tests.Commands;

public sealed class DemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("demo-").FullName;

    [Fact]
    public void Load_HospitalDay_KeepsTheOrderOfTheClockOverBothFeeds()
    {
        var day = DemoDay.Load(SampleFiles.Day);

        Assert.Equal(SampleFiles.DayMessages.Select(m => m.Path), day.Messages.Select(m => $"{m.Feed}/{Path.GetFileName(m.Message.File)}"));
        Assert.Equal(SampleFiles.DayMessages.Select(m => m.Bytes), day.Messages.Select(m => m.Message.Bytes));
        Assert.Equal(5, day.LookAt.Count);
    }

    [Fact]
    public void Load_NoDay_NamesTheFile()
    {
        var e = Assert.Throws<ConfigurationException>(() => DemoDay.Load(_folder));

        Assert.Contains("day.json", Assert.Single(e.Problems).Place, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void PrepareFolder_OfAnEarlierDemo_IsEmptiedUnlessKept(bool keep, bool isThere)
    {
        DemoCommand.PrepareFolder(_folder, keep: false);
        var record = Path.Combine(_folder, "integration.db");
        File.WriteAllText(record, "x");

        DemoCommand.PrepareFolder(_folder, keep);

        Assert.Equal(isThere, File.Exists(record));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PrepareFolder_OfSomethingElse_IsNeverTouched(bool keep)
    {
        var record = Path.Combine(_folder, "integration.db");
        File.WriteAllText(record, "the hospital's record");

        Assert.Throws<ConfigurationException>(() => DemoCommand.PrepareFolder(_folder, keep));

        Assert.Equal("the hospital's record", File.ReadAllText(record));
    }

    [Fact]
    public void DateOf_KeptFolder_IsTheDateOfTheLastDemo()
    {
        var (first, second) = (new DateOnly(2026, 11, 21), new DateOnly(2026, 11, 22));

        Assert.Equal(first, DemoCommand.DateOf(_folder, null, first));
        Assert.Equal(first, DemoCommand.DateOf(_folder, null, second));
        Assert.Equal(second, DemoCommand.DateOf(_folder, second, first));
        Assert.Equal(second, DemoCommand.DateOf(_folder, null, first));
    }

    [Fact]
    public void CountsLine_OfAllStates_AddsUp()
    {
        var counts = new Dictionary<MessageState, long> { [MessageState.Done] = 403, [MessageState.Failed] = 1, [MessageState.Duplicate] = 1 };

        Assert.Equal("In 405 = done 403 + waiting 0 + failed 1 + filtered 0 + duplicate 1", DemoNotice.CountsLine(counts));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
