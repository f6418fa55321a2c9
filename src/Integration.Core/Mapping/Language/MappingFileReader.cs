using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Language;

/// <summary>Reads one mapping file into its definition. What is wrong goes to the problem list; the rest is still read.</summary>
/// <remarks>
/// A site's file of the same name as one of the product's completes that one, the <c>basis</c>: its rules and codes come before the basis's, so
/// that they win, its steps behind them, and <c>remove</c> takes rules of the basis away by their target.
/// </remarks>
/// <param name="file">Path as shown to people, <c>mappings/hl7v2/segments/PID-Patient.yaml</c>.</param>
internal sealed class MappingFileReader(string file, ProblemList problems)
{
    private readonly RuleReader _rules = new(file, problems);

    private string Name => Path.GetFileNameWithoutExtension(file);

    public MessageMapDefinition? ReadMessageMap(string yaml, MessageMapDefinition? basis)
    {
        if (ReadRoot(yaml, "A message map", ["messages", "patients", "relation", "steps"]) is not { } block)
        {
            return null;
        }

        var messages = block.Words("messages");
        if (messages.Count == 0 && basis is null)
        {
            problems.Add(block.Position, "A message map needs 'messages', the messages that it serves.", "For example messages: [ADT_A01, ADT_A04]");
        }

        var patients = block.Words("patients");
        var relation = block.Choice(
            "relation", basis?.Relation ?? PatientRelation.None, ("linked", PatientRelation.Linked), ("unlinked", PatientRelation.Unlinked), ("moved", PatientRelation.Moved));
        return new MessageMapDefinition(
            Name, basis?.Position ?? block.Position, [.. basis?.Messages ?? [], .. messages], [.. basis?.Steps ?? [], .. ReadSteps(block.List("steps"))])
        {
            Patients = patients.Count == 0 && basis is not null ? basis.Patients : patients,
            Relation = relation,
        };
    }

    public SegmentMapDefinition? ReadSegmentMap(string yaml, SegmentMapDefinition? basis)
    {
        if (ReadRoot(yaml, "A segment map", Keys(basis, "segment", "resource", "each", "where", "id", "noId", "sameId", "rules")) is not { } block)
        {
            return null;
        }

        var id = _rules.ReadKeys(block.List("id"));
        if (id.Count == 0 && basis is not null)
        {
            id = basis.Id;
        }

        if (id.Count == 0)
        {
            problems.Add(block.Position, "A segment map needs 'id', the business identifiers that its resource's id is made from.");
        }

        return new SegmentMapDefinition(
            Name, basis?.Position ?? block.Position, Required(block, "segment", "A segment map", basis?.Segment), Required(block, "resource", "A segment map", basis?.Resource),
            ReadRules(block, "rules", basis?.Rules))
        {
            Each = block.Word("each") ?? basis?.Each,
            Where = block.Word("where") ?? basis?.Where,
            Id = id,
            NoId = block.Choice("noId", basis?.NoId ?? NoIdPolicy.Skip, ("skip", NoIdPolicy.Skip), ("refuse", NoIdPolicy.Refuse)),
            SameId = block.Choice("sameId", basis?.SameId ?? SameIdPolicy.Skip, ("skip", SameIdPolicy.Skip), ("number", SameIdPolicy.Number), ("first", SameIdPolicy.First)),
        };
    }

    public DatatypeMapDefinition? ReadDatatypeMap(string yaml, DatatypeMapDefinition? basis) =>
        ReadRoot(yaml, "A datatype map", Keys(basis, "datatype", "target", "rules", "first")) is { } block
            ? new DatatypeMapDefinition(
                Name, basis?.Position ?? block.Position, Required(block, "datatype", "A datatype map", basis?.Datatype),
                Required(block, "target", "A datatype map", basis?.Target),
                ReadRules(block, "rules", basis?.Rules), [.. _rules.ReadRules(block.List("first")), .. basis?.First ?? []])
            : null;

    public CodeMapDefinition? ReadCodeMap(string yaml, CodeMapDefinition? basis)
    {
        if (ReadRoot(yaml, "A code map", ["system", "default", "unmapped", "fold", "codes"]) is not { } block)
        {
            return null;
        }

        var reader = new CodeEntryReader(file, problems);
        var codes = basis?.Codes.ToDictionary(StringComparer.Ordinal) ?? new Dictionary<string, IReadOnlyList<CodeEntry>>(StringComparer.Ordinal);
        if (block.Node("codes") is YamlMappingNode mapping)
        {
            foreach (var (key, value) in mapping.Children)
            {
                if (key is YamlScalarNode { Value: { Length: > 0 } source } && reader.Read(source, value) is { Count: > 0 } entries)
                {
                    codes[source] = entries;
                }
            }
        }
        else if (basis is null)
        {
            problems.Add(block.Position, "A code map needs 'codes', a block of source code: target code.");
        }

        var fallback = block.Node("default") is { } node ? reader.ReadDefault(node) : basis?.Default;
        var unmapped = block.Choice(
            "unmapped", basis?.Unmapped ?? UnmappedPolicy.Drop, ("drop", UnmappedPolicy.Drop), ("keep", UnmappedPolicy.Keep), ("refuse", UnmappedPolicy.Refuse),
            ("pass", UnmappedPolicy.Pass));
        return new CodeMapDefinition(Name, basis?.Position ?? block.Position, block.Word("system")?.Text ?? basis?.System, fallback, unmapped, codes)
        {
            Folds = block.Flag("fold") || basis is { Folds: true },
        };
    }

    private static string[] Keys(object? basis, params string[] keys) => basis is null ? keys : [.. keys, "remove"];

    private static Word Required(YamlBlock block, string key, string what, Word? basis) => basis ?? block.RequiredWord(key, what);

    /// <summary>The file's own rules before those of the basis that it does not remove.</summary>
    private IReadOnlyList<RuleDefinition> ReadRules(YamlBlock block, string key, IReadOnlyList<RuleDefinition>? basis)
    {
        var own = _rules.ReadRules(block.List(key));
        var removed = block.Words("remove");
        foreach (var target in removed.Where(target => basis?.All(rule => rule.To?.Text != target.Text) ?? true))
        {
            problems.AddUnknown(target.Position, $"{Name} has no rule for '{target}' that could be removed.", target.Text, (basis ?? []).Select(rule => rule.To?.Text).OfType<string>());
        }

        return [.. own, .. (basis ?? []).Where(rule => removed.All(target => target.Text != rule.To?.Text))];
    }

    private List<StepDefinition> ReadSteps(IReadOnlyList<YamlNode> nodes) => [.. nodes.Select(ReadStep).OfType<StepDefinition>()];

    private StepDefinition? ReadStep(YamlNode node)
    {
        if (YamlBlock.Read(node, file, "A step", ["segment", "map", "as", "occurs", "moves", "stays", "when", "group", "holds", "steps"], problems) is not { } block)
        {
            return null;
        }

        if (block.Node("group") is not null)
        {
            return new StepDefinition(block.Position)
            {
                Group = new GroupDefinition(block.Words("group"), block.Words("holds"), ReadSteps(block.List("steps"))),
            };
        }

        return new StepDefinition(block.Position)
        {
            Segment = new SegmentStepDefinition(
                block.RequiredWord("segment", "A step"), block.RequiredWord("map", "A step"), block.Word("as"),
                block.Choice("occurs", false, ("once", true), ("any", false)), block.Flag("moves"), block.Word("when"))
            {
                Stays = block.Flag("stays"),
            },
        };
    }

    /// <summary>The block that a whole file is; null when it is none, which has then been reported.</summary>
    public YamlBlock? ReadRoot(string yaml, string what, string[] keys)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException e)
        {
            // The parser's own words without its position, which the problem carries.
            problems.Add(new SourcePosition(file, e.Start.Line, e.Start.Column), $"This is not valid YAML: {e.InnerException?.Message ?? e.Message}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet 16 throws for a list that is never closed; it names no place.
            problems.Add(new SourcePosition(file, 1, 1), "This is not valid YAML: a bracket, brace or quote is not closed.");
            return null;
        }

        if (stream.Documents.Count == 0)
        {
            problems.Add(new SourcePosition(file, 1, 1), "The file is empty.");
            return null;
        }

        return YamlBlock.Read(stream.Documents[0].RootNode, file, what, keys, problems);
    }
}
