using System.Collections.Frozen;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;
using Integration.Fhir;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Compiles code maps and checks their targets against the value set of each element that they fill.</summary>
internal sealed class CodeMapCompiler(CompileContext context)
{
    private readonly Dictionary<CodeMapDefinition, CodeMap> _compiled = new(ReferenceEqualityComparer.Instance);

    /// <summary>The code map as a value of the element; null when that is not possible, which has then been reported.</summary>
    /// <param name="part"><c>system</c> for the code system that the code found belongs to; null for the code.</param>
    /// <param name="surroundings">See <see cref="CodeValue"/>.</param>
    public CodeValue? Value(Word name, Word? part, TargetStep step, string path, TextSource? source, CodeSurroundings surroundings)
    {
        if (!context.Set.CodeMaps.TryGetValue(name.Text, out var definition))
        {
            if (context.Set.Unreadable.Contains(name.Text))
            {
                return null;
            }

            context.Problems.AddUnknown(name.Position, $"There is no code map '{name.Text}' in codesystems.", name.Text, context.Set.CodeMaps.Keys);
            return null;
        }

        if (part is { Text: not "system" } unknown)
        {
            context.Problems.AddUnknown(unknown.Position, $"A code map has no part '{unknown}', only system.", unknown.Text, ["system"]);
            return null;
        }

        CodeShape? shape = step.TypeName switch
        {
            _ when part is not null => step.TypeName == "uri" ? CodeShape.System : null,
            "code" or "string" or "uri" => CodeShape.Primitive,
            "Coding" => CodeShape.Coding,
            "CodeableConcept" => CodeShape.CodeableConcept,
            _ => null,
        };
        if (shape is null)
        {
            context.Problems.Add(name.Position, $"{path} is a {step.TypeName}, which a code map cannot fill.", "Code maps fill code, string, uri, Coding and CodeableConcept; the part system fills a uri.");
            return null;
        }

        CheckTargets(definition, step, path, name.Position, shape.Value);
        return new CodeValue(Compile(definition), shape.Value, source, surroundings);
    }

    private CodeMap Compile(CodeMapDefinition definition)
    {
        if (!_compiled.TryGetValue(definition, out var map))
        {
            var codes = definition.Codes.Where(pair => !pair.Key.EndsWith('*')).ToFrozenDictionary(pair => pair.Key, pair => Codes(pair.Value), StringComparer.Ordinal);
            var beginnings = definition.Codes.Where(pair => pair.Key.EndsWith('*')).Select(pair => (pair.Key[..^1], Codes(pair.Value)));
            map = new CodeMap(definition.Name, codes, definition.Default is { } entry ? Code(entry, null) : null, definition.Unmapped)
            {
                Beginnings = [.. beginnings.OrderByDescending(b => b.Item1.Length).ThenBy(b => b.Item1, StringComparer.Ordinal)],
                Folded = definition.Folds ? Fold(codes) : null,
            };
            _compiled[definition] = map;
        }

        return map;

        MappedCode Codes(IReadOnlyList<CodeEntry> entries) => entries.Reverse().Aggregate((MappedCode?)null, (other, entry) => Code(entry, other))!;

        MappedCode Code(CodeEntry entry, MappedCode? other) => new(entry.Target.Code, entry.Target.System ?? definition.System, entry.Target.Display)
        {
            ValidFrom = entry.Target.ValidFrom ?? DateOnly.MinValue,
            ValidTo = entry.Target.ValidTo ?? DateOnly.MaxValue,
            Other = other,
        };
    }

    /// <summary>Codes that are written alike in the narrow form are one code; the first one counts.</summary>
    private static FrozenDictionary<string, MappedCode> Fold(IReadOnlyDictionary<string, MappedCode> codes) =>
        codes.GroupBy(pair => NarrowText.Of(pair.Key), StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.OrderBy(pair => pair.Key, StringComparer.Ordinal).First().Value, StringComparer.Ordinal);

    private void CheckTargets(CodeMapDefinition definition, TargetStep step, string path, SourcePosition use, CodeShape shape)
    {
        if (shape is not CodeShape.Primitive && definition.System is null && definition.Codes.Values.Any(codes => codes.Any(code => code.Target.System is null)))
        {
            context.Problems.Add(definition.Position, $"Code map {definition.Name} fills {path}, so its codes need a system.", "Add 'system' to it.");
        }

        if (shape is CodeShape.System || step.Element.RequiredValueSet is not { } url || FhirSchema.FindValueSet(url) is not { Codes: { } allowed })
        {
            return;
        }

        foreach (var entry in definition.Codes.Values.SelectMany(codes => codes).Append(definition.Default).OfType<CodeEntry>().Where(entry => !allowed.Contains(entry.Target.Code)))
        {
            context.Problems.AddUnknown(entry.Position, $"'{entry.Target.Code}' is not a code that FHIR R4 allows for {path}.", entry.Target.Code, allowed);
        }

        if (definition.Default is null && definition.Unmapped == UnmappedPolicy.Keep)
        {
            context.Problems.Add(use, $"Code map {definition.Name} keeps codes it does not know, but {path} takes only codes of {url}.", "Set 'unmapped: drop' or a default there.");
        }
    }
}
