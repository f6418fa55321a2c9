using System.Security.Cryptography;
using System.Text;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Forms;
using Integration.Core.Identity;
using Integration.Core.Messaging;
using Integration.Core.Vitals.Limits;

namespace Integration.Core.Mapping.Versions;

/// <summary>One mapping file as it was read.</summary>
/// <param name="Path">Below the mappings folder, with slashes: <c>hl7v2/segments/PID-Patient.yaml</c>.</param>
public sealed record MappingText(string Path, string Text);

/// <summary>All mapping files of one moment, read once: what is checked, compiled, numbered and kept is the same text.</summary>
/// <param name="Shown">Name of the mappings folder, which places shown to people begin with.</param>
/// <param name="Files">In ordinal order of path.</param>
public sealed record MappingFiles(string Shown, IReadOnlyList<MappingText> Files)
{
    private const string SitesFolder = "sites/";

    /// <summary>First 12 hex digits of the SHA-256 over paths and texts.</summary>
    public string Hash { get; } = HashOf(Files);

    /// <summary>Feeds that have mappings of their own, in ordinal order.</summary>
    public IReadOnlyList<string> Sites =>
        [.. Files.Where(file => file.Path.StartsWith(SitesFolder, StringComparison.Ordinal)).Select(file => file.Path.Split('/')[1]).Distinct()];

    /// <summary>Reads <c>hl7v2</c>, <c>dicom</c>, <c>sql</c>, <c>device</c>, <c>sites</c>, <c>follow-ups</c>, <c>templates</c>, <c>gateways</c>, <c>vitals</c>, <c>forms</c> and the match rules, without the sites' tests and what editors leave behind (<c>.name</c>, <c>name~</c>).</summary>
    /// <param name="folder">The mappings folder.</param>
    /// <exception cref="IOException">A file cannot be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static MappingFiles Read(string folder) => new(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
        [.. PathsOf(folder).Select(path => new MappingText(path, File.ReadAllText(Path.Combine(folder, path))))]);

    /// <summary>Length and time of change of each file, for finding out cheaply whether anything changed.</summary>
    /// <exception cref="IOException">The folder cannot be read now.</exception>
    public static string StampOf(string folder)
    {
        var stamp = new StringBuilder();
        foreach (var path in PathsOf(folder))
        {
            var file = new FileInfo(Path.Combine(folder, path));
            stamp.Append(path).Append('|').Append(file.Exists ? file.Length : -1).Append('|').Append(file.Exists ? file.LastWriteTimeUtc.Ticks : 0).Append('\n');
        }

        return stamp.ToString();
    }

    /// <summary>Writes one file beside its place and puts it there in one step: nobody ever reads half of it.</summary>
    /// <param name="path">Below the mappings folder, with slashes. Missing folders are made.</param>
    /// <param name="text">Empty: the file is taken away.</param>
    /// <exception cref="IOException">It cannot be written now.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string folder, string path, string text)
    {
        var target = Path.Combine(folder, path);
        if (text.Length == 0)
        {
            File.Delete(target);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.new");
        File.WriteAllText(temporary, text);
        File.Move(temporary, target, overwrite: true);
    }

    /// <summary>The text of a file; null when it is not there.</summary>
    public string? TextOf(string path) => Files.FirstOrDefault(file => file.Path == path)?.Text;

    /// <summary>The same with another text at a path; without the file for an empty text.</summary>
    public MappingFiles With(string path, string text)
    {
        var others = Files.Where(file => file.Path != path);
        return new(Shown, [.. (text.Length == 0 ? others : others.Append(new MappingText(path, text))).OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    /// <summary>The files below a folder, their paths shortened by it.</summary>
    /// <param name="prefix">With a slash at its end.</param>
    internal IEnumerable<MappingText> Below(string prefix) =>
        Files.Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(file => file with { Path = file.Path[prefix.Length..] });

    private static readonly string[] Folders =
        [.. MappingLoader.ProductFolders, "sites", FollowUpRuleLoader.Folder, MessagingSet.TemplatesFolder, MessagingSet.GatewaysFolder, VitalLimitLoader.Folder, FormLoader.Folder];

    private static IEnumerable<string> PathsOf(string folder) => Folders
        .Select(part => Path.Combine(folder, part)).Where(Directory.Exists)
        .SelectMany(part => Directory.EnumerateFiles(part, "*", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(IsMapping)
        .Concat(File.Exists(Path.Combine(folder, MatchRulesLoader.FileName)) ? [MatchRulesLoader.FileName] : Array.Empty<string>())
        .Order(StringComparer.Ordinal);

    private static bool IsMapping(string path) =>
        !path.EndsWith('~') && !path.Split('/').Any(part => part.StartsWith('.')) && path.Split('/') is not ["sites", _, MappingLoader.TestsFolder, ..];

    private static string HashOf(IReadOnlyList<MappingText> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\n{file.Text}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
