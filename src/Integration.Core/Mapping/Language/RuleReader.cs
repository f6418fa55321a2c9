using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Language;

/// <summary>Reads rules: the part of the language that segment maps and datatype maps share.</summary>
internal sealed class RuleReader(string file, ProblemList problems)
{
    private static readonly string[] RuleKeys =
        ["to", "from", "map", "code", "part", "times", "plusMinutes", "text", "join", "separator", "value", "ref", "rules", "first", "when", "where", "distinct", "required", "assumed", "issue"];

    private static readonly string[] KeyKeys = ["from", "where", "when", "key"];

    public IReadOnlyList<RuleDefinition> ReadRules(IReadOnlyList<YamlNode> nodes) => [.. nodes.Select(ReadRule).OfType<RuleDefinition>()];

    public IReadOnlyList<KeyDefinition> ReadKeys(IReadOnlyList<YamlNode> nodes) => [.. nodes.Select(ReadKey).OfType<KeyDefinition>()];

    private RuleDefinition? ReadRule(YamlNode node)
    {
        if (YamlBlock.Read(node, file, "A rule", RuleKeys, problems) is not { } block)
        {
            return null;
        }

        var rule = new RuleDefinition(block.Position)
        {
            To = block.Word("to"),
            From = block.Words("from"),
            Map = block.Word("map"),
            Code = block.Word("code"),
            Part = block.Word("part"),
            Times = block.Words("times"),
            PlusMinutes = block.Word("plusMinutes"),
            Text = block.Word("text"),
            Join = block.Words("join"),
            Separator = block.Word("separator")?.Text ?? " ",
            Value = block.Node("value"),
            Ref = block.Word("ref"),
            Rules = ReadRules(block.List("rules")),
            First = ReadRules(block.List("first")),
            When = block.Word("when"),
            Where = block.Word("where"),
            Distinct = block.Flag("distinct"),
            Required = block.Flag("required"),
            Assumed = block.Flag("assumed"),
            Issue = block.Word("issue"),
        };
        CheckCombination(rule);
        return rule;
    }

    /// <summary>Exactly one thing may fill the target.</summary>
    private void CheckCombination(RuleDefinition rule)
    {
        List<string> fills = [];
        AddIf(rule.From.Count > 0, "from");
        AddIf(rule.Text is not null, "text");
        AddIf(rule.Join.Count > 0, "join");
        AddIf(rule.Value is not null, "value");
        AddIf(rule.Ref is not null, "ref");
        AddIf(rule.First.Count > 0, "first");
        AddIf(rule.From.Count == 0 && rule.Rules.Count > 0, "rules");
        if (fills.Count == 0)
        {
            problems.Add(rule.Position, "The rule does not say what fills its target.", "Give it one of from, value, text, join, ref, first or rules.");
        }
        else if (fills.Count > 1)
        {
            problems.Add(rule.Position, $"The rule fills its target twice: by {string.Join(" and by ", fills)}.", "Keep one of them.");
        }

        if (rule.Code is not null && (rule.Map is not null || rule.Rules.Count > 0))
        {
            problems.Add(rule.Position, "A rule with 'code' has neither 'map' nor 'rules'.");
        }

        if (rule.From.Count == 0 && (rule.Map ?? rule.Code ?? rule.Part ?? (rule.Times.Count > 0 ? rule.Times[0] : (Word?)null) ?? rule.PlusMinutes ?? (rule.Join.Count > 0 ? null : rule.Where)) is { } needsFrom)
        {
            problems.Add(needsFrom.Position, "map, code, part, times, plusMinutes and where need a 'from'; where may also choose segments of a 'join'.");
        }

        void AddIf(bool used, string name)
        {
            if (used)
            {
                fills.Add(name);
            }
        }
    }

    private KeyDefinition? ReadKey(YamlNode node)
    {
        if (YamlBlock.Read(node, file, "An entry of id", KeyKeys, problems) is not { } block)
        {
            return null;
        }

        var parts = block.List("key").Select(ReadKeyPart).OfType<RuleDefinition>().ToList();
        if (parts.Count == 0)
        {
            problems.Add(block.Position, "An entry of id needs 'key': the values that together name the thing.");
        }

        return new KeyDefinition(block.Position, block.Word("from"), block.Word("where"), block.Word("when"), parts);
    }

    /// <summary>A bare path is short for <c>{ from: path }</c>.</summary>
    private RuleDefinition? ReadKeyPart(YamlNode node)
    {
        if (node is YamlScalarNode scalar)
        {
            var position = YamlBlock.PositionOf(scalar, file);
            return new RuleDefinition(position) { From = [new Word(scalar.Value ?? "", position)] };
        }

        return ReadRule(node);
    }
}
