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

    /// <summary>Makes the resources of one segment and gives each its name in the frame.</summary>
    /// <param name="moves">See <see cref="MappedResource.Moves"/>.</param>
    public void Run(in SourceCursor segment, MapRun run, int resourceName, bool moves)
    {
        if (Each is null)
        {
            Make(segment, run, resourceName, moves);
            return;
        }

        var state = 0;
        var made = false;
        while (Each.MoveNext(segment, ref state, out var item))
        {
            if (item.WholeText() is { Length: > 0 } && (Where is null || Where.Test(item, run)))
            {
                made = true;
                Make(item, run, resourceName, moves);
            }
        }

        if (!made)
        {
            NoIdentifier(segment, run);
        }
    }

    private void Make(in SourceCursor cursor, MapRun run, int resourceName, bool moves)
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
            if (SameId == SameIdPolicy.First)
            {
                return;
            }

            if (SameId == SameIdPolicy.Skip)
            {
                run.Issues.Add(MessageIssue.Warning(
                    IntegrationErrorCode.IdentifierMissing, cursor.Place(),
                    $"The message already holds a {resourceType} with the same identifiers; this one was left out."));
                return;
            }

            id = IdMaker.Number(id, occurrence);
            reference = _referencePrefix + id;
        }

        if (made.Parts is { } parts)
        {
            run.Trace?.MadeId(reference, parts, made.Rule, cursor);
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

        var source = $"{cursor.Segment!.Name}[{cursor.Segment.Ordinal}]";
        run.Resources.Add(new MappedResource(resourceType, id, resource, source, Name) { Assumed = assumed is { Count: > 0 } ? assumed : [], Moves = moves });
        if (resourceName >= 0)
        {
            cursor.Frame.Name(resourceName, reference);
        }
    }

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

    private void NoIdentifier(in SourceCursor cursor, MapRun run) => run.Issues.Add(NoId == NoIdPolicy.Refuse
        ? MessageIssue.Error(
            IntegrationErrorCode.IdentifierMissing, cursor.Place(), $"The segment holds no identifier that a {resourceType} can be known by.")
        : MessageIssue.Information(
            IntegrationErrorCode.IdentifierMissing, cursor.Place(),
            $"The segment holds no identifier that a {resourceType} can be known by; none was made."));
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
