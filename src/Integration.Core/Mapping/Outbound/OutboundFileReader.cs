using Integration.Core.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Outbound;

/// <summary>Reads one file under <c>outbound</c> into its definition. What is wrong goes to the problem list; the rest is still read.</summary>
/// <param name="file">Path as shown to people.</param>
internal sealed class OutboundFileReader(string file, ProblemList problems)
{
    private readonly MappingFileReader _files = new(file, problems);

    private string Name => Path.GetFileNameWithoutExtension(file);

    public OutboundMessageDefinition? ReadMessage(string yaml) =>
        _files.ReadRoot(yaml, "An outbound message map", ["message", "of", "with", "segments"]) is { } block
            ? new OutboundMessageDefinition(
                Name, block.Position, block.RequiredWord("message", "An outbound message map"), block.RequiredWord("of", "An outbound message map"),
                [.. block.List("with").Select(ReadRelated).OfType<RelatedDefinition>()], ReadSteps(block))
            : null;

    public OutboundMapDefinition? ReadSegment(string yaml) => ReadMap(yaml, "An outbound segment map", "segment");

    public OutboundMapDefinition? ReadDatatype(string yaml) => ReadMap(yaml, "An outbound datatype map", "datatype");

    private OutboundMapDefinition? ReadMap(string yaml, string what, string target) =>
        _files.ReadRoot(yaml, what, [target, "source", "rules"]) is { } block
            ? new OutboundMapDefinition(
                Name, block.Position, block.RequiredWord(target, what), block.RequiredWord("source", what),
                [.. block.List("rules").Select(ReadRule).OfType<OutboundRuleDefinition>()])
            : null;

    private RelatedDefinition? ReadRelated(YamlNode node)
    {
        if (YamlBlock.Read(node, file, "An entry of 'with'", ["name", "type", "reference", "latest"], problems) is not { } block)
        {
            return null;
        }

        var related = new RelatedDefinition(
            block.Position, block.RequiredWord("name", "An entry of 'with'"), block.RequiredWord("type", "An entry of 'with'"), block.Word("reference"),
            block.Flag("latest"));
        if (related.Latest == related.Reference is not null)
        {
            problems.Add(block.Position, "An entry of 'with' needs either 'reference' or 'latest: true'.");
        }

        return related;
    }

    private List<OutboundStepDefinition> ReadSteps(YamlBlock block) =>
        [.. block.List("segments").Select(ReadStep).OfType<OutboundStepDefinition>()];

    private OutboundStepDefinition? ReadStep(YamlNode node)
    {
        if (YamlBlock.Read(node, file, "A step", ["map", "of", "each", "where", "unless", "segments"], problems) is not { } block)
        {
            return null;
        }

        var step = new OutboundStepDefinition(
            block.Position, block.Word("map"), block.Word("of"), block.Word("each"), block.Word("where"), block.Word("unless"), ReadSteps(block));
        if (step.Map is not null == step.Steps.Count > 0)
        {
            problems.Add(block.Position, "A step needs either 'map' or 'segments'.");
        }

        return step;
    }

    private OutboundRuleDefinition? ReadRule(YamlNode node)
    {
        string[] keys = ["to", "from", "where", "map", "code", "value", "after", "join", "differs", "first", "when", "required"];
        if (YamlBlock.Read(node, file, "A rule", keys, problems) is not { } block)
        {
            return null;
        }

        var rule = new OutboundRuleDefinition(block.Position, block.RequiredWord("to", "A rule"))
        {
            From = block.Words("from"),
            Where = block.Word("where"),
            Map = block.Word("map"),
            Code = block.Word("code"),
            Value = block.Word("value"),
            After = block.Word("after"),
            Join = block.Word("join"),
            Differs = block.Word("differs"),
            First = block.Flag("first"),
            When = block.Word("when"),
            Required = block.Flag("required"),
        };
        if (rule.From.Count == 0 && rule.Value is null)
        {
            problems.Add(block.Position, "A rule needs 'from' or 'value'.");
        }

        if (new[] { rule.Map, rule.Code, rule.Value, rule.Join }.Count(way => way is not null) > 1)
        {
            problems.Add(block.Position, "A rule has at most one of 'map', 'code', 'value' and 'join'.");
        }

        return rule.To.Text.Length == 0 ? null : rule;
    }
}
