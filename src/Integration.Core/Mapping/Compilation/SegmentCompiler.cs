using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;
using Integration.Fhir;

namespace Integration.Core.Mapping.Compilation;

/// <summary>A compiled segment map and what it needs of the message map that uses it.</summary>
internal sealed record CompiledSegment(SegmentMapDefinition Definition, SegmentPlan Plan, MapUses Uses);

/// <summary>Compiles segment maps, each once, whichever messages use it.</summary>
internal sealed class SegmentCompiler(CompileContext context)
{
    private static readonly FhirElement IdPart = new("key", false, ["string"], 0, false, [], null);

    private static readonly FhirElement IdReference = new("key", false, ["Reference"], 0, false, [], null);

    private readonly SourceCompiler _sources = new(context);
    private RuleCompiler? _rules;

    private RuleCompiler Rules
    {
        get
        {
            var codeMaps = new CodeMapCompiler(context);
            return _rules ??= new RuleCompiler(context, _sources, new DatatypeCompiler(context, _sources, codeMaps), codeMaps);
        }
    }

    public SourceCompiler Sources => _sources;

    /// <summary>Null when segment or resource are unknown, which has then been reported.</summary>
    public CompiledSegment? Compile(SegmentMapDefinition definition)
    {
        var segment = definition.Segment;
        if (segment.Text.Length == 0 || (segment.Text[0] != 'Z' && !SourcePath.IsRowName(segment.Text) && Hl7Tables.Fields(segment.Text) is null))
        {
            context.Problems.AddUnknown(segment.Position, $"HL7 has no segment '{segment}'.", segment.Text, Hl7Tables.SegmentNames);
            return null;
        }

        if (FhirSchema.Find(definition.Resource.Text) is not { Kind: FhirTypeKind.Resource } resource)
        {
            context.Problems.AddUnknown(
                definition.Resource.Position, $"FHIR R4 has no resource '{definition.Resource}'.", definition.Resource.Text,
                FhirSchema.TypeNames.Where(name => FhirSchema.Find(name)?.Kind == FhirTypeKind.Resource));
            return null;
        }

        var uses = new MapUses();
        var onSegment = new SourceScope(segment.Text, segment.Text, [], uses);
        var each = definition.Each is { } field ? _sources.Path(field, onSegment) : null;
        var scope = each?.Scope ?? onSegment;
        var body = Rules.Block(definition.Rules, resource, resource.Name, true, scope, definition.Position).Build();
        var ids = definition.Id.Select(key => Key(key, scope)).OfType<IdPlan>().ToArray();
        var plan = new SegmentPlan(definition.Name, resource.Name, body, ids)
        {
            Each = each?.Cursor,
            Where = _sources.Condition(definition.Where, scope),
            NoId = definition.NoId,
            SameId = definition.SameId,
            MayAssume = MayAssume(definition.Rules),
            IdFields = IdFields(definition),
        };
        return new CompiledSegment(definition, plan, uses);
    }

    private static bool MayAssume(IReadOnlyList<RuleDefinition> rules) => rules.Any(rule => rule.Assumed || MayAssume(rule.First));

    /// <summary>The fields of the segment where its ids are looked for, in that order: of each way its <c>from</c>, else its parts.</summary>
    private static string[] IdFields(SegmentMapDefinition definition) =>
    [
        .. definition.Id.SelectMany(way => way.From is { } from ? [from] : way.Key.SelectMany(part => part.From))
            .Prepend(definition.Each ?? default)
            .Select(path => SourcePath.Parse(path.Text ?? "", _ => false))
            .Where(path => path is { Field: > 0 } && path.Name == definition.Segment.Text)
            .Select(path => $"-{path!.Field}")
            .Distinct(),
    ];

    private IdPlan? Key(KeyDefinition definition, SourceScope scope)
    {
        var when = _sources.Condition(definition.When, scope);
        var from = definition.From is { } path ? _sources.Path(path, scope) : null;
        var partScope = from?.Scope ?? scope;
        var values = new List<Value>();
        var places = new List<CursorSource[]?>();
        foreach (var part in definition.Key)
        {
            // An id may be made of a repeating field's first value: which one counts is what 'from' with 'where' is for.
            var element = part.Ref is null ? IdPart : IdReference;
            var step = new TargetStep("key", element, PartType(part), false);
            if (Rules.Fill(part, step, "id", false, partScope) is { } fill)
            {
                values.Add(fill.Value);
                places.Add(fill.Sources);
            }
        }

        return values.Count == definition.Key.Count && values.Count > 0
            ? new IdPlan(from?.Cursor, _sources.Condition(definition.Where, partScope), when, [.. values], [.. places], context.Rule(definition.Position, "id"))
            : null;
    }

    /// <summary>Whatever primitive a datatype map makes is as good as a text here.</summary>
    private string PartType(RuleDefinition part) =>
        part.Ref is not null ? "Reference"
        : part.Map is { } map && context.Set.Datatypes.TryGetValue(map.Text, out var datatype) ? datatype.Target.Text
        : "string";
}
