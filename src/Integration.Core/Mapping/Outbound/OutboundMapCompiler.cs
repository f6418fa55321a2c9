using System.Text.Json.Nodes;
using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Language;
using Integration.Fhir;

namespace Integration.Core.Mapping.Outbound;

/// <summary>Compiles outbound segment and datatype maps, and checks every FHIR path, HL7 place and type in them.</summary>
internal sealed class OutboundMapCompiler(OutboundSet set, ProblemList problems)
{
    private static readonly string[] Codes = ["code", "string", "uri", "Coding", "CodeableConcept"];

    private readonly Dictionary<string, SegmentWriter?> _segments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DatatypeWriter?> _datatypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReverseCodes> _codes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _compiling = new(StringComparer.Ordinal);

    /// <summary>Compiles every map, also those that nothing uses, so that each problem shows.</summary>
    public void CompileAll()
    {
        foreach (var name in set.Datatypes.Keys)
        {
            Datatype(name);
        }

        foreach (var name in set.Segments.Keys)
        {
            Segment(name);
        }
    }

    /// <summary>The segment map of that name, which exists; null when it has a problem.</summary>
    public SegmentWriter? Segment(string name)
    {
        if (_segments.TryGetValue(name, out var known))
        {
            return known;
        }

        var definition = set.Segments[name];
        var segment = definition.Target.Text;
        var isKnown = (segment.StartsWith('Z') && segment.Length == 3) || Hl7Tables.Fields(segment) is not null;
        if (!isKnown)
        {
            problems.AddUnknown(definition.Target.Position, $"HL7 has no segment '{segment}'.", segment, Hl7Tables.SegmentNames);
        }

        var source = SourceOf(definition);
        return _segments[name] = source is null || !isKnown ? null : new SegmentWriter(segment, Rules(definition, segment, null, source));
    }

    private DatatypeWriter? Datatype(string name)
    {
        if (_datatypes.TryGetValue(name, out var known))
        {
            return known;
        }

        var definition = set.Datatypes[name];
        var isKnown = Hl7Tables.Components(definition.Target.Text) is not null;
        if (!isKnown)
        {
            problems.AddUnknown(
                definition.Target.Position, $"HL7 has no datatype '{definition.Target.Text}' with components.", definition.Target.Text, Hl7Tables.DatatypeNames);
        }

        if (!_compiling.Add(name))
        {
            problems.Add(definition.Position, $"Datatype map {name} leads back to itself.");
            return null;
        }

        var source = SourceOf(definition);
        var writer = source is null || !isKnown ? null : new DatatypeWriter(Rules(definition, null, definition.Target.Text, source));
        _compiling.Remove(name);
        return _datatypes[name] = writer;
    }

    private FhirType? SourceOf(OutboundMapDefinition definition)
    {
        var type = FhirSchema.Find(definition.Source.Text);
        if (type is null)
        {
            problems.AddUnknown(definition.Source.Position, $"FHIR R4 has no type '{definition.Source.Text}'.", definition.Source.Text, FhirSchema.TypeNames);
        }

        return type;
    }

    private List<OutboundRule> Rules(OutboundMapDefinition definition, string? segment, string? datatype, FhirType source) =>
        [.. definition.Rules.Select(rule => Rule(rule, segment, datatype, source)).OfType<OutboundRule>()];

    private OutboundRule? Rule(OutboundRuleDefinition rule, string? segment, string? datatype, FhirType type)
    {
        var target = OutboundTarget.Resolve(rule.To, segment, datatype, problems);
        var when = rule.When is { } condition ? ElementCondition.Compile(condition, type, problems) : null;
        var sources = rule.From.Select(word => (Word: word, Source: Source(word, type))).ToList();
        if (target is null || sources.Any(s => s.Source is null) || (rule.When is not null && when is null) || (rule.From.Count == 0 && rule.Value is null))
        {
            return null;
        }

        if (rule.From.Count == 0)
        {
            return Constant(rule, target) is { } constant
                ? new OutboundRule(target.Field, target.Component, target.Subcomponent, false, rule.Required, when, (_, _) => [constant])
                : null;
        }

        var alternatives = new List<Func<JsonNode, OutboundRun, IEnumerable<ComponentTexts>>>();
        foreach (var (word, source) in sources)
        {
            if (Alternative(rule, word, source!, target, type) is { } alternative)
            {
                alternatives.Add(alternative);
            }
        }

        return alternatives.Count < sources.Count
            ? null
            : new OutboundRule(
                target.Field, target.Component, target.Subcomponent, target.Repeats && rule.Join is null && rule.Value is null && !rule.First, rule.Required, when,
                (item, run) => alternatives.Select(a => a(item, run)).FirstOrDefault(values => values.Any()) ?? []);
    }

    private OutboundSource? Source(Word word, FhirType type) =>
        OutboundSource.OfWord(word.Text)
        ?? (ElementPath.Resolve(word, type, problems) is { } path ? new OutboundSource((item, _) => path.Select(item), path.TypeName, path.Repeats) : null);

    private ComponentTexts? Constant(OutboundRuleDefinition rule, OutboundTarget target)
    {
        var value = rule.Value!.Value;
        if (target.AcceptsText(long.TryParse(value.Text, out _) ? "integer" : "string"))
        {
            return One(value.Text);
        }

        problems.Add(value.Position, $"{rule.To} is a {string.Join(" or ", target.Datatypes!)}, which '{value.Text}' does not fit.");
        return null;
    }

    /// <summary>One path of a rule with what is done to its values.</summary>
    private Func<JsonNode, OutboundRun, IEnumerable<ComponentTexts>>? Alternative(
        OutboundRuleDefinition rule, Word word, OutboundSource source, OutboundTarget target, FhirType type)
    {
        if (Filtered(rule, source, type) is not { } select)
        {
            return null;
        }

        if (rule.Value is not null)
        {
            return Constant(rule, target) is { } constant ? (item, run) => select(item, run).Any(n => IsWanted(rule, n)) ? [constant] : [] : null;
        }

        if (source.Repeats && !target.Repeats && rule.Join is null && !rule.First)
        {
            problems.Add(word.Position, $"{word.Text} may give several values and {rule.To} holds one.", "Pick one by its number, e.g. name[1], or use 'first' or 'join'.");
            return null;
        }

        if (rule.Map is { } map)
        {
            return Mapped(map, word, source, target) is { } writer
                ? (item, run) => select(item, run).Select(node => writer(node, run)).OfType<ComponentTexts>()
                : null;
        }

        return Text(rule, word, source, target) is not { } text ? null
            : rule.Join is { } separator
                ? (item, run) => string.Join(separator.Text, select(item, run).Select(node => text(node, run)).OfType<string>()) is { Length: > 0 } joined ? [One(joined)] : []
                : (item, run) => select(item, run).Select(node => text(node, run)).OfType<string>().Select(One);
    }

    /// <summary>The values that 'where' and 'differs' let through; null when one of them is wrong, which has then been reported.</summary>
    private Func<JsonNode, OutboundRun, IEnumerable<JsonNode>>? Filtered(OutboundRuleDefinition rule, OutboundSource source, FhirType type)
    {
        var select = source.Select;
        if (rule.Where is { } where)
        {
            if (FhirSchema.Find(source.TypeName) is not { } valueType || ElementCondition.Compile(where, valueType, problems) is not { } holds)
            {
                return null;
            }

            select = (item, run) => source.Select(item, run).Where(holds);
        }

        if (rule.Differs is not { } differs)
        {
            return select;
        }

        var unfiltered = select;
        return ElementPath.Resolve(differs, type, problems) is { } other
            ? (item, run) => unfiltered(item, run).Where(node => !other.Select(item).Any(o => OutboundText.Of(o) == OutboundText.Of(node)))
            : null;
    }

    /// <summary>With 'after', a constant is written only for a value that begins so.</summary>
    private static bool IsWanted(OutboundRuleDefinition rule, JsonNode node) =>
        rule.After is not { } after || OutboundText.Of(node)?.StartsWith(after.Text, StringComparison.Ordinal) == true;

    private Func<JsonNode, OutboundRun, ComponentTexts?>? Mapped(Word map, Word word, OutboundSource source, OutboundTarget target)
    {
        if (!set.Datatypes.TryGetValue(map.Text, out var definition))
        {
            if (!set.Unreadable.Contains(map.Text))
            {
                problems.AddUnknown(map.Position, $"There is no outbound datatype map '{map.Text}'.", map.Text, set.Datatypes.Keys);
            }

            return null;
        }

        if (definition.Source.Text != source.TypeName)
        {
            problems.Add(word.Position, $"{word.Text} is a {source.TypeName}, and {map.Text} reads a {definition.Source.Text}.");
            return null;
        }

        if (!target.AcceptsDatatype(definition.Target.Text) || target.Subcomponent > 0)
        {
            problems.Add(map.Position, $"{map.Text} makes a {definition.Target.Text}, which does not fit this place ({string.Join(" or ", target.Datatypes ?? [])}).");
            return null;
        }

        return Datatype(map.Text) is { } writer ? writer.Write : null;
    }

    private Func<JsonNode, OutboundRun, string?>? Text(OutboundRuleDefinition rule, Word word, OutboundSource source, OutboundTarget target)
    {
        if (rule.Code is { } code)
        {
            return Coded(code, word, source, target);
        }

        if (FhirSchema.Find(source.TypeName) is not { Kind: FhirTypeKind.Primitive })
        {
            problems.Add(word.Position, $"{word.Text} is a {source.TypeName}, which is no single text.", "Name an element of it, or a datatype map with 'map'.");
            return null;
        }

        if (!target.AcceptsText(source.TypeName))
        {
            problems.Add(word.Position, $"{word.Text} is a {source.TypeName}, which does not fit {rule.To} ({string.Join(" or ", target.Datatypes!)}).");
            return null;
        }

        return rule.After is { } after
            ? (node, _) => OutboundText.Of(node) is { } text && text.StartsWith(after.Text, StringComparison.Ordinal) && text.Length > after.Text.Length
                ? Uri.UnescapeDataString(text[after.Text.Length..])
                : null
            : (node, run) => OutboundText.Of(node, source.TypeName, run.Zone);
    }

    private Func<JsonNode, OutboundRun, string?>? Coded(Word code, Word word, OutboundSource source, OutboundTarget target)
    {
        if (!set.CodeMaps.TryGetValue(code.Text, out var definition))
        {
            if (!set.Unreadable.Contains(code.Text))
            {
                problems.AddUnknown(code.Position, $"There is no code map '{code.Text}' in codesystems.", code.Text, set.CodeMaps.Keys);
            }

            return null;
        }

        if (!Codes.Contains(source.TypeName) || !target.AcceptsText("code"))
        {
            problems.Add(code.Position, $"A code map turns {string.Join(", ", Codes)} into a text; {word.Text} is a {source.TypeName}.");
            return null;
        }

        if (!_codes.TryGetValue(code.Text, out var reverse))
        {
            _codes[code.Text] = reverse = new ReverseCodes(definition);
        }

        return (node, _) => reverse.Find(node);
    }

    private static ComponentTexts One(string text) => new() { [(1, 1)] = text };
}
