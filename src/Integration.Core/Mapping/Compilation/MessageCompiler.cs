using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Compiles message maps: order, groups and the names by which one resource refers to another.</summary>
internal sealed class MessageCompiler(CompileContext context, SegmentCompiler segments)
{
    /// <summary>What the engine itself reads: MSH and EVN control fields.</summary>
    private static readonly (string Segment, int Field)[] ReadByEngine =
    [
        .. new[] { 1, 2, 3, 4, 7, 9, 10, 11, 12, 18 }.Select(field => ("MSH", field)),
        .. new[] { 1, 2, 6 }.Select(field => ("EVN", field)),
    ];

    private readonly Dictionary<string, CompiledSegment?> _compiled = new(StringComparer.Ordinal);

    private readonly Dictionary<SegmentStepDefinition, (Condition? When, MapUses Uses)> _conditions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Compiles every segment map, used or not, so that problems show in all of them.</summary>
    public void CompileSegments()
    {
        foreach (var definition in context.Set.Segments.Values)
        {
            _compiled[definition.Name] = segments.Compile(definition);
        }
    }

    /// <summary>Gives numbers to all segment and resource names of the message maps, those in conditions too. Comes before <see cref="Compile"/>, whose tables have their count.</summary>
    public void CollectNames()
    {
        foreach (var (segment, _) in ReadByEngine)
        {
            context.Slots.NumberOf(segment);
        }

        foreach (var map in context.Set.Messages.Values)
        {
            CollectNames(map.Steps);
        }
    }

    public MessagePlan Compile(MessageMapDefinition map)
    {
        var visible = new Dictionary<string, (string Resource, bool InGroup)>(StringComparer.Ordinal);
        var root = Scope(map.Name, null, map.Steps, visible, null);
        CheckPatients(map);
        return new MessagePlan(map.Name, root, ReferenceData.Is(map, context))
        {
            Patients = [.. map.Patients.Select(word => word.Text)],
            Relation = map.Relation,
        };
    }

    /// <summary>What begins a person must become one, and only of two people something can be said.</summary>
    private void CheckPatients(MessageMapDefinition map)
    {
        foreach (var word in map.Patients)
        {
            var makesPatient = map.Steps.Any(step => step.Segment is { } segment && segment.Segment.Text == word.Text
                && context.Set.Segments.TryGetValue(segment.Map.Text, out var made) && made.Resource.Text == "Patient");
            if (!makesPatient)
            {
                context.Problems.Add(
                    word.Position, $"{map.Name} lets each {word} begin a patient, but no step makes a Patient of it.",
                    $"Add - {{ segment: {word}, map: {word}-Patient, as: patient }}");
            }
        }

        if (map.Relation != PatientRelation.None && map.Patients.Count == 0)
        {
            context.Problems.Add(map.Position, $"{map.Name} has a relation of two patients, but is about one.", "Add patients: [PID]");
        }
    }

    private void CollectNames(IReadOnlyList<StepDefinition> steps)
    {
        foreach (var step in steps)
        {
            if (step.Segment is { } segment)
            {
                context.Slots.NumberOf(segment.Segment.Text);
                var uses = new MapUses();
                _conditions[segment] = (segments.Sources.Condition(segment.When, new SourceScope(segment.Segment.Text, segment.Segment.Text, [], uses)), uses);
                if (segment.Name is { } name)
                {
                    context.Names.NumberOf(name.Text);
                }
            }
            else if (step.Group is { } group)
            {
                foreach (var word in group.Opens.Concat(group.Holds))
                {
                    CheckSegment(word);
                    context.Slots.NumberOf(word.Text);
                }

                CollectNames(group.Steps);
            }
        }
    }

    private void CheckSegment(Word word)
    {
        if (!word.Text.StartsWith('Z') && !SourcePath.IsRowName(word.Text) && Hl7Tables.Fields(word.Text) is null)
        {
            context.Problems.AddUnknown(word.Position, $"HL7 has no segment '{word}'.", word.Text, Hl7Tables.SegmentNames);
        }
    }

    /// <param name="visible">Resource names that rules may refer to so far, those of the scopes around included; grows as steps are compiled.</param>
    /// <param name="around">What is read of the segments of the scope around; null for the message as a whole.</param>
    private ScopePlan Scope(
        string message, GroupDefinition? group, IReadOnlyList<StepDefinition> definitions, Dictionary<string, (string Resource, bool InGroup)> visible,
        ReadFields? around)
    {
        var (ownSlots, count, holds) = OwnSlots(group, definitions);
        var uses = new ReadFields(context, ownSlots, around);
        if (group is null)
        {
            uses.AddAlways(ReadByEngine);
        }

        var collects = new bool[context.Names.Count];
        var steps = new List<StepPlan>();
        var groups = new List<ScopePlan>();
        foreach (var definition in definitions)
        {
            if (definition.Group is { } inner)
            {
                var names = new Dictionary<string, (string Resource, bool InGroup)>(visible, StringComparer.Ordinal);
                var plan = Scope(message, inner, inner.Steps, names, uses);
                groups.Add(plan);
                steps.Add(new StepPlan { Group = plan });
                foreach (var (name, resource) in names.Where(pair => !visible.ContainsKey(pair.Key)))
                {
                    visible[name] = resource with { InGroup = true };
                }
            }
            else if (definition.Segment is { } segment && Segment(message, segment, visible, collects, uses) is { } step)
            {
                steps.Add(step);
            }
        }

        return new ScopePlan
        {
            OwnSlots = ownSlots,
            OwnSlotCount = count,
            Holds = holds,
            Opens = group is null ? [] : [.. group.Opens.Select(word => context.Slots.NumberOf(word.Text))],
            Groups = [.. groups],
            Steps = [.. steps],
            Collects = collects,
            Reading = uses.Build(),
        };
    }

    /// <summary>The message as a whole owns every segment; a group those that open it, those it holds and those it maps.</summary>
    private (int[] OwnSlots, int Count, bool[] Holds) OwnSlots(GroupDefinition? group, IReadOnlyList<StepDefinition> steps)
    {
        var own = new int[context.Slots.Count];
        var holds = new bool[own.Length];
        if (group is null)
        {
            for (var slot = 0; slot < own.Length; slot++)
            {
                own[slot] = slot;
            }

            return (own, own.Length, holds);
        }

        Array.Fill(own, -1);
        var mapped = steps.Where(step => step.Segment is not null).Select(step => step.Segment!.Segment);
        var count = 0;
        foreach (var word in group.Opens.Concat(group.Holds).Concat(mapped))
        {
            var slot = context.Slots.NumberOf(word.Text);
            if (own[slot] < 0)
            {
                own[slot] = count++;
                holds[slot] = !group.Opens.Any(opener => opener.Text == word.Text);
            }
        }

        return (own, count, holds);
    }

    private StepPlan? Segment(
        string message, SegmentStepDefinition step, Dictionary<string, (string Resource, bool InGroup)> visible, bool[] collects, ReadFields uses)
    {
        if (!_compiled.TryGetValue(step.Map.Text, out var compiled))
        {
            if (context.Set.Unreadable.Contains(step.Map.Text))
            {
                return null;
            }

            context.Problems.AddUnknown(step.Map.Position, $"There is no segment map '{step.Map}' in segments.", step.Map.Text, _compiled.Keys);
            return null;
        }

        var (when, conditionUses) = _conditions[step];
        uses.AddCondition(conditionUses);
        if (compiled is null)
        {
            return null;
        }

        if (compiled.Definition.Segment.Text != step.Segment.Text)
        {
            context.Problems.Add(step.Map.Position, $"{step.Map} maps {compiled.Definition.Segment}, not {step.Segment}.");
        }

        uses.AddMap(compiled.Uses);
        foreach (var use in compiled.Uses.References)
        {
            CheckReference(message, use, visible, collects);
        }

        if (step.Name is { } name)
        {
            visible.TryAdd(name.Text, (compiled.Definition.Resource.Text, false));
        }

        return new StepPlan
        {
            Slot = context.Slots.NumberOf(step.Segment.Text),
            SegmentName = step.Segment.Text,
            Segment = compiled.Plan,
            When = when,
            Name = step.Name is { } named ? context.Names.NumberOf(named.Text) : -1,
            OccursOnce = step.OccursOnce,
            Moves = step.Moves,
            Stays = step.Stays,
        };
    }

    private void CheckReference(string message, ResourceUse use, Dictionary<string, (string Resource, bool InGroup)> visible, bool[] collects)
    {
        if (!visible.TryGetValue(use.Name.Text, out var target))
        {
            if (use.IsOptional)
            {
                return;
            }

            context.Problems.AddUnknown(
                use.Name.Position, $"No step of {message} before this map's is named '{use.Name}'.", use.Name.Text, visible.Keys);
            return;
        }

        if (use.Targets.Count > 0 && !use.Targets.Contains(target.Resource))
        {
            context.Problems.Add(use.Name.Position, $"{use.Element} cannot refer to a {target.Resource}, only to {string.Join(", ", use.Targets)}.");
        }

        if (use.Gathers)
        {
            collects[context.Names.NumberOf(use.Name.Text)] = true;
        }
        else if (target.InGroup)
        {
            context.Problems.Add(use.Name.Position, $"{use.Element} holds one reference, but {message} makes '{use.Name}' in groups, so there may be many.");
        }
    }
}
