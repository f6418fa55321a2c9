using System.Text.RegularExpressions;
using Integration.Core.Mapping.Compilation;
using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Integration.MappingCoverage;

/// <summary>One element that a rule writes.</summary>
/// <param name="Path">Path inside the resource without <c>[]</c>.</param>
/// <param name="Fields">Source fields that the value is read from, or on which a constant depends.</param>
/// <param name="Constant">The text written when it is the same whatever the fields say; null when it comes from them.</param>
/// <param name="Map">Segment map, <c>PID-Patient</c>.</param>
internal sealed record WrittenElement(string Segment, string Resource, string Path, IReadOnlyCollection<string> Fields, string? Constant, string Map);

/// <summary>
/// Which elements the segment maps write from which fields, read from their definitions. Datatype maps are followed, so that a rule
/// <c>identifier[]</c> from <c>PID-3</c> by <c>CX-Identifier</c> writes <c>identifier.value</c> from <c>PID-3</c>.
/// </summary>
internal sealed partial class WrittenElements
{
    /// <summary>The trigger event: MSH-9.2 and, as older versions have it, EVN-1.</summary>
    private static readonly string[] EventFields = ["MSH-9", "EVN-1"];

    private readonly List<WrittenElement> _elements = [];
    private readonly MappingSet _set;

    private WrittenElements(MappingSet set) => _set = set;

    public static IReadOnlyList<WrittenElement> Of(MappingSet set)
    {
        var all = new WrittenElements(set);
        foreach (var map in set.Segments.Values.OrderBy(map => map.Name, StringComparer.Ordinal))
        {
            HashSet<string> each = map.Each is { } field ? [.. FieldsIn(field.Text)] : [];
            all.Walk(map.Rules, new Scope(map, "", each, []));
        }

        return all._elements;
    }

    /// <param name="Value">Fields of the value at hand, to which paths such as <c>CX.4</c> belong.</param>
    /// <param name="Around">Fields on which the element around depends; a constant inside depends on them too.</param>
    private sealed record Scope(SegmentMapDefinition Map, string Path, IReadOnlyCollection<string> Value, IReadOnlyCollection<string> Around);

    private void Walk(IReadOnlyList<RuleDefinition> rules, Scope scope)
    {
        foreach (var rule in rules)
        {
            Walk(rule, rule.To is { } to ? scope with { Path = Join(scope.Path, to.Text) } : scope);
        }
    }

    private void Walk(RuleDefinition rule, Scope scope)
    {
        var conditions = new[] { rule.When, rule.Where }.OfType<Word>().SelectMany(word => FieldsIn(word.Text)).Concat(scope.Around).ToList();
        if (rule.First.Count > 0)
        {
            foreach (var alternative in rule.First)
            {
                Walk(alternative, (alternative.To is { } to ? scope with { Path = Join(scope.Path, to.Text) } : scope) with { Around = conditions });
            }

            return;
        }

        if (rule.Value is { } value)
        {
            AddConstant(value, scope, [.. conditions.Concat(scope.Value)]);
            return;
        }

        var read = Read(rule, scope.Value);
        if (rule.Ref is not null)
        {
            Add(scope, conditions, null);
        }
        else if (read.Count > 0)
        {
            Add(scope, read, null);
        }

        if (rule.Code is not null)
        {
            foreach (var part in new[] { "system", "code", "display" })
            {
                Add(scope with { Path = Join(scope.Path, part) }, read, null);
            }
        }

        if (rule.Map is { } map && _set.Datatypes.TryGetValue(map.Text, out var datatype))
        {
            Walk(datatype.Rules, scope with { Value = read, Around = read });
        }

        if (rule.Rules.Count > 0)
        {
            // What the element is made of decides whether it is there at all, and with it the constants beside.
            var inner = read.Count > 0 ? read : [.. ReadInside(rule.Rules, scope.Value)];
            Walk(rule.Rules, scope with { Value = read.Count > 0 ? read : scope.Value, Around = [.. conditions.Concat(inner)] });
        }
    }

    private void AddConstant(YamlNode node, Scope scope, IReadOnlyCollection<string> fields)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children)
                {
                    AddConstant(value, scope with { Path = Join(scope.Path, ((YamlScalarNode)key).Value ?? "") }, fields);
                }

                break;
            case YamlSequenceNode sequence:
                foreach (var child in sequence.Children)
                {
                    AddConstant(child, scope, fields);
                }

                break;
            case YamlScalarNode scalar:
                Add(scope, fields, scalar.Value);
                break;
        }
    }

    private void Add(Scope scope, IReadOnlyCollection<string> fields, string? constant) =>
        _elements.Add(new WrittenElement(scope.Map.Segment.Text, scope.Map.Resource.Text, scope.Path, fields, constant, scope.Map.Name));

    private static List<string> ReadInside(IReadOnlyList<RuleDefinition> rules, IReadOnlyCollection<string> value) =>
        [.. rules.SelectMany(rule => Read(rule, value).Concat(ReadInside([.. rule.Rules, .. rule.First], value)))];

    /// <summary>Fields that a rule reads itself.</summary>
    private static List<string> Read(RuleDefinition rule, IReadOnlyCollection<string> value)
    {
        var paths = rule.From.Concat(rule.Join).Concat(rule.Times).Select(word => word.Text).ToList();
        if (rule.PlusMinutes is { } minutes)
        {
            paths.Add(minutes.Text);
        }

        if (rule.Text is { } text)
        {
            paths.AddRange(Placeholder().Matches(text.Text).Select(match => match.Groups[1].Value));
        }

        return [.. paths.SelectMany(path => FieldsOf(path, value)).Distinct()];
    }

    /// <param name="value">Fields of the value at hand.</param>
    private static IEnumerable<string> FieldsOf(string path, IReadOnlyCollection<string> value) =>
        path == "event" ? EventFields
        : Field().Match(path) is { Success: true } match ? [match.Value]
        : path.StartsWith("feed.", StringComparison.Ordinal) ? []
        : Hl7Tables.Fields(path) is not null ? [path]
        : value;

    /// <summary>Every field that a condition names.</summary>
    private static IEnumerable<string> FieldsIn(string condition) =>
        Field().Matches(condition).Select(match => match.Value).Concat(Event().IsMatch(condition) ? EventFields : []);

    private static string Join(string path, string to)
    {
        // The extensions of a primitive stand beside it in JSON (_birthDate) and inside it in the guide.
        var plain = to.Replace("[]", "", StringComparison.Ordinal).TrimStart('_').Replace("._", ".", StringComparison.Ordinal);
        return path.Length == 0 ? plain : plain.Length == 0 ? path : $"{path}.{plain}";
    }

    [GeneratedRegex(@"\b[A-Z][A-Z0-9]{2}-[1-9][0-9]*")]
    private static partial Regex Field();

    [GeneratedRegex(@"\bevent\b")]
    private static partial Regex Event();

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Placeholder();
}
