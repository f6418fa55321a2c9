using Integration.Core.Mapping.Versions;

namespace Integration.Core.Mapping.Codes;

/// <summary>Code map files as tables: of the product, or what a feed has more or otherwise.</summary>
public static class CodeTableFiles
{
    private const string Product = "hl7v2/codesystems/";
    private const string Ending = ".yaml";

    /// <summary>Path of a code map below the mappings folder.</summary>
    /// <param name="feed">Null: the product's own.</param>
    public static string PathOf(string name, string? feed) => feed is null ? $"{Product}{name}{Ending}" : $"sites/{feed}/codesystems/{name}{Ending}";

    /// <summary>Names of the product's code maps and those of the feed, in ordinal order.</summary>
    /// <param name="feed">Null: the product's alone.</param>
    public static IReadOnlyList<string> Names(MappingFiles files, string? feed) =>
    [
        .. files.Files.Select(file => file.Path)
            .Where(path => path.EndsWith(Ending, StringComparison.Ordinal)
                && (path.StartsWith(Product, StringComparison.Ordinal) || (feed is not null && path.StartsWith($"sites/{feed}/codesystems/", StringComparison.Ordinal))))
            .Select(path => path[(path.LastIndexOf('/') + 1)..^Ending.Length]).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>The codes of one file, without those that a feed has from the product; empty when there is no such file.</summary>
    public static CodeTable Read(MappingFiles files, string name, string? feed) => CodeTable.OfFile(files.TextOf(PathOf(name, feed)));

    /// <summary>The text of the file with exactly the codes of the table; comments and all else stay.</summary>
    /// <returns>Null when the file is written so that only a person can change it.</returns>
    public static string? Change(MappingFiles files, string name, string? feed, CodeTable table) => CodeMapFile.WithTable(files.TextOf(PathOf(name, feed)), table);
}
