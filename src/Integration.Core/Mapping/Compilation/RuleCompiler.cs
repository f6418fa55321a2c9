using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;
using Integration.Fhir;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Compilation;

/// <summary>What fills a target.</summary>
/// <param name="Sources">Null: made where the block stands.</param>
internal sealed record Fill(Value Value, CursorSource[]? Sources, bool IsConstant);

/// <summary>Compiles rules: checks target and source of each and brings them together.</summary>
internal sealed class RuleCompiler(CompileContext context, SourceCompiler sources, DatatypeCompiler datatypes, CodeMapCompiler codeMaps)
{
    private const string ResourceType = "resourceType";

    private ProblemList Problems => context.Problems;

    /// <summary>A block of rules that makes an object of the type.</summary>
    public BlockAssembly Block(
        IReadOnlyList<RuleDefinition> rules, FhirType type, string path, bool clears, SourceScope scope, SourcePosition position)
    {
        var block = new BlockAssembly(type, path, clears);
        if (rules is [{ To.Text: ResourceType }, ..] && type.Kind == FhirTypeKind.Resource)
        {
            block.Add(new PropertyRule(ResourceType, false, new ConstantValue(type.Name)) { IsConstant = true }, readsMessage: false);
            rules = [.. rules.Skip(1)];
        }

        foreach (var rule in rules)
        {
            AddRule(rule, block, scope);
        }

        block.CheckRequired(position, Problems);
        return block;
    }

    /// <summary>What fills a target, when it says where from; null when something is wrong, which has then been reported.</summary>
    public Fill? Fill(RuleDefinition rule, TargetStep step, string path, bool clears, SourceScope scope)
    {
        var primitive = FhirPrimitive.Find(step.TypeName);
        if (rule.Value is { } constant)
        {
            return new ConstantCompiler(Problems, rule.Position.File).Compile(constant, step, path) is { } value ? new Fill(value, null, true) : null;
        }

        if (rule.Ref is { } reference)
        {
            return Reference(reference, step, path, scope);
        }

        if (rule.From.Count > 0)
        {
            return From(rule, step, path, clears, scope);
        }

        if (rule.Rules.Count > 0)
        {
            return Complex(rule, step, path) is { } type
                ? Filled(Block(rule.Rules, type, path, clears && !step.IsArray, scope, rule.Position), null)
                : null;
        }

        var text = rule.Text is { } template ? sources.Template(template, scope, step.TypeName is "uri" or "url") : sources.Join(rule.Join, rule.Separator, rule.Where, scope);
        if (text is not null && primitive is null)
        {
            Problems.Add(rule.Position, $"{path} is a {step.TypeName}, which a text cannot fill.", "Fill its elements by rules.");
        }

        return text is null || primitive is null ? null : new Fill(new TextValue(primitive.OfText, text), null, false);
    }

    private static Fill Filled(BlockAssembly block, CursorSource[]? from) => new(block.Build(), from, block.OnlyConstants && from is null);

    private void AddRule(RuleDefinition rule, BlockAssembly block, SourceScope scope)
    {
        var when = sources.Condition(rule.When, scope);
        if (rule.To is not { } to)
        {
            AddAlternativesWithoutTarget(rule, block, scope, when);
            return;
        }

        if (TargetPath.Resolve(to, block.Type, Problems) is not { } steps)
        {
            return;
        }

        // Objects on the way are shared with other rules up to the first one that repeats.
        var index = 0;
        while (index < steps.Count - 1 && !steps[index].IsArray)
        {
            block = block.Part(steps[index++]);
        }

        AddAt(rule, steps, index, block, scope, when);
    }

    private void AddAt(RuleDefinition rule, IReadOnlyList<TargetStep> steps, int index, BlockAssembly block, SourceScope scope, Condition? when)
    {
        var step = steps[index];
        var path = $"{block.Path}.{step.Property}";
        if (index < steps.Count - 1)
        {
            AddNested(rule, steps, index, block, scope, when);
            return;
        }

        var earlier = block.Write(step);
        if (rule.First.Count > 0)
        {
            var alternatives = rule.First.Select(alternative => Property(alternative, step, path, block, scope, [])).OfType<PropertyRule>().ToArray();
            block.Add(new FirstRule(alternatives, when, rule.Required ? step.Property : null), alternatives.Any(a => !a.IsConstant));
        }
        else if (rule.Ref is not null && step.IsArray)
        {
            if (Reference(rule.Ref.Value, step, path, scope) is not null)
            {
                block.Add(new ReferencesRule(step.Property, context.Names.NumberOf(rule.Ref.Value.Text.TrimEnd('?')), when, context.Rule(rule.Position, path)), true);
            }
        }
        else if (Property(rule, step, path, block, scope, earlier) is { } property)
        {
            block.Add(property, !property.IsConstant);
        }
    }

    /// <summary><c>location[].location.display</c>: each value makes an element of its own with one property in it.</summary>
    private void AddNested(RuleDefinition rule, IReadOnlyList<TargetStep> steps, int index, BlockAssembly block, SourceScope scope, Condition? when)
    {
        var step = steps[index];
        block.Write(step);
        var inner = new BlockAssembly(FhirSchema.Find(step.TypeName)!, $"{block.Path}.{step.Property}", false);
        var last = steps[^1];
        if (Fill(rule, last, $"{block.Path}.{rule.To}", false, scope) is not { } fill)
        {
            return;
        }

        var written = context.Rule(rule.Position, $"{block.Path}.{rule.To}");
        var target = inner;
        foreach (var part in steps.Skip(index + 1).SkipLast(1))
        {
            if (part.IsArray)
            {
                Problems.Add(rule.To!.Value.Position, "A target path can repeat once and at its end.", "Write the inner part as rules of its own.");
                return;
            }

            target = target.Part(part);
        }

        target.Write(last);
        target.Add(new PropertyRule(last.Property, last.IsArray, fill.Value) { IsConstant = fill.IsConstant, Rule = written }, !fill.IsConstant);
        inner.CheckRequired(rule.Position, Problems);
        block.Add(
            new PropertyRule(step.Property, step.IsArray, inner.Build())
            {
                Sources = fill.Sources,
                When = when,
                Where = Where(rule, scope),
                IsRequired = rule.Required,
                IsConstant = fill.IsConstant,
                IsDistinct = rule.Distinct,
                IsAssumed = rule.Assumed,
                Issue = rule.Issue?.Text,
                Rule = written,
            },
            !fill.IsConstant);
    }

    private PropertyRule? Property(RuleDefinition rule, TargetStep step, string path, BlockAssembly block, SourceScope scope, string[] earlier)
    {
        if (rule.First.Count > 0)
        {
            Problems.Add(rule.Position, "Alternatives cannot hold alternatives.", "List all of them in one 'first'.");
            return null;
        }

        if (Fill(rule, step, path, block.Clears && step.Element.Min == 0, scope) is not { } fill)
        {
            return null;
        }

        return new PropertyRule(step.Property, step.IsArray, fill.Value)
        {
            Sources = fill.Sources,
            When = sources.Condition(rule.When, scope),
            Where = Where(rule, scope),
            IsRequired = rule.Required,
            NeverCleared = step.Element.Min > 0,
            IsConstant = fill.IsConstant,
            KeepsEarlier = earlier,
            IsDistinct = rule.Distinct,
            IsAssumed = rule.Assumed,
            Issue = rule.Issue?.Text,
            Rule = context.Rule(rule.Position, path),
        };
    }

    /// <summary><c>first</c> whose alternatives name their targets themselves: the types of a <c>value[x]</c>.</summary>
    private void AddAlternativesWithoutTarget(RuleDefinition rule, BlockAssembly block, SourceScope scope, Condition? when)
    {
        if (rule.First.Count == 0)
        {
            Problems.Add(rule.Position, "The rule needs 'to', the FHIR element that it fills.");
            return;
        }

        var alternatives = new List<PropertyRule>();
        foreach (var alternative in rule.First)
        {
            if (alternative.To is not { } to)
            {
                Problems.Add(alternative.Position, "The alternative needs 'to', since the rule around it has none.");
                continue;
            }

            if (TargetPath.Resolve(to, block.Type, Problems) is not { } steps)
            {
                continue;
            }

            if (steps.Count > 1)
            {
                Problems.Add(to.Position, "The target of an alternative must be one element.", "Fill what is inside it by rules.");
                continue;
            }

            var earlier = block.Write(steps[0]);
            if (Property(alternative, steps[0], $"{block.Path}.{steps[0].Property}", block, scope, earlier) is { } property)
            {
                alternatives.Add(property);
            }
        }

        block.Add(new FirstRule([.. alternatives], when, null), alternatives.Any(a => !a.IsConstant));
    }

    private Condition? Where(RuleDefinition rule, SourceScope scope) =>
        rule.Where is { } where && rule.From.Count > 0 && sources.Path(rule.From[0], scope) is { } from ? sources.Condition(where, from.Scope) : null;

    private Fill? Reference(Word name, TargetStep step, string path, SourceScope scope)
    {
        if (step.TypeName != "Reference")
        {
            Problems.Add(name.Position, $"{path} is a {step.TypeName}, not a Reference.");
            return null;
        }

        // "specimen?": in messages that make none there is nothing to refer to.
        var isOptional = name.Text.EndsWith('?');
        var use = new ResourceUse(name with { Text = name.Text.TrimEnd('?') }, step.IsArray, step.Element.ReferenceTargets, path) { IsOptional = isOptional };
        scope.Uses.References.Add(use);
        return new Fill(new ReferenceValue(context.Names.NumberOf(use.Name.Text)), null, false);
    }

    private Fill? From(RuleDefinition rule, TargetStep step, string path, bool clears, SourceScope scope)
    {
        var compiled = rule.From.Select(word => (Word: word, Source: sources.Path(word, scope))).ToList();
        if (compiled.Any(c => c.Source is null))
        {
            return null;
        }

        if (compiled.FirstOrDefault(c => c.Source!.Cursor is null) is { Source: { } text } timeless)
        {
            if (compiled.Count > 1)
            {
                Problems.Add(timeless.Word.Position, $"'{timeless.Word}' cannot be one of several sources.", "Use first.");
                return null;
            }

            return FromText(rule, text.Text!, step, path);
        }

        // With a condition on each value, the first that fits it is meant.
        if (!step.IsArray && rule.Where is null && compiled.FirstOrDefault(c => c.Source!.Repeats) is { Word.Text: not null } repeating)
        {
            var segment = repeating.Source!.Scope.IsSegment;
            Problems.Add(
                repeating.Word.Position, $"{repeating.Word} repeats, but {path} holds one value.",
                segment ? "Name a field of the first one instead." : $"Write {WithRepetition(repeating.Word.Text)} to take the first.");
            return null;
        }

        var all = compiled.Select(c => c.Source!).ToList();
        return FromCursor(rule, all, step, path, clears) is { } value
            ? new Fill(value, [.. all.Select(source => source.Cursor!)], false)
            : null;
    }

    private static string WithRepetition(string path) => path.Split('.') is [var field, .. var rest] ? string.Join('.', [$"{field}[1]", .. rest]) : path;

    private Fill? FromText(RuleDefinition rule, TextSource text, TargetStep step, string path)
    {
        if (rule.Code is { } code)
        {
            return codeMaps.Value(code, rule.Part, step, path, text, CodeSurroundings.None) is { } value ? new Fill(value, null, false) : null;
        }

        if (rule.Map is null && rule.Rules.Count == 0 && FhirPrimitive.Find(step.TypeName) is { } primitive)
        {
            return new Fill(new TextValue(primitive, text), null, false);
        }

        Problems.Add(rule.Position, $"{path} is a {step.TypeName}, which a text cannot fill.");
        return null;
    }

    private Value? FromCursor(RuleDefinition rule, List<CompiledSource> all, TargetStep step, string path, bool clears)
    {
        if (rule.Map is { } map)
        {
            var made = datatypes.Value(map, all.Select(source => source.Scope), step, path);
            return made is null || rule.Rules.Count == 0 ? made : Completed(made, rule, ScopeOf(all), step, path);
        }

        if (rule.Code is { } code)
        {
            return codeMaps.Value(code, rule.Part, step, path, null, SurroundingsOf(all));
        }

        if (rule.Rules.Count > 0)
        {
            return Complex(rule, step, path) is { } type
                ? Block(rule.Rules, type, path, clears && !step.IsArray, ScopeOf(all), rule.Position).Build()
                : null;
        }

        if (FhirPrimitive.Find(step.TypeName) is not { } primitive)
        {
            Problems.Add(rule.Position, $"{path} is a {step.TypeName}: say how the value becomes one.", "Add map, code or rules.");
            return null;
        }

        ResultPart? part = null;
        if (rule.Part is { } wanted)
        {
            if (!ResultText.Parts.TryGetValue(wanted.Text, out var known))
            {
                Problems.AddUnknown(wanted.Position, $"There is no part '{wanted.Text}'; there are {string.Join(", ", ResultText.Parts.Keys)}.", wanted.Text, ResultText.Parts.Keys);
                return null;
            }

            part = known;
        }

        if (step.TypeName == "code" && step.Element.RequiredValueSet is { } valueSet && FhirSchema.RequiredCodes(valueSet) is not null && part is null)
        {
            Problems.Add(rule.Position, $"{path} takes only codes of {valueSet}.", "Add a code map.");
            return null;
        }

        // Beside the value: its own segment where that is one, which need not be the first of its name.
        var beside = ScopeOf(all) with { Datatypes = [] };
        var plusMinutes = rule.PlusMinutes is { } minutes ? sources.Path(minutes, beside)?.AsText() : null;
        return new PrimitiveValue(primitive, all.TrueForAll(source => source.Whole), part, sources.Factors(rule.Times, beside), plusMinutes);
    }

    /// <summary>Where rules below several sources stand: what all of them have in common.</summary>
    private static SourceScope ScopeOf(List<CompiledSource> all)
    {
        var scope = all[0].Scope;
        foreach (var other in all.Skip(1).Select(source => source.Scope))
        {
            var datatypes = scope.Datatypes is null || other.Datatypes is null ? null : (IReadOnlyList<string>)[.. scope.Datatypes.Intersect(other.Datatypes)];
            scope = scope with { Segment = scope.Segment == other.Segment ? scope.Segment : null, Datatypes = datatypes };
        }

        return scope;
    }

    private static CodeSurroundings SurroundingsOf(List<CompiledSource> all) =>
        all.TrueForAll(source => CodedDatatypes.Holds(source.Scope.Datatypes)) ? CodeSurroundings.Below
        : all.TrueForAll(source => source.IsInCode) ? CodeSurroundings.Beside
        : CodeSurroundings.None;

    private CompletedValue? Completed(Value made, RuleDefinition rule, SourceScope scope, TargetStep step, string path)
    {
        if (Complex(rule, step, path) is not { } type)
        {
            return null;
        }

        var block = new BlockAssembly(type, path, false, completes: true);
        foreach (var completion in rule.Rules)
        {
            AddRule(completion, block, scope);
        }

        return new CompletedValue(made, block.Build());
    }

    private FhirType? Complex(RuleDefinition rule, TargetStep step, string path)
    {
        if (step.TypeName == "Resource")
        {
            return Contained(rule, path);
        }

        if (FhirPrimitive.Find(step.TypeName) is null)
        {
            return FhirSchema.Find(step.TypeName);
        }

        Problems.Add(rule.Position, $"{path} is a {step.TypeName}, which has no elements for rules to fill.");
        return null;
    }

    /// <summary>The type of a resource inside another one, which its first rule says. FHIR R4 §2.28.4 (contained resources).</summary>
    private FhirType? Contained(RuleDefinition rule, string path)
    {
        if (rule.Rules is [{ To.Text: ResourceType, Value: YamlScalarNode { Value: { } name } }, ..] && FhirSchema.Find(name) is { Kind: FhirTypeKind.Resource } type)
        {
            return type;
        }

        Problems.Add(rule.Position, $"{path} can be a resource of any type.", "Let its first rule say which: { to: resourceType, value: Endpoint }.");
        return null;
    }
}
