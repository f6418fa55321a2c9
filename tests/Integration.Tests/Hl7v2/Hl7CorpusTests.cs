using System.Diagnostics;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

/// <summary>Every file of the bad-input corpus (folder name: the code it must be reported with) and of the third-party samples.</summary>
public sealed class Hl7CorpusTests
{
    private static readonly string Shared = Path.GetFullPath(Path.Combine(Hl7.RepositoryRoot(), "..", "shared", "data", "hl7v2"));

    public static TheoryData<string> BadInputs()
    {
        var folder = Path.Combine(Hl7.RepositoryRoot(), "tests", "Integration.Tests", "Hl7v2", "BadInputs");
        return [.. Directory.GetFiles(folder, "*.hl7", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order()];
    }

    [Theory]
    [MemberData(nameof(BadInputs))]
    public void Read_BadInput_ReportsTheCodeOfItsFolder(string file)
    {
        var raw = File.ReadAllBytes(Path.Combine(Hl7.RepositoryRoot(), "tests", "Integration.Tests", "Hl7v2", "BadInputs", file));
        var expected = Enum.Parse<IntegrationErrorCode>(Path.GetDirectoryName(file)!);

        var parsed = Hl7.Parse(raw);
        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);

        var issues = expected == IntegrationErrorCode.HeaderUnreadable ? header.Issues : parsed.Issues;
        Assert.Contains(issues, i => i.Code == expected);
        Assert.All(issues, i => Assert.EndsWith(".", i.Text));
        Assert.Equal(parsed.Issues.All(i => i.Severity != IssueSeverity.Error), parsed.Document is not null);
        Assert.NotNull(new Hl7Parser().Display(raw, "his"));
    }

    [Fact]
    public void Parse_ThirdPartySamples_AreReadOrRefusedWithAReason()
    {
        Assert.SkipUnless(Directory.Exists(Shared), "The third-party samples are not on this machine.");
        var files = Directory.GetFiles(Shared, "*.*", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/bad/") && Path.GetExtension(f) is ".hl7" or ".txt").ToList();

        var refused = new List<string>();
        foreach (var file in files)
        {
            var raw = File.ReadAllBytes(file);
            var result = Hl7.Parse(raw);
            if (result.Document is Hl7Message message)
            {
                Assert.False(string.IsNullOrEmpty(message.MappingKey), file);
                Assert.Equal(message["MSH-10"] ?? "", Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default).ControlId);
                Assert.NotNull(message.EventTime);
            }
            else
            {
                Assert.Contains(result.Issues, i => i.Severity == IssueSeverity.Error);
                refused.Add(Path.GetFileName(file));
            }
        }

        // The batch holds three messages; sent one by one they are read.
        Assert.True(files.Count >= 30, $"Only {files.Count} samples were found.");
        Assert.Equal(["batch01.hl7"], refused);
        var batch = Hl7MessageFile.Split(File.ReadAllBytes(Path.Combine(Shared, "oie", "batch01.hl7")));
        Assert.Equal(["24916560", "24916579", "24916597"], batch.Select(m => ((Hl7Message)Hl7.Parse(m.ToArray()).Document!)["MSH-10"]!));
    }

    [Fact]
    public void Parse_InputsThatHangOrCrashOthers_NeitherHangsNorThrows()
    {
        Assert.SkipUnless(Directory.Exists(Shared), "The third-party samples are not on this machine.");
        var files = Directory.GetFiles(Path.Combine(Shared, "bad"));
        var start = Stopwatch.GetTimestamp();

        foreach (var file in files)
        {
            var raw = File.ReadAllBytes(file);
            var result = Hl7.Parse(raw);
            Assert.True(result.Document is not null || result.Issues.Count > 0, file);
            _ = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);
        }

        Assert.NotEmpty(files);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }
}
