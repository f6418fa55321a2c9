using Integration.Core.Mapping.Compilation;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Mapping.Versions;

namespace Integration.Core.Mapping;

/// <summary>The mapping files of one folder: the product's own, or what one feed has more or otherwise.</summary>
/// <param name="Files">In ordinal order of path.</param>
internal sealed record MappingFolder(IReadOnlyList<MappingFile> Files)
{
    private static readonly string[] Kinds = ["messages", "segments", "datatypes", "codesystems"];

    /// <summary>Takes the files below a folder; one whose place says no kind of mapping is a problem.</summary>
    /// <param name="root"><c>hl7v2</c> or <c>sites/FEED</c>.</param>
    public static MappingFolder Of(MappingFiles all, string root, ProblemList problems)
    {
        var files = new List<MappingFile>();
        foreach (var (relative, text) in all.Below(root + "/"))
        {
            if (relative.StartsWith(OutboundLoader.Folder + "/", StringComparison.Ordinal))
            {
                continue;   // maps of the other direction, in a language of their own
            }

            var shown = $"{all.Shown}/{root}/{relative}";
            if (relative.Split('/') is not [var kind, var name] || !Kinds.Contains(kind) || !name.EndsWith(".yaml", StringComparison.Ordinal))
            {
                problems.Add(new SourcePosition(shown, 1, 1), "The file is not a mapping by its place.", $"Mappings are {string.Join(", ", Kinds.Select(k => $"{k}/NAME.yaml"))}.");
                continue;
            }

            files.Add(new MappingFile(kind, relative, shown, text));
        }

        return new MappingFolder(files);
    }

    /// <summary>Both together; a name of the other that is taken here is a problem.</summary>
    public MappingFolder With(MappingFolder other, ProblemList problems)
    {
        var taken = Files.Select(file => file.Relative).ToHashSet(StringComparer.Ordinal);
        foreach (var file in other.Files.Where(file => taken.Contains(file.Relative)))
        {
            problems.Add(new SourcePosition(file.Shown, 1, 1), $"There is a map of this name already, {Files.First(f => f.Relative == file.Relative).Shown}.", "Give one of them another name.");
        }

        return new MappingFolder([.. Files, .. other.Files]);
    }

    /// <summary>The definitions in the files; over a basis, those of the basis as the files complete them and whatever they add.</summary>
    public MappingSet Define(MappingSet? basis, ProblemList problems)
    {
        var unreadable = new HashSet<string>(basis?.Unreadable ?? new HashSet<string>(), StringComparer.Ordinal);
        return new MappingSet(
            Define("messages", basis?.Messages, (reader, text, below) => reader.ReadMessageMap(text, below)),
            Define("segments", basis?.Segments, (reader, text, below) => reader.ReadSegmentMap(text, below)),
            Define("datatypes", basis?.Datatypes, (reader, text, below) => reader.ReadDatatypeMap(text, below)),
            Define("codesystems", basis?.CodeMaps, (reader, text, below) => reader.ReadCodeMap(text, below)))
        {
            Unreadable = unreadable,
        };

        Dictionary<string, T> Define<T>(string kind, IReadOnlyDictionary<string, T>? below, Func<MappingFileReader, string, T?, T?> read)
            where T : class
        {
            var definitions = below?.ToDictionary(StringComparer.Ordinal) ?? new Dictionary<string, T>(StringComparer.Ordinal);
            foreach (var file in Files.Where(file => file.Kind == kind))
            {
                var name = Path.GetFileNameWithoutExtension(file.Relative);
                if (read(new MappingFileReader(file.Shown, problems), file.Text, below?.GetValueOrDefault(name)) is { } definition)
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
}

/// <param name="Kind">Name of the folder it stands in.</param>
/// <param name="Relative">Path below the root.</param>
/// <param name="Shown">Path as shown to people.</param>
internal sealed record MappingFile(string Kind, string Relative, string Shown, string Text);
