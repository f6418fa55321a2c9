using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Explain;

namespace Integration.Host.Commands.Mapping;

/// <summary>One thing that is not as expected.</summary>
/// <param name="Test">File of the message, with <c>#2</c> for its second message.</param>
/// <param name="Path">FHIRPath, or <c>unread</c>, <c>issues</c>, <c>resources</c>.</param>
/// <param name="Expected">Null: nothing.</param>
/// <param name="Actual">Null: nothing.</param>
/// <param name="Rule">The rule that wrote the value; null when none did.</param>
internal sealed record MappingTestFailure(string Test, string Path, JsonNode? Expected, JsonNode? Actual, MappingRule? Rule);

/// <summary>
/// Runs a site's own tests: <c>NAME.hl7</c> holds one or more messages, <c>NAME.json</c> what they become, an object a message in a list.
/// </summary>
/// <param name="mappings">The mappings folder.</param>
/// <param name="feedOf">The feed whose settings hold for the tests of a site, null: for tests of no site.</param>
internal sealed class MappingTestRun(string mappings, MessageExplainer explainer, IMapper mapper, Func<string?, string> feedOf)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private readonly List<MappingTestFailure> _failures = [];

    public int Passed { get; private set; }

    /// <summary>Tests with at least one failure.</summary>
    public int Failed { get; private set; }

    /// <summary>Expectations written.</summary>
    public int Accepted { get; private set; }

    public IReadOnlyList<MappingTestFailure> Failures => _failures;

    public MappingCoverage Coverage { get; } = new();

    /// <summary>Rules of the sites' own files that no test runs.</summary>
    public IReadOnlyList<MappingRule> UnhitOfSites =>
        [.. Coverage.Rules.Where(entry => entry.Messages == 0 && entry.Rule.File.Contains("/sites/", StringComparison.Ordinal)).Select(entry => entry.Rule)];

    /// <param name="folder">Null: the tests of every site.</param>
    /// <param name="feed">Null: the site whose folder holds the tests, else the default feed.</param>
    /// <param name="accept">Write what is, rather than compare.</param>
    /// <exception cref="ConfigurationException">There are no tests, or an expectation is no JSON.</exception>
    public void Run(string? folder, string? feed, bool accept)
    {
        var folders = folder is not null
            ? [folder]
            : FoldersOf(mappings);
        var files = folders.SelectMany(tests => Directory.EnumerateFiles(tests, "*.hl7", SearchOption.AllDirectories)).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new ConfigurationException([new ConfigurationProblem(folder ?? Path.Combine(mappings, "sites"), "There are no tests.",
                "Put messages into mappings/sites/FEED/tests/NAME.hl7 and run mappings test --accept.")]);
        }

        foreach (var file in files)
        {
            RunFile(file, feedOf(feed ?? SiteOf(file)), accept);
        }
    }

    /// <summary>Folders of the sites' tests that are there.</summary>
    public static IReadOnlyList<string> FoldersOf(string mappings) =>
        [.. MappingLoader.Sites(mappings).Select(site => Path.Combine(mappings, "sites", site, MappingLoader.TestsFolder)).Where(Directory.Exists)];

    /// <summary>A test's file as people know it, whatever folder the mappings are in: <c>mappings/sites/his/tests/a01.hl7#2</c>.</summary>
    public string ShownName(string test) =>
        test.StartsWith(mappings, StringComparison.Ordinal) ? "mappings" + test[mappings.Length..].Replace(Path.DirectorySeparatorChar, '/') : test;

    private string? SiteOf(string file) =>
        Path.GetRelativePath(mappings, file).Replace(Path.DirectorySeparatorChar, '/').Split('/') is ["sites", var site, ..] ? site : null;

    private void RunFile(string file, string feed, bool accept)
    {
        var messages = OutgoingMessages.Read(file);
        var explanations = messages.Select(message => explainer.Explain(message.Bytes, Hl7Parser.FormatName, feed, mapper)).ToList();
        explanations.ForEach(explanation => Coverage.Add(explanation, mapper));
        var actual = new JsonArray([.. explanations.Select(Expectation)]);
        var path = Path.ChangeExtension(file, ".json");
        var expected = File.Exists(path) ? Read(path) : null;
        if (accept)
        {
            if (!JsonNode.DeepEquals(expected, actual))
            {
                File.WriteAllText(path, actual.ToJsonString(Readable) + "\n");
                Accepted++;
            }

            Passed++;
            return;
        }

        var before = _failures.Count;
        if (expected is null)
        {
            _failures.Add(new MappingTestFailure(file, "resources", null, "There is no expectation yet; write it with --accept.", null));
        }
        else if (expected.Count != actual.Count)
        {
            _failures.Add(new MappingTestFailure(file, "messages", expected.Count, actual.Count, null));
        }
        else
        {
            for (var i = 0; i < actual.Count; i++)
            {
                Compare(messages[i].File, expected[i] as JsonObject ?? [], actual[i]!.AsObject(), explanations[i]);
            }
        }

        (Passed, Failed) = _failures.Count == before ? (Passed + 1, Failed) : (Passed, Failed + 1);
    }

    private static JsonArray Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonArray ?? throw new ConfigurationException([new ConfigurationProblem(path, "An expectation is a list with an object for each message.", "Write it with --accept.")]);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException([new ConfigurationProblem($"{path}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}", "This is not valid JSON.", "Write it with --accept.")]);
        }
    }

    private static JsonObject Expectation(MessageExplanation explanation) => new()
    {
        ["resources"] = new JsonArray([.. explanation.Resources.Select(resource => resource.Resource.Json.DeepClone())]),
        ["unread"] = new JsonArray([.. (explanation.Mapping?.Unread ?? []).Select(place => (JsonNode)place)]),
        ["issues"] = new JsonArray([.. explanation.Issues.Select(issue => (JsonNode)$"{issue.Severity} {issue.Code} {issue.Place}".TrimEnd())]),
    };

    private void Compare(string test, JsonObject expected, JsonObject actual, MessageExplanation explanation)
    {
        var wanted = ByReference(expected);
        var made = ByReference(actual);
        var values = explanation.Resources.SelectMany(resource => resource.Values.Select(value => (Key: $"{resource.Resource.Type}/{resource.Resource.Id} {value.Path}", value)))
            .DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.value, StringComparer.Ordinal);
        foreach (var reference in wanted.Keys.Union(made.Keys))
        {
            foreach (var difference in ElementDifferences.Of(reference[..reference.IndexOf('/')], wanted.GetValueOrDefault(reference), made.GetValueOrDefault(reference)))
            {
                _failures.Add(new MappingTestFailure(
                    test, difference.Path, difference.Before, difference.After, values.GetValueOrDefault($"{reference} {difference.Path}")?.Rules.FirstOrDefault()));
            }
        }

        foreach (var list in (string[])["unread", "issues"])
        {
            if (!JsonNode.DeepEquals(expected[list], actual[list]))
            {
                _failures.Add(new MappingTestFailure(test, list, expected[list], actual[list], null));
            }
        }
    }

    private static Dictionary<string, JsonObject> ByReference(JsonObject expectation) => (expectation["resources"] as JsonArray ?? []).OfType<JsonObject>()
        .GroupBy(resource => $"{resource["resourceType"]}/{resource["id"]}").ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
}
