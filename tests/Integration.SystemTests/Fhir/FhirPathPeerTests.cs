using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Fhir;
using Integration.SystemTests.Peers;
using Integration.Tests.Fhir;

namespace Integration.SystemTests.Fhir;

/// <summary>The npm package fhirpath evaluates the same expressions on the same resources: results are equal, but for a short list.</summary>
public sealed class FhirPathPeerTests
{
    private const int Seed = 20260501;

    /// <summary>What is decided otherwise, with the reason. FHIRPath 2.0.0 where a section is named.</summary>
    private static readonly Dictionary<string, string> Decided = new(StringComparer.Ordinal)
    {
        ["DomainResource.text.status"] = "a base type begins a path as the resource's own type does (§3.2); the peer knows only the latter within other expressions",
        ["(1 | 2 | 3).skip(-1)"] = "a number up to zero skips nothing (§5.3.6)",
        ["{} ~ 1"] = "nothing and something are not equivalent (§6.1.3)",
        ["(1 | 2) ~ (2 | 1)"] = "order does not count in equivalence (§6.1.3)",
        ["true < false"] = "truths have no order (§6.2)",
        ["1.0 is Decimal"] = "the peer's numbers do not remember how they were written",
        ["$this is Patient"] = "the peer fails on the root",
        ["$this is DomainResource"] = "the peer fails on the root",
        ["$this is Resource"] = "the peer fails on the root",
        ["$this is Observation"] = "the peer fails on the root",
        ["-7 div 2"] = "div cuts off, as its name in the specification says (§6.6.5)",
        ["@2026-01-01T10:00:00Z + 90 minutes"] = "the same instant; the peer writes it in the machine's zone",
        ["@2026-01-01T10:00:00.000+08:00 + 1 hour"] = "the same instant; the peer writes it in the machine's zone",
        ["1 'mg' + 2 'mg'"] = "the same quantity; the peer writes it without quotes",
        ["'2026-13'.convertsToDate()"] = "there is no month 13",
        ["'25:00'.convertsToTime()"] = "there is no hour 25",
        ["%`vs-administrative-gender`"] = "FHIR R4 fhirpath.html §2.9.3 has it, the peer does not",
        ["%`ext-patient-birthTime`"] = "FHIR R4 fhirpath.html §2.9.3 has it, the peer does not",
        ["Element ele-1"] = "the peer does not count xhtml among the primitive types",
        ["CodeSystem csd-1"] = "a primitive is compared by its value, not by its extensions (FHIR R4 fhirpath.html §2.9.1); the peer's isDistinct() counts both",
        ["Narrative.`div` txt-1"] = "the peer has no htmlChecks()",
        ["Narrative.`div` txt-2"] = "the peer has no htmlChecks()",
    };

    [Fact]
    public async Task OwnExpressions_OnOwnSamples_GiveThePeersResults()
    {
        var samples = FhirSamples.AllValid();
        var lines = (await File.ReadAllLinesAsync(
            Path.Combine(RepositoryRoot.Path, "tests", "Integration.SystemTests", "Fhir", "fhirpath-expressions.txt"), TestContext.Current.CancellationToken))
            .Where(line => line.Length > 0 && line[0] != '#').ToList();

        Assert.True(lines.Count > 200);
        await CompareAsync(samples, [.. lines.SelectMany(line => samples.Select((_, i) => (new SharedExpression(line, null, line), i)))]);
    }

    [Fact]
    public async Task Invariants_OnSamplesAndMadeUpResources_GiveThePeersResults()
    {
        var resources = Resources();
        var expressions = SharedExpressions.Invariants().ToList();

        Assert.True(expressions.Count > 230);
        await CompareAsync(resources, Pairs(resources, expressions, most: 12, mostOfAnyType: 120));
    }

    [Fact]
    public async Task SearchParameters_OnSamplesAndMadeUpResources_GiveThePeersResults()
    {
        var resources = Resources();
        var expressions = SharedExpressions.SearchParameters().ToList();

        Assert.True(expressions.Count > 1300);
        await CompareAsync(resources, Pairs(resources, expressions, most: 6, mostOfAnyType: 40));
    }

    /// <summary>Own samples, third-party ones where they are, and three made-up ones of each type.</summary>
    private static List<string> Resources()
    {
        var made = new RandomResource(new Random(Seed));
        var types = FhirSchema.TypeNames.Where(name => FhirSchema.Find(name) is { Kind: FhirTypeKind.Resource, IsAbstract: false });
        return
        [
            .. FhirSamples.AllValid(),
            .. FhirSamples.ThirdPartyValid(),
            .. types.SelectMany(type => Enumerable.Range(0, 3).Select(_ => made.Make(type).ToJsonString())),
        ];
    }

    private static List<(SharedExpression, int)> Pairs(List<string> resources, List<SharedExpression> expressions, int most, int mostOfAnyType)
    {
        var types = resources.Select(json => (string)JsonNode.Parse(json)!["resourceType"]!).ToList();
        return
        [
            .. expressions.SelectMany(e => Enumerable.Range(0, types.Count).Where(i => IsAsked(e, types[i]))
                .Take(e.ResourceType is null ? mostOfAnyType : most).Select(i => (e, i))),
        ];
    }

    private static bool IsAsked(SharedExpression expression, string type) => expression.ResourceType is { } wanted
        ? wanted == type
        : !expression.Text.StartsWith("DomainResource.", StringComparison.Ordinal) || FhirSchema.Find(type)!.BaseName == "DomainResource";

    private static async Task CompareAsync(IReadOnlyList<string> resources, IReadOnlyList<(SharedExpression Expression, int Resource)> pairs)
    {
        Peer.RequireNode("fhirpath");
        await using var peer = Peer.StartNode("fhirpath-evaluate.cjs");
        var asking = AskAsync(peer, resources, pairs);
        var documents = resources.Select(json => JsonDocument.Parse(json)).ToList();
        using var answers = new StreamReader(peer.Output);
        var differences = new List<string>();
        foreach (var (expression, resource) in pairs)
        {
            var theirs = JsonNode.Parse(await answers.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException(peer.Errors));
            var ours = PeerResults.Ours(documents[resource].RootElement, expression.Text);
            if (!PeerResults.AreEqual(theirs, ours) && !Decided.ContainsKey(expression.Name))
            {
                differences.Add($"{expression.Name} on {resource}: {expression.Text}\n  peer {theirs?.ToJsonString()}\n  ours {ours.ToJsonString()}");
            }
        }

        await asking;
        documents.ForEach(d => d.Dispose());
        Assert.True(differences.Count == 0, $"{differences.Count} of {pairs.Count} differ:\n{string.Join('\n', differences.Take(10))}");
    }

    private static async Task AskAsync(Peer peer, IReadOnlyList<string> resources, IReadOnlyList<(SharedExpression Expression, int Resource)> pairs)
    {
        await using var questions = new StreamWriter(peer.Input);
        await questions.WriteLineAsync(new JsonArray([.. resources.Select(json => JsonNode.Parse(json))]).ToJsonString());
        foreach (var (expression, resource) in pairs)
        {
            await questions.WriteLineAsync(new JsonObject { ["resource"] = resource, ["expression"] = expression.PeerText }.ToJsonString());
        }
    }
}
