using System.Text.RegularExpressions;
using Integration.Core.Mapping.Versions;

namespace Integration.Tests.Mapping.Schema;

/// <summary>The published schemas and the reader say the same about the shape of mapping files.</summary>
public sealed partial class MappingSchemaTests
{
    private static readonly string[] Kinds = ["messages", "segments", "datatypes", "codesystems"];

    private static string CasesFolder => Path.Combine(MappingSamples.Root, "tests", "Integration.Tests", "Mapping", "BadMappings");

    public static TheoryData<string> ProductFiles => [.. MappingFiles.Read(MappingSamples.MappingsFolder).Files.Select(file => file.Path).Where(path => path.EndsWith(".yaml", StringComparison.Ordinal))];

    public static TheoryData<string> BadCases => [.. Directory.EnumerateFiles(CasesFolder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!).Order()];

    [Theory]
    [MemberData(nameof(ProductFiles))]
    public void Schema_FileOfTheProduct_Fits(string path) =>
        Assert.Empty(SchemaCheck.Errors(SchemaOf(path)!, File.ReadAllText(Path.Combine(MappingSamples.MappingsFolder, path))));

    /// <summary>What the reader calls wrong by its shape alone, the schema refuses too; what it finds nothing wrong with, the schema takes.</summary>
    [Theory]
    [MemberData(nameof(BadCases))]
    public void Schema_BadMapping_RefusesTheSameShapes(string name)
    {
        var parts = File.ReadAllText(Path.Combine(CasesFolder, name + ".txt")).ReplaceLineEndings("\n").Split("=== ", StringSplitOptions.RemoveEmptyEntries)
            .Select(part => (Title: part[..part.IndexOf('\n')], Text: part[(part.IndexOf('\n') + 1)..])).ToList();
        var problems = parts.Single(part => part.Title == "problems").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (title, text) in parts.Where(part => part.Title != "problems"))
        {
            var path = title.StartsWith("../", StringComparison.Ordinal) ? title[3..] : $"hl7v2/{title}";
            var own = problems.Where(problem => problem.StartsWith($"mappings/{path}:", StringComparison.Ordinal)).ToList();
            if (SchemaOf(path) is not { } schema || own.Any(problem => problem.Contains("not valid YAML", StringComparison.Ordinal)))
            {
                continue;
            }

            var isRefused = SchemaCheck.Errors(schema, text).Count > 0;
            if (own.Any(problem => ShapeProblem().IsMatch(problem)))
            {
                Assert.True(isRefused, $"{name}: the schema takes {path}.");
            }
            else if (own.Count == 0)
            {
                Assert.False(isRefused, $"{name}: the schema refuses {path}.");
            }
        }
    }

    [Theory]
    [InlineData("code-map", "codes: { A: { display: x } }")]
    [InlineData("code-map", "codes: { A: b }\nunmapped: maybe")]
    [InlineData("message-map", "messages: [ADT_A01]\nsteps: { segment: PID }")]
    [InlineData("segment-map", "segment: PID\nresource: Patient\nid: [{ from: PID-3 }]")]
    [InlineData("segment-map", "segment: PID\nresource: Patient\nid: [{ key: [CX.1] }]\nrules: [{ to: active, value: true, required: maybe }]")]
    [InlineData("segment-map", "segment: PID\nresource: Patient\nid: [{ key: [CX.1] }]\nrules: [{ to: active, ref: patient, map: X }]")]
    [InlineData("match-rules", "useResidentId: perhaps")]
    [InlineData("message-template", "title: { en: a, zh: b }")]
    [InlineData("message-template", "title: { en: a, zh: b }\nsms: { code: x }")]
    [InlineData("message-template", "title: { en: a }\nsms: { zh: x }")]
    [InlineData("gateway", "title: { en: a, zh: b }\nchannels: { sms: { url: u } }")]
    [InlineData("gateway", "title: { en: a, zh: b }\nchannels: { sms: { url: u, accepted: [{ status: 200 }], json: {}, form: {} } }")]
    [InlineData("gateway", "title: { en: a, zh: b }\nchannels: {}\ncallbacks: { replies: { from: f, text: t } }")]
    [InlineData("vital-limits", "limits: [{ code: glucose, margin: 1 }]")]
    [InlineData("vital-limits", "limits: [{ code: glucose, high: much }]")]
    public void Schema_OtherWrongShapes_AreRefused(string schema, string yaml) => Assert.NotEmpty(SchemaCheck.Errors(schema, yaml));

    private static string? SchemaOf(string path) => path.Split('/') switch
    {
        ["hl7v2" or "dicom" or "sql" or "device", var kind, _] when Kinds.Contains(kind) => Name(kind),
        ["sites", _, var kind, _] when Kinds.Contains(kind) => "site-" + Name(kind),
        ["hl7v2", "outbound", var file] when file.EndsWith(".yaml", StringComparison.Ordinal) => "outbound-message",
        ["hl7v2", "outbound", "segments", _] => "outbound-segment-map",
        ["hl7v2", "outbound", "datatypes", _] => "outbound-datatype-map",
        ["follow-ups", _] => "follow-up-rule",
        ["templates", _] => "message-template",
        ["gateways", _] => "gateway",
        ["vitals", "limits.yaml"] => "vital-limits",
        ["identity", "match-rules.yaml"] => "match-rules",
        _ => null,
    };

    private static string Name(string kind) => kind switch
    {
        "messages" => "message-map",
        "segments" => "segment-map",
        "datatypes" => "datatype-map",
        _ => "code-map",
    };

    [GeneratedRegex("has no key '|must be a block|must be a list|must be a single value|must be true or false|must be one of|needs the key|needs '(messages|id|codes|key|from)'"
        + "|does not say what fills|fills its target twice|has neither 'map' nor 'rules'|need a 'from'|needs either 'map'|needs either 'reference'|has at most one of")]
    private static partial Regex ShapeProblem();
}
