using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Explain;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>An object made by rules: a datatype, a backbone element or a whole resource.</summary>
/// <param name="rules">In order.</param>
/// <param name="onlyConstants">No rule reads the message; else constants alone do not make the object.</param>
/// <param name="clears">HL7 null may become a JSON null in it: no array above it, so that a reader knows which value is meant.</param>
internal sealed class BlockValue(Rule[] rules, bool onlyConstants, bool clears) : Value
{
    public override bool NeedsCursor { get; } = !onlyConstants && rules.All(rule => rule.NeedsCursor);

    public override DraftNode? Make(in SourceCursor cursor, MapRun run)
    {
        var builder = new ObjectBuilder(clears);
        foreach (var rule in rules)
        {
            rule.Apply(cursor, run, ref builder);
            if (builder.MissingElement is not null)
            {
                return null;
            }
        }

        return builder.HasSource || onlyConstants ? builder.Object : null;
    }

    /// <summary>Adds to an object that exists: a resource with its type and id.</summary>
    /// <param name="assumed">Gets the properties that the message does not say; null when nobody asks.</param>
    /// <returns>The required element that has no value; null when there is none such.</returns>
    public string? Fill(in SourceCursor cursor, MapRun run, DraftNode resource, List<string>? assumed)
    {
        var builder = new ObjectBuilder(clears) { Object = resource, Assumed = assumed };
        foreach (var rule in rules)
        {
            rule.Apply(cursor, run, ref builder);
        }

        return builder.MissingElement;
    }
}

/// <summary>What a datatype map makes, completed by rules: <c>map</c> and <c>rules</c> together.</summary>
internal sealed class CompletedValue(Value map, BlockValue rules) : Value
{
    public override bool NeedsCursor => map.NeedsCursor;

    public override DraftNode? Make(in SourceCursor cursor, MapRun run)
    {
        var made = map.Make(cursor, run);
        return made is not { Kind: DraftKind.Object } || rules.Fill(cursor, run, made, null) is null ? made : null;
    }
}

/// <summary>An object while rules add to it.</summary>
internal struct ObjectBuilder(bool clears)
{
    public DraftNode? Object;

    /// <summary>Something in it came out of the message.</summary>
    public bool HasSource;

    /// <summary>A required element without a value; the object must not be used.</summary>
    public string? MissingElement;

    /// <summary>Properties that the message does not say.</summary>
    public List<string>? Assumed;

    public bool Clears { get; } = clears;
}

/// <summary>A compiled rule.</summary>
internal abstract class Rule
{
    /// <summary>It takes nothing from anywhere but the value that the block stands on; see <see cref="Value.NeedsCursor"/>.</summary>
    public virtual bool NeedsCursor => false;

    /// <summary>Adds what the rule makes. False when that is nothing.</summary>
    public abstract bool Apply(in SourceCursor cursor, MapRun run, ref ObjectBuilder builder);
}

/// <summary>Fills one property.</summary>
internal sealed class PropertyRule(string property, bool isArray, Value value) : Rule
{
    private readonly bool _needsCursor = value.NeedsCursor;
    private readonly bool _seesPresence = value.SeesPresence;

    /// <summary>Where the values are; null: where the block stands.</summary>
    public CursorSource[]? Sources { get; init; }

    public Condition? When { get; init; }

    public Condition? Where { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>The value does not come out of the message.</summary>
    public bool IsConstant { get; init; }

    /// <summary>FHIR demands the element, so HL7 null cannot clear it.</summary>
    public bool NeverCleared { get; init; }

    /// <summary>Properties that an earlier rule may have set (several for a choice of types); then this rule does nothing.</summary>
    public string[] KeepsEarlier { get; init; } = [];

    /// <summary>A value that the list has already is not added again.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>The message does not say it: a record that knows better keeps what it has.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>Told when the rule takes effect.</summary>
    public string? Issue { get; init; }

    /// <summary>Where the rule is written; null for an object on the way to the target of several rules.</summary>
    public MappingRule? Rule { get; init; }

    public override bool NeedsCursor => IsConstant || (_needsCursor && (Sources is null || Sources.All(source => source.IsPart)));

    public override bool Apply(in SourceCursor cursor, MapRun run, ref ObjectBuilder builder)
    {
        var applied = false;
        if ((When is null || When.Test(cursor, run)) && !IsAlreadySet(builder.Object))
        {
            applied = Sources is null ? Add(cursor, run, ref builder) : AddFromSources(cursor, run, ref builder);
        }

        if (applied)
        {
            builder.HasSource |= !IsConstant;
            if (IsAssumed && builder.Assumed is { } assumed && !assumed.Contains(property))
            {
                assumed.Add(property);   // several rules may fill one list
            }

            if (Issue is not null)
            {
                run.Issues.Add(MessageIssue.Information(IntegrationErrorCode.RequiredValueMissing, cursor.Place(), Issue));
            }
        }
        else if (IsRequired)
        {
            builder.MissingElement = property;
        }

        return applied;
    }

    private bool IsAlreadySet(DraftNode? target)
    {
        if (target is not null)
        {
            foreach (var name in KeepsEarlier)
            {
                if (target.Find(name) is not null)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool AddFromSources(in SourceCursor cursor, MapRun run, ref ObjectBuilder builder)
    {
        foreach (var source in Sources!)
        {
            var state = 0;
            var applied = false;
            while (source.MoveNext(cursor, ref state, out var item))
            {
                // A column without a value leaves it to the next; the last one clears.
                if (item.Segment is BoundRow && source != Sources[^1] && item.Presence == SourcePresence.Cleared)
                {
                    continue;
                }

                if (Where is null || Where.Test(item, run))
                {
                    applied |= Add(item, run, ref builder);
                    if (applied && !isArray)
                    {
                        return true;
                    }
                }
            }

            if (applied)
            {
                return true;
            }
        }

        return false;
    }

    private bool Add(in SourceCursor cursor, MapRun run, ref ObjectBuilder builder)
    {
        var presence = Sources is null || _seesPresence ? SourcePresence.Valued : cursor.Presence;
        if (presence == SourcePresence.Absent && _needsCursor)
        {
            return false;
        }

        // A value sent as HL7 null clears the element it would have filled, of whatever type that is.
        var node = presence == SourcePresence.Cleared ? MapRun.Cleared : value.Make(cursor, run);
        if (node is null)
        {
            return false;
        }

        if (node == MapRun.Cleared)
        {
            return Clear(cursor, run, ref builder);
        }

        run.Trace?.Wrote(node, Rule, cursor, IsConstant);
        var target = builder.Object ??= DraftNode.Object();
        if (node.Kind == DraftKind.Object && property == "data")
        {
            AddKept(node, target, cursor, run);
        }
        else if (!isArray)
        {
            target.Set(property, node);
        }
        else if (target.Find(property) is not { Kind: DraftKind.Array } array)
        {
            target.Set(property, DraftNode.Array(node));
        }
        else if (!IsDistinct || !Holds(array, node))
        {
            array.Add(node);
        }

        return true;
    }

    /// <summary>The content lies beside the record: url, size and hash in place of data. What the mapping said already stands.</summary>
    private void AddKept(DraftNode kept, DraftNode target, in SourceCursor cursor, MapRun run)
    {
        for (var part = kept.First; part is not null; part = part.Next)
        {
            if (target.Find(part.Name!) is null)
            {
                var copy = part.Copy();
                target.Set(part.Name!, copy);
                run.Trace?.Wrote(copy, Rule, cursor, isConstant: false);
            }
        }
    }

    private static bool Holds(DraftNode array, DraftNode value)
    {
        for (var entry = array.First; entry is not null; entry = entry.Next)
        {
            if (entry.IsSame(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Required elements cannot be cleared, and inside an array nobody could tell which value is meant.</summary>
    private bool Clear(in SourceCursor cursor, MapRun run, ref ObjectBuilder builder)
    {
        if (!builder.Clears || IsRequired || NeverCleared)
        {
            return false;
        }

        var target = builder.Object ??= DraftNode.Object();
        if (target.Find(property) is null)
        {
            var cleared = DraftNode.Null();
            target.Set(property, cleared);
            run.Trace?.Cleared(cleared, Rule, cursor);
        }

        return true;
    }
}

/// <summary><c>ref</c> to an element that repeats: all resources of the name in the group, else the one around it.</summary>
internal sealed class ReferencesRule(string property, int name, Condition? when, MappingRule rule) : Rule
{
    public override bool Apply(in SourceCursor cursor, MapRun run, ref ObjectBuilder builder)
    {
        if (when is not null && !when.Test(cursor, run))
        {
            return false;
        }

        var references = cursor.Frame.References(name);
        if (references.Count == 0)
        {
            if (cursor.Frame.Reference(name) is not { } single)
            {
                return false;
            }

            references = [single];
        }

        var target = builder.Object ??= DraftNode.Object();
        if (target.Find(property) is not { Kind: DraftKind.Array } array)
        {
            target.Set(property, array = DraftNode.Array());
        }

        foreach (var reference in references)
        {
            var node = ReferenceValue.Object(reference);
            array.Add(node);
            run.Trace?.Reference(node);
            run.Trace?.Wrote(node, rule, cursor, isConstant: false);
        }

        builder.HasSource = true;
        return true;
    }
}

/// <summary>The first alternative that gives something.</summary>
internal sealed class FirstRule(Rule[] alternatives, Condition? when, string? requiredElement) : Rule
{
    public override bool NeedsCursor { get; } = alternatives.All(rule => rule.NeedsCursor);

    public override bool Apply(in SourceCursor cursor, MapRun run, ref ObjectBuilder builder)
    {
        if (when is null || when.Test(cursor, run))
        {
            foreach (var alternative in alternatives)
            {
                if (alternative.Apply(cursor, run, ref builder))
                {
                    return true;
                }
            }
        }

        if (requiredElement is not null)
        {
            builder.MissingElement = requiredElement;
        }

        return false;
    }
}
