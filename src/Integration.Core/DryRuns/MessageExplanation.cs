using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Explain;
using Integration.Core.Parsing;

namespace Integration.Core.DryRuns;

/// <summary>What parsing and mapping make of one message, with the reason for every value.</summary>
/// <param name="Feed">Whose settings and mappings were used.</param>
/// <param name="Document">Null when the bytes cannot be read.</param>
/// <param name="Mapping">Null when the bytes cannot be read.</param>
/// <param name="Resources">In mapping order.</param>
/// <param name="Issues">Of both stages; one of severity Error: the message would go to quarantine.</param>
public sealed record MessageExplanation(
    string Feed, ISourceDocument? Document, MappingResult? Mapping, IReadOnlyList<ExplainedResource> Resources, IReadOnlyList<MessageIssue> Issues)
{
    /// <summary>Rules that wrote something.</summary>
    public IReadOnlyCollection<MappingRule> Hit { get; init; } = [];

    public bool IsRefused => Issues.Any(issue => issue.Severity == IssueSeverity.Error);
}

/// <summary>A resource with the origin of its values.</summary>
/// <param name="Values">In the order of the resource.</param>
public sealed record ExplainedResource(MappedResource Resource, IReadOnlyList<ExplainedValue> Values);
