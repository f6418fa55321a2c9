using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Reports maps that no other file names: left over, or named wrongly somewhere.</summary>
internal static class UnusedMaps
{
    public static void Report(MappingSet set, ProblemList problems)
    {
        var segments = new HashSet<string>(StringComparer.Ordinal);
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in set.Messages.Values)
        {
            CollectSteps(message.Steps, segments);
        }

        foreach (var segment in set.Segments.Values)
        {
            CollectRules(segment.Rules, others);
            CollectRules(segment.Id.SelectMany(id => id.Key), others);
        }

        foreach (var datatype in set.Datatypes.Values)
        {
            CollectRules(datatype.Rules.Concat(datatype.First), others);
        }

        foreach (var (kind, position) in set.Segments.Values.Where(d => !segments.Contains(d.Name)).Select(d => ("segment", d.Position))
            .Concat(set.Datatypes.Values.Where(d => !others.Contains(d.Name)).Select(d => ("datatype", d.Position)))
            .Concat(set.CodeMaps.Values.Where(d => !others.Contains(d.Name)).Select(d => ("code", d.Position))))
        {
            problems.Add(position with { Line = 1, Column = 1 }, $"Nothing uses this {kind} map.", "Use it or remove the file.");
        }
    }

    private static void CollectSteps(IEnumerable<StepDefinition> steps, HashSet<string> names)
    {
        foreach (var step in steps)
        {
            if (step.Segment is { } segment)
            {
                names.Add(segment.Map.Text);
            }

            CollectSteps(step.Group?.Steps ?? [], names);
        }
    }

    private static void CollectRules(IEnumerable<RuleDefinition> rules, HashSet<string> names)
    {
        foreach (var rule in rules)
        {
            if ((rule.Map ?? rule.Code) is { } name)
            {
                names.Add(name.Text);
            }

            CollectRules(rule.Rules.Concat(rule.First), names);
        }
    }
}
