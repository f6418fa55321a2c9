using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;
using Integration.Fhir;

namespace Integration.Core.Mapping.Compilation;

/// <summary>An object under compilation. Rules whose paths begin alike (<c>period.start</c>, <c>period.end</c>) meet in one part of it.</summary>
/// <param name="completes">The object exists, a datatype map made it: what is in it stays.</param>
internal sealed class BlockAssembly(FhirType type, string path, bool clears, bool completes = false)
{
    private readonly List<Func<Rule>> _rules = [];
    private readonly Dictionary<string, BlockAssembly> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _written = new(StringComparer.Ordinal);
    private bool _readsMessage;

    public FhirType Type { get; } = type;

    /// <summary>FHIR path for problems: <c>Encounter.period</c>.</summary>
    public string Path { get; } = path;

    public bool Clears { get; } = clears;

    public bool OnlyConstants => !_readsMessage && _parts.Values.All(part => part.OnlyConstants);

    /// <summary>The part behind a property that holds one object, made on first use.</summary>
    public BlockAssembly Part(TargetStep step)
    {
        if (!_parts.TryGetValue(step.Property, out var part))
        {
            part = new BlockAssembly(FhirSchema.Find(step.TypeName)!, $"{Path}.{step.Property}", Clears && step.Element.Min == 0);
            _parts[step.Property] = part;
            var earlier = Write(step);
            _rules.Add(() => new PropertyRule(step.Property, false, part.Build()) { IsConstant = part.OnlyConstants, KeepsEarlier = earlier });
        }

        return part;
    }

    public void Add(Rule rule, bool readsMessage)
    {
        _readsMessage |= readsMessage;
        _rules.Add(() => rule);
    }

    /// <summary>Notes that a rule writes the element.</summary>
    /// <returns>Properties that earlier rules write for the same element; it keeps what they wrote. Empty for an element that repeats.</returns>
    public string[] Write(TargetStep step)
    {
        // The extensions beside a primitive (_birthDate) are not the primitive itself.
        var element = step.Property.StartsWith('_') ? step.Property : step.Element.Name;
        if (!_written.TryGetValue(element, out var properties))
        {
            _written[element] = properties = [];
        }

        if (completes && !properties.Contains(step.Property))
        {
            // The datatype map may have written it.
            properties.Add(step.Property);
        }

        string[] earlier = step.IsArray ? [] : [.. properties];
        if (!properties.Contains(step.Property))
        {
            properties.Add(step.Property);
        }

        return earlier;
    }

    /// <summary>Reports every element that FHIR demands and that no rule fills.</summary>
    public void CheckRequired(SourcePosition position, ProblemList problems)
    {
        foreach (var element in Type.Elements.Where(e => e.Min > 0 && !completes && !_written.ContainsKey(e.Name)))
        {
            problems.Add(position, $"FHIR R4 requires {Path}.{element.Name}, but no rule fills it.");
        }

        foreach (var part in _parts.Values)
        {
            part.CheckRequired(position, problems);
        }
    }

    public BlockValue Build() => new([.. _rules.Select(make => make())], OnlyConstants, Clears);
}
