using Integration.Core.Mapping.Language;
using Integration.Fhir;

namespace Integration.Core.Mapping.Outbound;

/// <summary>A compiled outbound message map.</summary>
/// <param name="MessageType">MSH-9 with its components.</param>
/// <param name="Of">Type of the focus.</param>
internal sealed record OutboundPlan(string MessageType, string Of, IReadOnlyList<RelatedResource> With, IReadOnlyList<OutboundStep> Steps);

/// <param name="Reference">From the focus; null: the patient's newest of the type.</param>
internal sealed record RelatedResource(string Name, string Type, ElementPath? Reference);

/// <summary>Compiles outbound message maps.</summary>
internal sealed class OutboundMessageCompiler(OutboundSet set, OutboundMapCompiler maps, ProblemList problems)
{
    /// <summary>Name of the resource whose change is told.</summary>
    public const string Focus = "focus";

    /// <summary>Segment maps that a message names.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>The plan; null when its focus is no resource. Other problems are reported and leave the plan incomplete.</summary>
    public OutboundPlan? Compile(OutboundMessageDefinition definition)
    {
        var parts = definition.Message.Text.Split('^');
        if (parts.Length != 3 || $"{parts[0]}_{parts[1]}" != definition.Name)
        {
            problems.Add(
                definition.Message.Position, $"'{definition.Message}' does not name the message of {definition.Name}.yaml.",
                "Write type, trigger event and structure, e.g. ADT^A08^ADT_A01 in ADT_A08.yaml.");
        }

        if (ResourceType(definition.Of) is not { } focus)
        {
            return null;
        }

        var types = new Dictionary<string, FhirType>(StringComparer.Ordinal) { [Focus] = focus };
        var related = new List<RelatedResource>();
        foreach (var entry in definition.With)
        {
            if (ResourceType(entry.Type) is not { } type)
            {
                continue;
            }

            if (!types.TryAdd(entry.Name.Text, type))
            {
                problems.Add(entry.Name.Position, $"There are two resources of the name '{entry.Name}'.");
            }

            var path = entry.Reference is { } reference ? ElementPath.Resolve(reference, focus, problems) : null;
            if (path is not null && path.TypeName != "Reference")
            {
                problems.Add(entry.Reference!.Value.Position, $"{entry.Reference} is a {path.TypeName}, which refers to no resource.");
            }

            related.Add(new RelatedResource(entry.Name.Text, type.Name, path));
        }

        return new OutboundPlan(definition.Message.Text, focus.Name, related, Steps(definition.Steps, focus, types));
    }

    private FhirType? ResourceType(Word word)
    {
        if (FhirSchema.Find(word.Text) is { Kind: FhirTypeKind.Resource } type)
        {
            return type;
        }

        problems.AddUnknown(word.Position, $"FHIR R4 has no resource type '{word}'.", word.Text, FhirSchema.TypeNames);
        return null;
    }

    private List<OutboundStep> Steps(IEnumerable<OutboundStepDefinition> definitions, FhirType at, Dictionary<string, FhirType> types) =>
        [.. definitions.Select(d => Step(d, at, types)).OfType<OutboundStep>()];

    private OutboundStep? Step(OutboundStepDefinition step, FhirType at, Dictionary<string, FhirType> types)
    {
        CheckName(step.Unless, types);
        if (!CheckName(step.Of, types))
        {
            return null;
        }

        var type = step.Of is { } of ? types[of.Text] : at;
        ElementPath? each = null;
        if (step.Each is { } path)
        {
            each = ElementPath.Resolve(path, type, problems);
            if (each is null)
            {
                return null;
            }

            type = FhirSchema.Find(each.TypeName)!;
        }

        var where = step.Where is { } condition ? ElementCondition.Compile(condition, type, problems) : null;
        return new OutboundStep(
            step.Of?.Text, each, where, step.Unless?.Text, step.Map is { } map ? Segment(map, type) : null, Steps(step.Steps, type, types));
    }

    private bool CheckName(Word? name, Dictionary<string, FhirType> types)
    {
        if (name is not { } word || types.ContainsKey(word.Text))
        {
            return true;
        }

        problems.AddUnknown(word.Position, $"No resource is named '{word}' here.", word.Text, types.Keys);
        return false;
    }

    private SegmentWriter? Segment(Word map, FhirType type)
    {
        if (!set.Segments.TryGetValue(map.Text, out var definition))
        {
            if (!set.Unreadable.Contains(map.Text))
            {
                problems.AddUnknown(map.Position, $"There is no outbound segment map '{map}'.", map.Text, set.Segments.Keys);
            }

            return null;
        }

        Used.Add(map.Text);
        if (definition.Source.Text != type.Name)
        {
            problems.Add(map.Position, $"{map} reads a {definition.Source.Text}, and this step is at a {type.Name}.");
        }

        return maps.Segment(map.Text);
    }
}
