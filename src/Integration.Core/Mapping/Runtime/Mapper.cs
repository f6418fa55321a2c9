using System.Collections.Frozen;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Fhir;
using Integration.Core.Mapping.Language;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>
/// Runs compiled mappings: 1 sort the segments into groups; 2 run the steps, group by group; 3 list what no rule reads.
/// </summary>
/// <param name="slots">Number of each segment name that the mappings know.</param>
/// <param name="columns">By row name the number of each column that the mappings read.</param>
/// <param name="rules">See <see cref="IMapper.RulesOf"/>.</param>
/// <param name="codeMaps">By name.</param>
internal sealed class Mapper(
    string version, FrozenDictionary<string, MessagePlan> plans, FrozenDictionary<string, int> slots,
    FrozenDictionary<string, FrozenDictionary<string, int>> columns, IReadOnlyList<MappingRule> rules,
    IReadOnlyDictionary<string, CodeMapDefinition> codeMaps) : IMapper
{
    public string Version { get; } = version;

    public MappingResult Map(ISourceDocument document, FeedContext feed, MappingTrace? trace = null)
    {
        if (document is IFhirDocument resources)
        {
            return FhirMapping.Map(resources, feed, Version);
        }

        if (!plans.TryGetValue(document.MappingKey, out var plan))
        {
            var (place, folder) = document.Format == MappingLoader.DeviceFolder ? ("", MappingLoader.DeviceFolder)
                : document is IRowDocument ? ("message", MappingLoader.RowsFolder)
                : document.Format == MappingLoader.DicomFolder ? ("", MappingLoader.DicomFolder)
                : ("MSH-9", MappingLoader.ProductFolder);
            var issue = MessageIssue.Error(
                IntegrationErrorCode.NoMappingForMessage, place, $"No message map serves {KeyForPeople(document.MappingKey)}. Add it to mappings/{folder}/messages and replay.");
            return new MappingResult([], [issue], [], Version);
        }

        if (document is IRowDocument rows)
        {
            document = BoundRows.Bind(rows, columns);
        }

        trace?.Begin(document);
        return plan.Patients.Count == 0 ? Map(document, document.Segments, plan, feed, trace) : MapTwo(document, plan, feed, trace);
    }

    private MappingResult Map(ISourceDocument document, IReadOnlyList<ISourceSegment> segments, MessagePlan plan, FeedContext feed, MappingTrace? trace)
    {
        var run = new MapRun(TriggerEvent(document.MappingKey), document, feed) { Trace = trace };
        var places = new List<SegmentPlace>(segments.Count);
        RunScope(plan.Root, Sort(segments, plan.Root, places), run);
        if (document is BoundRows { HasGone: true })
        {
            // It only takes away; what it says of rows that are there, they have said themselves. What was taken away knows whose it was.
            return new MappingResult([.. run.Resources.Where(resource => resource.IsDeletion)], run.Issues, [], Version) { IsReferenceData = true };
        }

        return new MappingResult(run.Resources, run.Issues, ListUnread(places), Version) { IsReferenceData = plan.IsReferenceData, UnmappedCodes = run.UnmappedCodes };
    }

    /// <summary>Each person with the segments behind the one that begins him; what stands before the first belongs to both.</summary>
    private MappingResult MapTwo(ISourceDocument document, MessagePlan plan, FeedContext feed, MappingTrace? trace)
    {
        var begins = document.Segments.Index().Where(s => plan.Patients.Contains(s.Item.Name)).Select(s => s.Index).ToList();
        if (begins is not [var first, var second])
        {
            var issue = MessageIssue.Error(
                begins.Count < 2 ? IntegrationErrorCode.RequiredSegmentMissing : IntegrationErrorCode.RequiredValueMissing, plan.Patients[0],
                $"The message is about two people; {begins.Count} begin in it, each by {string.Join(" or ", plan.Patients)}.");
            return new MappingResult([], [issue], [], Version);
        }

        var one = Map(document, [.. document.Segments.Take(second)], plan, feed, trace);
        var other = Map(document, [.. document.Segments.Take(first), .. document.Segments.Skip(second)], plan, feed, trace);
        return one with
        {
            Issues = [.. one.Issues, .. other.Issues],
            Unread = [.. one.Unread.Union(other.Unread)],
            UnmappedCodes = [.. one.UnmappedCodes.Union(other.UnmappedCodes)],
            SecondPatient = other with { Issues = [], Unread = [], UnmappedCodes = [], Relation = plan.Relation },
            Relation = plan.Relation,
        };
    }

    public string VersionOf(string feed) => Version;

    public IReadOnlyList<CodeMapEntry>? CodesOf(string feed, string codeMap) => codeMaps.TryGetValue(codeMap, out var map)
        ? [.. map.Codes.SelectMany(pair => pair.Value.Select(entry => new CodeMapEntry(pair.Key, entry.Target)))]
        : null;

    public IReadOnlyList<MappingRule> RulesOf(string feed) => rules;

    /// <summary>The key comes out of the message: shown only when it looks like a message type.</summary>
    private static string KeyForPeople(string key) =>
        key.Length is > 0 and <= 40 && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? key : "this message type";

    private static string TriggerEvent(string mappingKey) => mappingKey[(mappingKey.IndexOf('_') + 1)..];

    private MapFrame Sort(IReadOnlyList<ISourceSegment> segments, ScopePlan root, List<SegmentPlace> places)
    {
        var message = new MapFrame(root, null);
        var open = message;
        foreach (var segment in segments)
        {
            var slot = slots.GetValueOrDefault(segment.Name, -1);
            if (slot < 0)
            {
                places.Add(new SegmentPlace(segment, null, 0, -1));
            }
            else
            {
                open = Place(segment, slot, open, message, places);
            }
        }

        return message;
    }

    /// <summary>Puts a segment into the innermost group that wants it.</summary>
    /// <returns>The group that is open behind it.</returns>
    private static MapFrame Place(ISourceSegment segment, int slot, MapFrame open, MapFrame message, List<SegmentPlace> places)
    {
        for (var frame = open; frame is not null; frame = frame.Parent)
        {
            foreach (var group in frame.Plan.Groups)
            {
                if (group.OpenerPosition(slot) is var position and >= 0)
                {
                    // The segment that opens a group is also seen by the group around it.
                    frame.Add(slot, segment);
                    var opened = frame.Open(group);
                    opened.LastOpener = position;
                    opened.Add(slot, segment);
                    places.Add(new SegmentPlace(segment, opened, 0, frame.Members.Count - 1));
                    return opened;
                }
            }

            if (frame.Plan.OpenerPosition(slot) is var next and >= 0 && next > frame.LastOpener)
            {
                frame.LastOpener = next;
                Add(frame);
                return frame;
            }

            if (frame.Plan.Holds[slot])
            {
                Add(frame);
                return frame;
            }
        }

        // Segments of the message as a whole may stand anywhere; they close no group.
        Add(message);
        return open;

        void Add(MapFrame frame)
        {
            frame.Add(slot, segment);
            places.Add(new SegmentPlace(segment, frame, frame.Members.Count - 1, -1));
        }
    }

    private static void RunScope(ScopePlan scope, MapFrame frame, MapRun run)
    {
        foreach (var step in scope.Steps)
        {
            if (step.Group is null)
            {
                RunSegments(step, frame, run);
                continue;
            }

            foreach (var group in frame.Groups)
            {
                if (group.Plan == step.Group)
                {
                    RunScope(step.Group, group, run);
                }
            }
        }
    }

    private static void RunSegments(StepPlan step, MapFrame frame, MapRun run)
    {
        var count = 0;
        for (var member = 0; member < frame.Members.Count; member++)
        {
            var (slot, segment) = frame.Members[member];
            if (slot != step.Slot)
            {
                continue;
            }

            count++;
            if (step.OccursOnce && count > 1)
            {
                run.Issues.Add(MessageIssue.Error(
                    IntegrationErrorCode.RequiredValueMissing, $"{step.SegmentName}[{segment.Ordinal}]",
                    $"The message holds more than one {step.SegmentName}; it can be about one only. Send a message for each."));
                return;
            }

            var cursor = new SourceCursor(frame, segment, segment);
            if (step.When is null || step.When.Test(cursor, run))
            {
                frame.MarkMapped(member);
                step.Segment!.Run(cursor, run, step);
            }
        }

        if (step.OccursOnce && count == 0)
        {
            run.Issues.Add(MessageIssue.Error(
                IntegrationErrorCode.RequiredSegmentMissing, step.SegmentName, $"The message has no {step.SegmentName} segment, which its mapping needs."));
        }
    }

    private static List<string> ListUnread(List<SegmentPlace> places)
    {
        var unread = new List<string>();
        foreach (var place in places)
        {
            var segment = place.Segment;
            if (place.IsIgnored)
            {
                AddOnce(unread, segment.Name);
                continue;
            }

            for (var field = 1; field <= segment.FieldCount; field++)
            {
                if (!place.Reads(field) && segment.RepetitionCount(field) > 0)
                {
                    AddOnce(unread, segment.FieldName(field) is { } column ? $"{segment.Name}.{column}" : $"{segment.Name}-{field}");
                }
            }
        }

        return unread;
    }

    private static void AddOnce(List<string> unread, string place)
    {
        if (!unread.Contains(place))
        {
            unread.Add(place);
        }
    }
}
