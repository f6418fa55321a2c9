using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;
using Integration.Fhir;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Compiles datatype maps, each once, whoever calls it.</summary>
internal sealed class DatatypeCompiler(CompileContext context, SourceCompiler sources, CodeMapCompiler codeMaps)
{
    private readonly Dictionary<string, Value?> _compiled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MapUses> _uses = new(StringComparer.Ordinal);
    private readonly List<string> _underWay = [];

    /// <summary>The datatype map as a value of the element; null when that is not possible, which has then been reported.</summary>
    public Value? Value(Word name, IEnumerable<SourceScope> from, TargetStep step, string path)
    {
        if (!context.Set.Datatypes.TryGetValue(name.Text, out var definition))
        {
            if (context.Set.Unreadable.Contains(name.Text))
            {
                return null;
            }

            context.Problems.AddUnknown(name.Position, $"There is no datatype map '{name.Text}' in datatypes.", name.Text, context.Set.Datatypes.Keys);
            return null;
        }

        var scopes = from.ToList();
        foreach (var scope in scopes.Where(scope => !Reads(definition.Datatype.Text, scope)))
        {
            var source = scope.IsSegment ? $"segment {scope.Segment}" : string.Join(" or ", scope.Datatypes ?? []);
            context.Problems.Add(name.Position, $"{name.Text} reads a {definition.Datatype}, but the source is {source}.");
        }

        if (!Fits(definition.Target.Text, step.TypeName))
        {
            context.Problems.Add(name.Position, $"{name.Text} makes a {definition.Target}, but {path} is a {step.TypeName}.");
            return null;
        }

        var value = Compile(name, definition);
        foreach (var scope in scopes)
        {
            AddUses(definition.Name, scope);
        }

        return value;
    }

    /// <summary>A map of a segment's own fields reads that segment; one of a datatype reads values of it, and a whole segment as its first field.</summary>
    private static bool Reads(string datatype, SourceScope scope) =>
        Hl7Tables.Fields(datatype) is not null ? scope.IsSegment && scope.Segment == datatype : scope.IsSegment || scope.Accepts(datatype);

    /// <summary>What the map of a segment reads is read by the segment map that calls it.</summary>
    private void AddUses(string map, SourceScope scope)
    {
        if (_uses.TryGetValue(map, out var uses))
        {
            (scope.Segment == scope.Home ? scope.Uses.OfItself : scope.Uses.OfEach).UnionWith(uses.OfEach);
        }
    }

    /// <summary>The same type, or one that FHIR derives from it: a Quantity fits where an Age is wanted.</summary>
    private static bool Fits(string made, string wanted)
    {
        for (var type = wanted; type is not null; type = FhirSchema.Find(type)?.BaseName)
        {
            if (type == made)
            {
                return true;
            }
        }

        return false;
    }

    private Value? Compile(Word name, DatatypeMapDefinition definition)
    {
        if (_underWay.Contains(definition.Name))
        {
            context.Problems.Add(name.Position, $"The datatype maps call each other in a circle: {string.Join(" > ", _underWay.SkipWhile(n => n != definition.Name))} > {definition.Name}.");
            return null;
        }

        if (!_compiled.TryGetValue(definition.Name, out var value))
        {
            _underWay.Add(definition.Name);
            _compiled[definition.Name] = value = CompileOnce(definition);
            _underWay.RemoveAt(_underWay.Count - 1);
        }

        return value;
    }

    private Value? CompileOnce(DatatypeMapDefinition definition)
    {
        var isSegment = Hl7Tables.Fields(definition.Datatype.Text) is not null;
        if (!isSegment && !Hl7Tables.DatatypeNames.Contains(definition.Datatype.Text))
        {
            context.Problems.AddUnknown(
                definition.Datatype.Position, $"HL7 has no datatype {definition.Datatype} with components.", definition.Datatype.Text, Hl7Tables.DatatypeNames);
            return null;
        }

        if (FhirSchema.Find(definition.Target.Text) is not { Kind: FhirTypeKind.Primitive or FhirTypeKind.Datatype } target)
        {
            context.Problems.Add(definition.Target.Position, $"FHIR R4 has no datatype {definition.Target}.");
            return null;
        }

        var rules = new RuleCompiler(context, sources, this, codeMaps);
        var uses = _uses[definition.Name] = new MapUses();
        var scope = isSegment
            ? new SourceScope(null, definition.Datatype.Text, [], uses)
            : new SourceScope(null, null, [definition.Datatype.Text], uses);
        return target.Kind == FhirTypeKind.Primitive
            ? Alternatives(definition, target, scope, rules)
            : rules.Block(definition.Rules, target, target.Name, false, scope, definition.Position).Build();
    }

    private FirstValue Alternatives(DatatypeMapDefinition definition, FhirType target, SourceScope scope, RuleCompiler rules)
    {
        if (definition.First.Count == 0 || definition.Rules.Count > 0)
        {
            context.Problems.Add(definition.Position, $"A datatype map to the primitive {target.Name} needs 'first' and no 'rules'.");
        }

        var step = new TargetStep(target.Name, new FhirElement(target.Name, false, [target.Name], 0, false, [], null), target.Name, false);
        var alternatives = new List<(Condition?, Value, CursorSource[]?, MappingRule)>();
        foreach (var alternative in definition.First)
        {
            if (rules.Fill(alternative, step, target.Name, false, scope) is { } fill)
            {
                alternatives.Add((sources.Condition(alternative.When, scope), fill.Value, fill.Sources, context.Rule(alternative.Position, target.Name)));
            }
        }

        return new FirstValue([.. alternatives]);
    }
}
