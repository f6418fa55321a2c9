using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Compilation;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Mapping.Runtime;

namespace Integration.Core.Mapping;

/// <summary>What loading gave.</summary>
/// <param name="Mapper">Null when there is any problem: mappings are used whole or not at all.</param>
/// <param name="Problems">All of them, in order of file and line.</param>
public sealed record MappingLoadResult(IMapper? Mapper, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>What the record says to other systems; null exactly when <see cref="Mapper"/> is.</summary>
    public OutboundMappings? Outbound { get; init; }
}

/// <summary>Reads the mappings folder, checks all of it against HL7 v2 and FHIR R4 and compiles it. See <c>docs/mapping-language.md</c>.</summary>
public static class MappingLoader
{
    private static readonly string[] Kinds = ["messages", "segments", "datatypes", "codesystems"];

    /// <summary>Loads <c>hl7v2/{messages,segments,datatypes,codesystems,outbound}</c> below the folder. Never throws for what is in the files.</summary>
    /// <param name="folder">The <c>mappings</c> folder.</param>
    public static MappingLoadResult Load(string folder)
    {
        var problems = new ProblemList();
        var root = Path.Combine(folder, "hl7v2");
        var shownRoot = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}/hl7v2";
        if (!Directory.Exists(root))
        {
            return new MappingLoadResult(null, [new ConfigurationProblem(shownRoot, "There is no such folder.", $"Put the mappings into {Path.GetFullPath(root)}.")]);
        }

        var files = ReadFiles(root, shownRoot, problems);
        var definitions = ReadDefinitions(files, problems);
        var mapper = Compile(definitions, VersionOf(files), problems);
        var outbound = OutboundLoader.Load(root, shownRoot, definitions.CodeMaps, definitions.Unreadable, problems);
        return problems.Count == 0
            ? new MappingLoadResult(mapper, []) { Outbound = outbound }
            : new MappingLoadResult(null, problems.InOrder());
    }

    private static List<MappingFile> ReadFiles(string root, string shownRoot, ProblemList problems)
    {
        var files = new List<MappingFile>();
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
            var shown = $"{shownRoot}/{relative}";
            if (relative.StartsWith(OutboundLoader.Folder + "/", StringComparison.Ordinal))
            {
                continue;
            }

            if (relative.Split('/') is not [var kind, var name] || !Kinds.Contains(kind) || !name.EndsWith(".yaml", StringComparison.Ordinal))
            {
                problems.Add(new SourcePosition(shown, 1, 1), "The file is not a mapping by its place.", $"Mappings are {string.Join(", ", Kinds.Select(k => $"{k}/NAME.yaml"))}.");
                continue;
            }

            files.Add(new MappingFile(kind, relative, shown, File.ReadAllText(path)));
        }

        files.Sort((a, b) => string.CompareOrdinal(a.Relative, b.Relative));
        return files;
    }

    private static MappingSet ReadDefinitions(List<MappingFile> files, ProblemList problems)
    {
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        return new MappingSet(
            Read("messages", (reader, text) => reader.ReadMessageMap(text)), Read("segments", (reader, text) => reader.ReadSegmentMap(text)),
            Read("datatypes", (reader, text) => reader.ReadDatatypeMap(text)), Read("codesystems", (reader, text) => reader.ReadCodeMap(text)))
        {
            Unreadable = unreadable,
        };

        Dictionary<string, T> Read<T>(string kind, Func<MappingFileReader, string, T?> read)
            where T : class
        {
            var definitions = new Dictionary<string, T>(StringComparer.Ordinal);
            foreach (var file in files.Where(file => file.Kind == kind))
            {
                var name = Path.GetFileNameWithoutExtension(file.Relative);
                if (read(new MappingFileReader(file.Shown, problems), file.Text) is { } definition)
                {
                    definitions[name] = definition;
                }
                else
                {
                    unreadable.Add(name);
                }
            }

            return definitions;
        }
    }

    private static Mapper Compile(MappingSet set, string version, ProblemList problems)
    {
        var context = new CompileContext(set, problems);
        var compiler = new MessageCompiler(context, new SegmentCompiler(context));
        compiler.CompileSegments();
        compiler.CollectNames();
        var plans = new Dictionary<string, MessagePlan>(StringComparer.Ordinal);
        foreach (var map in set.Messages.Values)
        {
            var plan = compiler.Compile(map);
            foreach (var message in map.Messages)
            {
                if (!plans.TryAdd(message.Text, plan))
                {
                    problems.Add(message.Position, $"{message} is served by {plans[message.Text].Name} already.", "Name it in one message map only.");
                }
            }
        }

        if (set.Unreadable.Count == 0)
        {
            UnusedMaps.Report(set, problems);
        }

        return new Mapper(version, plans.ToFrozenDictionary(StringComparer.Ordinal), context.Slots.Numbers.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static string VersionOf(List<MappingFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Relative}\n{file.Text}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private sealed record MappingFile(string Kind, string Relative, string Shown, string Text);
}
