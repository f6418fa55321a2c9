using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Mapping.Outbound;

/// <summary>A message that came in, written out of its resources and read again, says the same.</summary>
public sealed class OutboundRoundTripTests
{
    // What a message written from the record cannot carry, or carries in another of several equal forms.
    private static readonly Dictionary<string, string[]> NotCarried = new()
    {
        ["Patient"] = ["generalPractitioner", "maritalStatus"],
        ["DiagnosticReport"] = ["id", "result", "basedOn", "category", "performer", "presentedForm", "encounter", "specimen"],

        // The extension says who wrote which of the notes that the comment holds as one text.
        ["Appointment"] = ["id", "comment", "participant", "extension"],
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var path in MappingSamples.GoldenMessages)
            {
                var name = Path.GetFileNameWithoutExtension(path);
                foreach (var trigger in OutboundSamples.Mappings.Triggers.Where(t => MappingSamples.Parse(File.ReadAllBytes(path)).MappingKey == t))
                {
                    cases.Add(name, trigger);
                }
            }

            return cases;
        }
    }

    [Fact]
    public void Cases_CoverEveryTrigger() =>
        Assert.Empty(OutboundSamples.Mappings.Triggers.Except(Cases.Select(row => row.Data.Item2)));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task InboundMessage_WrittenAndReadAgain_SaysTheSame(string name, string trigger)
    {
        var first = Resources(MappingSamples.Parse(File.ReadAllBytes(Path.Combine(MappingSamples.GoldenFolder, name + ".hl7"))), out _);

        var written = await OutboundSamples.WriteAsync(trigger, first);
        var second = Resources(MappingSamples.Parse(System.Text.Encoding.UTF8.GetBytes(written.Replace('\n', '\r'))), out var issues);
        var again = await OutboundSamples.WriteAsync(trigger, second);

        Assert.DoesNotContain(issues, i => i.Severity == IssueSeverity.Error);
        Assert.Equal(written, again);
        foreach (var type in NotCarried.Keys)
        {
            Assert.Equal(Comparable(first, type), Comparable(second, type));
        }
    }

    private static IReadOnlyList<JsonObject> Resources(Core.Parsing.ISourceDocument document, out IReadOnlyList<MessageIssue> issues)
    {
        var result = MappingSamples.Mapper.Map(document, MappingSamples.Feed);
        issues = result.Issues;
        return [.. result.Resources.Select(r => r.Json)];
    }

    private static string? Comparable(IReadOnlyList<JsonObject> resources, string type)
    {
        if (resources.FirstOrDefault(r => (string?)r["resourceType"] == type)?.DeepClone() is not JsonObject resource)
        {
            return null;
        }

        foreach (var element in NotCarried[type])
        {
            resource.Remove(element);
        }

        return resource.ToJsonString();
    }
}
