using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Forms;
using Integration.Core.Mapping.Compilation;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Mapping.Runtime;
using Integration.Core.Mapping.Versions;

namespace Integration.Core.Mapping;

/// <summary>What loading gave.</summary>
/// <param name="Mapper">Null when there is any problem: mappings are used whole or not at all.</param>
/// <param name="Problems">All of them, in order of file and line.</param>
public sealed record MappingLoadResult(IMapper? Mapper, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>What the record says to other systems; null exactly when <see cref="Mapper"/> is.</summary>
    public OutboundMappings? Outbound { get; init; }

    /// <summary>What people are asked; null exactly when <see cref="Mapper"/> is.</summary>
    public FormSet? Forms { get; init; }

    /// <summary>What was loaded; null when it could not be read.</summary>
    public MappingFiles? Files { get; init; }
}

/// <summary>Reads the mappings folder, checks all of it against HL7 v2 and FHIR R4 and compiles it. See <c>docs/mapping-language.md</c>.</summary>
public static class MappingLoader
{
    /// <summary>Maps of HL7 v2 messages, and what all maps share.</summary>
    public const string ProductFolder = "hl7v2";

    /// <summary>Maps of messages made of rows: of databases and files of values.</summary>
    public const string RowsFolder = "sql";

    /// <summary>Maps of DICOM data sets.</summary>
    public const string DicomFolder = "dicom";

    /// <summary>Maps of readings of devices.</summary>
    public const string DeviceFolder = "device";

    /// <summary>All folders of the product's own maps; they are one set.</summary>
    internal static readonly string[] ProductFolders = [ProductFolder, DicomFolder, RowsFolder, DeviceFolder];

    /// <summary>Name of the folder below a site's that holds its tests; no mappings.</summary>
    public const string TestsFolder = "tests";

    /// <summary>
    /// Loads <c>{hl7v2,dicom,sql,device}/{messages,segments,datatypes,codesystems}/*.yaml</c> below the folder as one set, and below <c>sites/FEED</c> what one feed has more or
    /// otherwise; <c>hl7v2/outbound</c> is what the record says to others. Never throws for what is in the files.
    /// </summary>
    /// <param name="folder">The <c>mappings</c> folder.</param>
    public static MappingLoadResult Load(string folder)
    {
        var root = Path.Combine(folder, "hl7v2");
        var shown = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (!Directory.Exists(root))
        {
            return new MappingLoadResult(null, [new ConfigurationProblem($"{shown}/hl7v2", "There is no such folder.", $"Put the mappings into {Path.GetFullPath(root)}.")]);
        }

        try
        {
            return Load(MappingFiles.Read(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new MappingLoadResult(null, [new ConfigurationProblem(shown, $"The mappings cannot be read: {e.Message}")]);
        }
    }

    /// <inheritdoc cref="Load(string)"/>
    /// <param name="files">As they were read.</param>
    public static MappingLoadResult Load(MappingFiles files)
    {
        var problems = new ProblemList();
        var product = ProductFolders.Select(folder => MappingFolder.Of(files, folder, problems)).Aggregate((all, next) => all.With(next, problems));
        var set = product.Define(null, problems);
        var mapper = Compile(set, VersionOf(product), problems);
        var sites = new Dictionary<string, Mapper>(StringComparer.Ordinal);
        foreach (var feed in files.Sites)
        {
            var own = MappingFolder.Of(files, $"sites/{feed}", problems);
            sites[feed] = Compile(own.Define(set, problems), VersionOf(product, own), problems);
        }

        var outbound = OutboundLoader.Load(files, set.CodeMaps, set.Unreadable, problems);
        IMapper loaded = sites.Count == 0 ? mapper : new SiteMapper(mapper, sites.ToFrozenDictionary(StringComparer.Ordinal));
        var (forms, formProblems) = FormLoader.Load(files);
        return forms is not null && problems.Count == 0
            ? new MappingLoadResult(forms.All.Count == 0 ? loaded : new FormMapper(loaded, forms), []) { Outbound = outbound, Forms = forms, Files = files }
            : new MappingLoadResult(null, [.. problems.InOrder(), .. formProblems]) { Files = files };
    }

    /// <summary>Names of the feeds that have mappings of their own, in ordinal order.</summary>
    public static IReadOnlyList<string> Sites(string folder)
    {
        var root = Path.Combine(folder, "sites");
        return Directory.Exists(root) ? [.. Directory.GetDirectories(root).Select(site => Path.GetFileName(site)).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>A problem for each site folder that belongs to no feed: its mappings would never run.</summary>
    public static IEnumerable<ConfigurationProblem> SitesWithoutFeed(IEnumerable<string> sites, IEnumerable<string> feeds) => sites.Except(feeds).Select(site =>
        new ConfigurationProblem($"mappings/sites/{site}", "There is no feed of this name, so its mappings would never run.", "Name the folder like a key under Feeds."));

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

        return new Mapper(
            version, plans.ToFrozenDictionary(StringComparer.Ordinal), context.Slots.Numbers.ToFrozenDictionary(StringComparer.Ordinal),
            context.Columns.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Numbers.ToFrozenDictionary(column => column.Key, column => column.Value + 1, StringComparer.Ordinal), StringComparer.Ordinal),
            context.Rules, set.CodeMaps);
    }

    private static string VersionOf(params ReadOnlySpan<MappingFolder> folders)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var folder in folders)
        {
            foreach (var file in folder.Files)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{file.Relative}\n{file.Text}\n"));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
