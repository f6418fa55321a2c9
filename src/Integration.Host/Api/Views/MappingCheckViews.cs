using System.ComponentModel;
using System.Text.Json.Nodes;
using Integration.Core.DryRuns;
using Integration.Core.Mapping.Explain;
using Integration.Host.Commands.Mapping;

namespace Integration.Host.Api.Views;

/// <summary>The mapping files as they lie there now.</summary>
internal sealed record MappingCheckView(
    [property: Description("The version that they would be in use as; null when they are not valid.")] string? Version,
    [property: Description("Everything that is wrong; empty when they are valid.")] IReadOnlyList<ProblemView> Problems);

/// <summary>A run of the sites' own tests.</summary>
internal sealed record MappingTestView(
    int Passed,
    int Failed,
    IReadOnlyList<MappingTestFailureView> Failures,
    [property: Description("Rules that may run for the feeds tested.")] int Rules,
    [property: Description("Rules that wrote something in some test.")] int RulesHit,
    [property: Description("Rules of the sites' own files that no test runs.")] IReadOnlyList<MappingRule> Unhit)
{
    public static MappingTestView Of(MappingTestRun run)
    {
        var rules = run.Coverage.Rules;
        return new MappingTestView(
            run.Passed, run.Failed, [.. run.Failures.Select(failure => MappingTestFailureView.Of(failure, run))], rules.Count, rules.Count(entry => entry.Messages > 0), run.UnhitOfSites);
    }
}

/// <summary>One thing that is not as expected.</summary>
internal sealed record MappingTestFailureView(
    [property: Description("File of the message below mappings, with `#2` for its second message.")] string Test,
    [property: Description("FHIRPath, or `unread`, `issues`, `resources`, `messages`.")] string Path,
    [property: Description("Null: nothing.")] JsonNode? Expected,
    [property: Description("Null: nothing.")] JsonNode? Actual,
    [property: Description("The rule that wrote the value; null when none did.")] MappingRule? Rule)
{
    public static MappingTestFailureView Of(MappingTestFailure failure, MappingTestRun run) =>
        new(run.ShownName(failure.Test), failure.Path, failure.Expected?.DeepClone(), failure.Actual?.DeepClone(), failure.Rule);
}

/// <summary>What the rules did with messages that the engine has.</summary>
internal sealed record MappingCoverageView(
    [property: Description("Messages that were mapped again.")] int Messages,
    [property: Description("Of these, those that the mappings in use would refuse.")] int Refused,
    IReadOnlyDictionary<string, int> Types,
    [property: Description("Every rule that may run for the feed with the messages in which it wrote something.")] IReadOnlyList<RuleUseView> Rules,
    [property: Description("Fields with a value that no rule reads, the most frequent first.")] IReadOnlyList<FieldUseView> Unread)
{
    public static MappingCoverageView Of(MappingCoverage coverage) => new(
        coverage.Messages, coverage.Refused, coverage.Types, [.. coverage.Rules.Select(entry => new RuleUseView(entry.Rule.File, entry.Rule.Line, entry.Rule.Target, entry.Messages))],
        [.. coverage.Unread.Select(entry => new FieldUseView(entry.Field, entry.Messages))]);
}

/// <summary>A rule and how many messages it wrote something of.</summary>
internal sealed record RuleUseView(string File, long Line, [property: Description("FHIR R4 element, e.g. Patient.birthDate.")] string Target, int Messages);

/// <summary>A field and how many messages have a value in it.</summary>
internal sealed record FieldUseView(string Field, int Messages);
