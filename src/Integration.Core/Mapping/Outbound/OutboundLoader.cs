using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;

namespace Integration.Core.Mapping.Outbound;

/// <summary>Reads <c>outbound/*.yaml</c> (messages) and <c>outbound/{segments,datatypes}/*.yaml</c>, checks and compiles them.</summary>
internal static class OutboundLoader
{
    /// <summary>Name of the folder below <c>hl7v2</c>. A site that sends nothing need not have it.</summary>
    public const string Folder = "outbound";

    /// <param name="codeMaps">Of the inbound side.</param>
    /// <param name="unreadable">Names of inbound files that could not be read.</param>
    public static OutboundMappings Load(
        MappingFiles files, IReadOnlyDictionary<string, CodeMapDefinition> codeMaps, IReadOnlySet<string> unreadable, ProblemList problems)
    {
        var set = Read(files, codeMaps, unreadable, problems);
        var maps = new OutboundMapCompiler(set, problems);
        maps.CompileAll();
        var compiler = new OutboundMessageCompiler(set, maps, problems);
        var plans = new Dictionary<string, OutboundPlan>(StringComparer.Ordinal);
        foreach (var message in set.Messages.Values)
        {
            if (compiler.Compile(message) is { } plan)
            {
                plans[message.Name] = plan;
            }
        }

        if (set.Unreadable.Count == 0)
        {
            ReportUnused(set, compiler.Used, problems);
        }

        return new OutboundMappings(plans);
    }

    private static void ReportUnused(OutboundSet set, HashSet<string> used, ProblemList problems)
    {
        var datatypes = set.Segments.Values.Concat(set.Datatypes.Values).SelectMany(map => map.Rules).Select(rule => rule.Map?.Text).OfType<string>().ToHashSet();
        foreach (var map in set.Segments.Values.Where(map => !used.Contains(map.Name)).Concat(set.Datatypes.Values.Where(map => !datatypes.Contains(map.Name))))
        {
            problems.Add(map.Position with { Line = 1, Column = 1 }, "Nothing uses this outbound map.", "Use it or remove the file.");
        }
    }

    private static OutboundSet Read(
        MappingFiles files, IReadOnlyDictionary<string, CodeMapDefinition> codeMaps, IReadOnlySet<string> unreadableBefore, ProblemList problems)
    {
        var messages = new SortedDictionary<string, OutboundMessageDefinition>(StringComparer.Ordinal);
        var segments = new SortedDictionary<string, OutboundMapDefinition>(StringComparer.Ordinal);
        var datatypes = new SortedDictionary<string, OutboundMapDefinition>(StringComparer.Ordinal);
        var unreadable = unreadableBefore.ToHashSet(StringComparer.Ordinal);
        foreach (var (relative, text) in files.Below($"hl7v2/{Folder}/"))
        {
            var place = $"{files.Shown}/hl7v2/{Folder}/{relative}";
            var name = Path.GetFileNameWithoutExtension(relative);
            var reader = new OutboundFileReader(place, problems);
            var isRead = relative.Split('/') switch
            {
                _ when !relative.EndsWith(".yaml", StringComparison.Ordinal) => Misplaced(place, problems),
                [_] => Keep(reader.ReadMessage(text), messages, name),
                ["segments", _] => Keep(reader.ReadSegment(text), segments, name),
                ["datatypes", _] => Keep(reader.ReadDatatype(text), datatypes, name),
                _ => Misplaced(place, problems),
            };
            if (!isRead)
            {
                unreadable.Add(name);
            }
        }

        return new OutboundSet(messages, segments, datatypes, codeMaps) { Unreadable = unreadable };
    }

    private static bool Keep<T>(T? definition, SortedDictionary<string, T> definitions, string name)
        where T : class
    {
        if (definition is not null)
        {
            definitions[name] = definition;
        }

        return definition is not null;
    }

    private static bool Misplaced(string place, ProblemList problems)
    {
        problems.Add(new SourcePosition(place, 1, 1), "The file is not an outbound map by its place.", "Outbound maps are NAME.yaml, segments/NAME.yaml, datatypes/NAME.yaml.");
        return true;
    }
}
