using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Core.Mapping.Outbound;

/// <summary>The compiled outbound maps: what a change of the record says to other systems. Safe for many threads.</summary>
public sealed class OutboundMappings
{
    private volatile FrozenDictionary<string, OutboundPlan> _plans;

    internal OutboundMappings(IReadOnlyDictionary<string, OutboundPlan> plans) => _plans = plans.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Maps there are, e.g. <c>ADT_A08</c>, in ordinal order.</summary>
    public IReadOnlyList<string> Triggers => [.. _plans.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Type of the resource that the trigger is about; null when there is no such map.</summary>
    public string? ResourceTypeOf(string trigger) => _plans.GetValueOrDefault(trigger)?.Of;

    /// <summary>Puts other maps in use, whole. What is being built is finished with the old ones.</summary>
    internal void Swap(OutboundMappings other) => _plans = other._plans;

    /// <summary>Builds the message of <see cref="OutboundSubject.Trigger"/>, for which there is a map.</summary>
    /// <param name="zone">Clock of the receiver.</param>
    public async ValueTask<OutboundMessage> MapAsync(OutboundSubject subject, IRecordReader records, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var plan = _plans[subject.Trigger];
        var resources = new Dictionary<string, IReadOnlyList<JsonObject>>(StringComparer.Ordinal) { [OutboundMessageCompiler.Focus] = [subject.Focus] };
        foreach (var related in plan.With)
        {
            resources[related.Name] = related.Reference is { } path
                ? await records.GetAsync(ReferencesTo(related.Type, path, subject.Focus), cancellationToken)
                : await records.LatestAsync(subject.PatientId, related.Type, cancellationToken) is { } latest ? [latest] : [];
        }

        var segments = Write(plan, subject, resources, zone);
        if (subject.Before is { } before)
        {
            resources[OutboundMessageCompiler.Focus] = [before];
            segments = WithDeletions(segments, Write(plan, subject with { Focus = before }, resources, zone));
        }

        return new OutboundMessage(plan.MessageType, segments);
    }

    private static List<OutboundSegment> Write(
        OutboundPlan plan, OutboundSubject subject, IReadOnlyDictionary<string, IReadOnlyList<JsonObject>> resources, TimeZoneInfo zone)
    {
        var run = new OutboundRun(subject, resources, zone);
        var segments = new List<OutboundSegment>();
        foreach (var step in plan.Steps)
        {
            step.Write(subject.Focus, run, segments);
        }

        return segments;
    }

    /// <summary>
    /// Fields that the message had of the earlier resource and has no more. Of segments that stand once: in those that repeat, none can be told to be the
    /// same, and receivers take them as a whole.
    /// </summary>
    private static List<OutboundSegment> WithDeletions(List<OutboundSegment> now, List<OutboundSegment> before) =>
    [
        .. now.Select(segment => now.Count(other => other.Name == segment.Name) == 1 && before.Where(other => other.Name == segment.Name).ToList() is [var earlier]
            ? segment with { Values = [.. segment.Values.Concat(Lost(segment, earlier)).OrderBy(value => value.Field)] }
            : segment),
    ];

    private static IEnumerable<OutboundValue> Lost(OutboundSegment now, OutboundSegment before) => before.Values.Select(value => value.Field).Distinct()
        .Except(now.Values.Select(value => value.Field)).Select(field => new OutboundValue(field, 1, 1, 1, Text: null));

    private static List<string> ReferencesTo(string type, ElementPath path, JsonObject focus) =>
    [
        .. path.Select(focus).Select(node => node["reference"]?.GetValue<string>()).OfType<string>()
            .Where(reference => reference.StartsWith(type + "/", StringComparison.Ordinal)),
    ];
}
