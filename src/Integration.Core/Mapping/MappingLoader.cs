using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Compilation;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;

namespace Integration.Core.Mapping;

/// <summary>What loading gave.</summary>
/// <param name="Mapper">Null when there is any problem: mappings are used whole or not at all.</param>
/// <param name="Problems">All of them, in order of file and line.</param>
public sealed record MappingLoadResult(IMapper? Mapper, IReadOnlyList<ConfigurationProblem> Problems);

/// <summary>Reads the mappings folder, checks all of it against HL7 v2 and FHIR R4 and compiles it. See <c>docs/mapping-language.md</c>.</summary>
public static class MappingLoader
{
    /// <summary>
    /// Loads <c>hl7v2/{messages,segments,datatypes,codesystems}/*.yaml</c> below the folder, and below <c>sites/FEED</c> what one feed has more or
    /// otherwise. Never throws for what is in the files.
    /// </summary>
    /// <param name="folder">The <c>mappings</c> folder.</param>
    public static MappingLoadResult Load(string folder)
    {
        var problems = new ProblemList();
        var root = Path.Combine(folder, "hl7v2");
        var shown = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (!Directory.Exists(root))
        {
            return new MappingLoadResult(null, [new ConfigurationProblem($"{shown}/hl7v2", "There is no such folder.", $"Put the mappings into {Path.GetFullPath(root)}.")]);
        }

        var files = MappingFolder.Read(root, $"{shown}/hl7v2", problems);
        var set = files.Define(null, problems);
        var version = VersionOf(files);
        var mapper = Compile(set, version, problems);
        var sites = new Dictionary<string, Mapper>(StringComparer.Ordinal);
        var sitesRoot = Path.Combine(folder, "sites");
        foreach (var site in Directory.Exists(sitesRoot) ? Directory.GetDirectories(sitesRoot).Order(StringComparer.Ordinal).ToArray() : [])
        {
            var feed = Path.GetFileName(site);
            var own = MappingFolder.Read(site, $"{shown}/sites/{feed}", problems);
            sites[feed] = Compile(own.Define(set, problems), VersionOf(files, own), problems);
        }

        IMapper loaded = sites.Count == 0 ? mapper : new SiteMapper(mapper, sites.ToFrozenDictionary(StringComparer.Ordinal));
        return new MappingLoadResult(problems.Count == 0 ? loaded : null, problems.InOrder());
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
