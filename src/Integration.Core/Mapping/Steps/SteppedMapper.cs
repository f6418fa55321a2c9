using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Steps;

/// <summary>Mappings with a site's own steps behind them. Safe for many threads, as the steps have to be.</summary>
internal sealed class SteppedMapper(IMapper mapper, IReadOnlyList<MappingStep> steps) : IMapper
{
    public string Version => mapper.Version;

    public MappingResult Map(ISourceDocument document, FeedContext feed, MappingTrace? trace = null)
    {
        var result = mapper.Map(document, feed, trace);
        foreach (var step in steps)
        {
            if (step.Wants(feed.Name, document.MappingKey))
            {
                result = Run(step, document, feed, result, trace);
            }
        }

        return result;
    }

    public string VersionOf(string feed) => mapper.VersionOf(feed);

    public IReadOnlyList<CodeMapEntry>? CodesOf(string feed, string codeMap) => mapper.CodesOf(feed, codeMap);

    public IReadOnlyList<MappingRule> RulesOf(string feed) => mapper.RulesOf(feed);

    /// <summary>Runs one step; a message with errors stays as it is, since nobody will use its resources.</summary>
    internal static MappingResult Run(MappingStep step, ISourceDocument document, FeedContext feed, MappingResult result, MappingTrace? trace)
    {
        if (result.Issues.Any(issue => issue.Severity == IssueSeverity.Error))
        {
            return result;
        }

        var issues = new List<MessageIssue>(result.Issues);
        return Run(step, document, feed, result, issues, trace) with { Issues = issues };
    }

    /// <summary>For each patient that the message is about.</summary>
    private static MappingResult Run(
        MappingStep step, ISourceDocument document, FeedContext feed, MappingResult result, List<MessageIssue> issues, MappingTrace? trace)
    {
        var message = new MappedMessage(step.Name, document, feed, result.Resources);
        try
        {
            step.Code.Run(message);
        }
        catch (Exception e)
        {
            // The edge to code that is not ours. Its text stays out of the issue: it may quote the message.
            issues.Add(MessageIssue.Error(IntegrationErrorCode.StepFailed, "", $"Step {step.Name} failed ({e.GetType().Name})."));
            return result;
        }

        issues.AddRange(message.Issues);
        return result with
        {
            Resources = [.. message.Resources.Select(resource => Written(step, resource, issues, trace))],
            SecondPatient = result.SecondPatient is { } second ? Run(step, document, feed, second, issues, trace) : null,
        };
    }

    private static MappedResource Written(MappingStep step, MappedResource resource, List<MessageIssue> issues, MappingTrace? trace)
    {
        if (resource.MadeJson is not { } json)
        {
            return resource;
        }

        if (!Says(json, "resourceType", resource.Type) || !Says(json, "id", resource.Id))
        {
            issues.Add(MessageIssue.Error(
                IntegrationErrorCode.StepFailed, resource.Source, $"Step {step.Name} changed resourceType or id of a {resource.Type}. Remove it and add another."));
            return resource;
        }

        var written = resource.With(DraftNode.From(json));
        trace?.Rewrote(resource.Draft, written.Draft, new MappingRule(step.Assembly, 1, 1, $"{resource.Type} by step {step.Name}"));
        return written;
    }

    private static bool Says(JsonObject json, string name, string expected) =>
        json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == expected;
}
