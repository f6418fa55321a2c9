using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Versions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Identity;

/// <summary>Reads and checks the match rules; every problem with its line, none hides another.</summary>
public static class MatchRulesLoader
{
    /// <summary>Path inside the mappings folder.</summary>
    public const string FileName = "identity/match-rules.yaml";

    private const string Remedy = "See the shipped file for the three keys there are.";

    /// <param name="mappingsFolder">The folder that holds <c>identity/</c>.</param>
    /// <returns>Rules, or null and at least one problem.</returns>
    public static (MatchRules? Rules, IReadOnlyList<ConfigurationProblem> Problems) Load(string mappingsFolder)
    {
        var path = Path.Combine(mappingsFolder, FileName);
        return Parse(File.Exists(path) ? File.ReadAllText(path) : null);
    }

    /// <inheritdoc cref="Load(string)"/>
    /// <param name="files">As they were read.</param>
    public static (MatchRules? Rules, IReadOnlyList<ConfigurationProblem> Problems) Load(MappingFiles files) => Parse(files.TextOf(FileName));

    private static (MatchRules? Rules, IReadOnlyList<ConfigurationProblem> Problems) Parse(string? text)
    {
        if (text is null)
        {
            return (null, [new ConfigurationProblem(Path.Combine("mappings", FileName), "The file is missing.", "Restore it from the repository.")]);
        }

        var problems = new List<ConfigurationProblem>();
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            var rules = yaml.Documents.Count == 1 && yaml.Documents[0].RootNode is YamlMappingNode root ? Read(root, problems) : null;
            if (rules is null && problems.Count == 0)
            {
                problems.Add(new ConfigurationProblem(Place(Mark.Empty), "The file must hold one mapping of keys.", Remedy));
            }

            return (problems.Count == 0 ? rules : null, problems);
        }
        catch (YamlException e)
        {
            return (null, [new ConfigurationProblem(Place(e.Start), $"Not YAML: {e.Message}")]);
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet 16 throws for a list that is never closed; it names no place.
            return (null, [new ConfigurationProblem(Place(Mark.Empty), "Not YAML: a bracket, brace or quote is not closed.")]);
        }
    }

    private static MatchRules Read(YamlMappingNode root, List<ConfigurationProblem> problems)
    {
        IReadOnlySet<string> notPersonal = new HashSet<string>();
        IReadOnlySet<string> placeholders = new HashSet<string>();
        var useResidentId = false;
        foreach (var (keyNode, value) in root.Children)
        {
            switch (((YamlScalarNode)keyNode).Value)
            {
                case "notPersonal":
                    notPersonal = ReadList(value, problems);
                    break;
                case "placeholders":
                    placeholders = ReadList(value, problems);
                    break;
                case "useResidentId" when value is YamlScalarNode scalar && bool.TryParse(scalar.Value, out var use):
                    useResidentId = use;
                    break;
                case "useResidentId":
                    problems.Add(new ConfigurationProblem(Place(value.Start), "useResidentId must be true or false."));
                    break;
                case var key:
                    problems.Add(new ConfigurationProblem(Place(keyNode.Start), $"Unknown key '{key}'.", Remedy));
                    break;
            }
        }

        return new MatchRules(notPersonal, placeholders, useResidentId);
    }

    private static HashSet<string> ReadList(YamlNode node, List<ConfigurationProblem> problems)
    {
        if (node is YamlSequenceNode list && list.All(item => item is YamlScalarNode))
        {
            return [.. list.Select(item => ((YamlScalarNode)item).Value ?? "")];
        }

        problems.Add(new ConfigurationProblem(Place(node.Start), "A list of texts is expected.", "Write it as [A, B, C]."));
        return [];
    }

    private static string Place(Mark mark) => $"mappings/{FileName}:{mark.Line}:{mark.Column}";
}
