using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Runtime;

/// <summary>A compiled segment map.</summary>
internal sealed class SegmentPlan(string name, string resourceType, BlockValue body, IdPlan[] ids)
{
    private readonly string _referencePrefix = resourceType + "/";

    public string Name { get; } = name;

    public CursorSource? Each { get; init; }

    public Condition? Where { get; init; }

    public NoIdPolicy NoId { get; init; }

    public SameIdPolicy SameId { get; init; }

    /// <summary>Some rule fills in what the message does not say.</summary>
    public bool MayAssume { get; init; }

    /// <summary>Where in the segment ids are looked for, as <c>-3</c>; the first is the one that senders fill as a rule.</summary>
    public string[] IdFields { get; init; } = [];

    /// <summary>Makes the resources of one segment and gives each its name in the frame.</summary>
    /// <param name="step">The step that it is run by.</param>
    public void Run(in SourceCursor segment, MapRun run, StepPlan step)
    {
        if (Each is null)
        {
            Make(segment, run, step);
            return;
        }

        var state = 0;
        var made = false;
        while (Each.MoveNext(segment, ref state, out var item))
        {
            if (item.WholeText() is { Length: > 0 } && (Where is null || Where.Test(item, run)))
            {
                made = true;
                Make(item, run, step);
            }
        }

        if (!made)
        {
            NoIdentifier(segment, run);
        }
    }

    private void Make(in SourceCursor cursor, MapRun run, StepPlan step)
    {
        if (MakeId(cursor, run) is not { } made)
        {
            NoIdentifier(cursor, run);
            return;
        }

        var id = made.Id;
        var reference = _referencePrefix + id;
        var occurrence = run.CountOccurrence(reference);
        if (occurrence > 1)
        {
            if (IsLeftOut(cursor, run))
            {
                return;
            }

            id = IdMaker.Number(id, occurrence);
            reference = _referencePrefix + id;
        }

        if (made.Parts is { } parts)
        {
            run.Trace?.MadeId(reference, parts, made.Rule, cursor);
        }

        // What became of a row goes with it, but never a person: other feeds may know of him.
        if (cursor.Segment!.IsGone && !step.Stays && resourceType != "Patient")
        {
            run.Resources.Add(new MappedResource(resourceType, id, DraftNode.Object(), SourceOf(cursor), Name) { IsDeletion = true });
            NameIt(step, cursor, reference);
            return;
        }

        var resource = DraftNode.Object();
        resource.Set("resourceType", DraftNode.Of(resourceType));
        resource.Set("id", DraftNode.Of(id));
        var assumed = MayAssume ? new List<string>() : null;
        if (body.Fill(cursor, run, resource, assumed) is { } missing)
        {
            run.Issues.Add(MessageIssue.Warning(
                IntegrationErrorCode.ResourceIncomplete, cursor.Place(),
                $"No {resourceType} was made: FHIR requires {resourceType}.{missing} and the message does not say it."));
            return;
        }

        run.Resources.Add(new MappedResource(resourceType, id, resource, SourceOf(cursor), Name)
        {
            Assumed = assumed is { Count: > 0 } ? assumed : [],
            Moves = step.Moves,
            MayReturn = cursor.Segment is BoundRow,
        });
        NameIt(step, cursor, reference);
    }

    /// <summary>Whether there is no place for a second thing of one id.</summary>
    private bool IsLeftOut(in SourceCursor cursor, MapRun run)
    {
        if (SameId == SameIdPolicy.First || cursor.Segment!.IsGone)
        {
            return true;
        }

        if (SameId == SameIdPolicy.Skip)
        {
            run.Issues.Add(MessageIssue.Warning(
                IntegrationErrorCode.IdentifierMissing, cursor.Place(),
                $"The message already holds a {resourceType} with the same identifiers; this one was left out."));
            return true;
        }

        return false;
    }

    private static void NameIt(StepPlan step, in SourceCursor cursor, string reference)
    {
        if (step.Name >= 0)
        {
            cursor.Frame.Name(step.Name, reference);
        }
    }

    private static string SourceOf(in SourceCursor cursor) => $"{cursor.Segment!.Name}[{cursor.Segment.Ordinal}]";

    private MadeId? MakeId(in SourceCursor cursor, MapRun run)
    {
        foreach (var plan in ids)
        {
            if (plan.Make(resourceType, cursor, run) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    private void NoIdentifier(in SourceCursor cursor, MapRun run)
    {
        var name = cursor.Segment!.Name;
        var place = cursor.Field == 0 && IdFields.Length > 0 ? cursor.Place() + IdFields[0] : cursor.Place();
        var looked = IdFields.Length < 2 ? "" : $" It was looked for in {string.Join(", ", IdFields.Select(field => name + field))}.";
        run.Issues.Add(NoId == NoIdPolicy.Refuse
            ? MessageIssue.Error(
                IntegrationErrorCode.IdentifierMissing, place, $"The segment holds no identifier that a {resourceType} can be known by.{looked}")
            : MessageIssue.Information(
                IntegrationErrorCode.IdentifierMissing, place,
                $"The segment holds no identifier that a {resourceType} can be known by; none was made.{looked}"));
    }
}

/// <summary>One way to make an id.</summary>
/// <param name="parts">Texts that together name the thing; all must have a value.</param>
internal sealed class IdPlan(CursorSource? source, Condition? where, Condition? when, Value[] parts, CursorSource[]?[] partSources, MappingRule rule)
{
    public MadeId? Make(string resourceType, in SourceCursor cursor, MapRun run)
    {
        if (when is not null && !when.Test(cursor, run))
        {
            return null;
        }

        if (source is null)
        {
            return MakeAt(resourceType, cursor, run);
        }

        var state = 0;
        while (source.MoveNext(cursor, ref state, out var item))
        {
            if ((where is null || where.Test(item, run)) && MakeAt(resourceType, item, run) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    private MadeId? MakeAt(string resourceType, in SourceCursor cursor, MapRun run)
    {
        var texts = new string[parts.Length];
        var nodes = run.Trace is null ? null : new List<DraftNode>(parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            var node = partSources[i] is { } sources ? CursorSource.First(sources, parts[i], cursor, run) : parts[i].Make(cursor, run);
            if (TextOf(node) is not { } text)
            {
                return null;
            }

            texts[i] = text;
            nodes?.Add(node!);
        }

        return new MadeId(IdMaker.Make(resourceType, texts), nodes, rule);
    }

    private static string? TextOf(DraftNode? node) => node?.Kind == DraftKind.Object ? node.Find("reference")?.Text : node?.Text;
}

/// <summary>An id and where it is from.</summary>
/// <param name="Parts">Values it was made of; null when nobody asks.</param>
internal readonly record struct MadeId(string Id, IReadOnlyList<DraftNode>? Parts, MappingRule Rule);
