using Integration.Adapters.Hl7v2.Files;
using Integration.Adapters.Shared.Files;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Hl7v2.Files;

public sealed class FilePickupSettingsTests
{
    [Fact]
    public void Read_NothingButThePath_GivesTheDefaults()
    {
        var (options, problems) = Read(("Path", "in"));

        Assert.Empty(problems);
        Assert.Equal(Path.GetFullPath("/base/in"), options.Path);
        Assert.Equal(("*", FileOrder.Name, "processed", "failed"), (options.Pattern, options.Order, options.Pickup.Processed, options.Pickup.Failed));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)), (options.MinAge, options.Pickup.Poll));
    }

    [Fact]
    public void Read_EverythingSet_IsTaken()
    {
        var (options, problems) = Read(
            ("Path", "/data/in"), ("Pattern", "*.hl7"), ("MinAge", "00:00:00"), ("Poll", "00:01:00"), ("Order", "time"), ("Processed", "/data/done"),
            ("Failed", "bad"), ("MaxMessageBytes", "4096"), ("Charset", "gbk"));

        Assert.Empty(problems);
        Assert.Equal(("/data/in", "*.hl7", FileOrder.Time, "/data/done", "bad"), (options.Path, options.Pattern, options.Order, options.Pickup.Processed, options.Pickup.Failed));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMinutes(1), 4096), (options.MinAge, options.Pickup.Poll, options.MaxMessageBytes));
        Assert.Equal("GB18030", options.Reading.Charset!.Name);
    }

    [Fact]
    public void Read_EverythingWrong_IsReportedAtOnce()
    {
        var (_, problems) = Read(("MinAge", "10"), ("Poll", "00:00:00"), ("Order", "size"), ("Processed", "."), ("Failed", ""));

        Assert.Equal(
            ["Feeds:lab:MinAge", "Feeds:lab:Order", "Feeds:lab:Path", "Feeds:lab:Poll", "Feeds:lab:Processed"],
            problems.Select(p => p.Place).Order(StringComparer.Ordinal));
        Assert.All(problems, p => Assert.NotNull(p.Remedy));
    }

    private static (FilePickupOptions Options, IReadOnlyList<Core.Diagnostics.ConfigurationProblem> Problems) Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Feeds:lab:{s.Key}", (string?)s.Value))).Build();
        var reader = new SettingsReader(configuration.GetSection("Feeds:lab"), "/base");
        return (FilePickupSettings.Read(reader, isLocal: true), reader.Problems);
    }
}
