using System.Text.Encodings.Web;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Tests.Mapping;

/// <summary>
/// "PID present in text ⇒ PID in record", over every message there is: the samples, the goldens and those of third parties. A message that is
/// refused says why.
/// </summary>
public sealed class EveryPatientTests
{
    [Fact]
    public void Map_EveryMessageWithPid_GivesThatPatientOrAReason()
    {
        var files = Directory.EnumerateFiles(Path.Combine(MappingSamples.Root, "samples"), "*.hl7", SearchOption.AllDirectories)
            .Concat(MappingSamples.GoldenMessages).Concat(ThirdParty()).ToList();

        var seen = files.Count(Check);

        Assert.True(seen > 500, $"{seen} messages with PID are too few: the samples were not found.");
    }

    /// <summary>Relative paths; a single empty one when the samples are not at hand, which the test then skips.</summary>
    public static TheoryData<string> ThirdPartyMessages => [.. ThirdParty().Select(path => Path.GetRelativePath(MappingSamples.ThirdPartyFolder, path)).DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(ThirdPartyMessages))]
    public async Task When_a_third_partys_message_is_done_Should_hold_its_patient(string path)
    {
        Assert.SkipWhen(path.Length == 0, $"No third-party messages in {MappingSamples.ThirdPartyFolder}.");
        var raw = File.ReadAllBytes(Path.Combine(MappingSamples.ThirdPartyFolder, path));
        await using var engine = await TestEngine.StartAsync();
        if (new Hl7Parser().Parse(raw, "his").Document is null)
        {
            return;   // its refusal is the parser's to test
        }

        await engine.AcceptRawAsync(raw);
        await engine.RunAsync();

        var message = Assert.Single((await engine.Journal.SearchAsync(new MessageSearch(), CancellationToken.None)).Messages);
        if (message.State == MessageState.Done)
        {
            Assert.NotNull(await engine.Records.GetAsync(message.PatientId!, CancellationToken.None));
            Assert.NotEmpty((await engine.Records.ResourcesAsync(message.PatientId!, "Patient", 10, null, CancellationToken.None)).Resources);
        }
        else
        {
            Assert.Contains(message.Issues, issue => issue.Severity == IssueSeverity.Error);
        }
    }

    /// <returns>Whether the file holds a readable message with a PID.</returns>
    private static bool Check(string path)
    {
        if (new Hl7Parser().Parse(File.ReadAllBytes(path), "his").Document is not { } document || document.Segments.FirstOrDefault(s => s.Name == "PID") is not { } pid)
        {
            return false;
        }

        var result = MappingSamples.Mapper.Map(document, MappingSamples.Feed);
        if (result.Issues.Any(issue => issue.Severity == IssueSeverity.Error))
        {
            return true;
        }

        var patient = Assert.Single(result.Resources, r => r.Type == "Patient" && r.Json["link"] is null).Json;
        for (var repetition = 1; repetition <= pid.RepetitionCount(3); repetition++)
        {
            if (pid.Text(3, repetition, 1, 0) is { } number && number.Trim().Length > 0)
            {
                Assert.Contains(patient["identifier"]!.AsArray(), i => (string?)i!["value"] == number.Trim());
            }
        }

        if (pid.Text(5, 1, 1, 0) is { Length: > 0 } family && family != "\"\"")
        {
            Assert.Contains(family.Split('&')[0].Trim(), patient["name"]![0]!.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
        }

        return true;
    }

    private static IEnumerable<string> ThirdParty() => Directory.Exists(MappingSamples.ThirdPartyFolder)
        ? Directory.EnumerateFiles(MappingSamples.ThirdPartyFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];
}
