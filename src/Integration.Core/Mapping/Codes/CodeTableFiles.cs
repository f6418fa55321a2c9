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
            .Select(NameOf).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Every code map file, in ordinal order of name; the product's before those of feeds.</summary>
    public static IReadOnlyList<CodeTableInfo> List(MappingFiles files) =>
    [
        .. files.Files.Select(file => (file, Feed: FeedOf(file.Path))).Where(table => table.Feed is not null)
            .Select(table => (Table: CodeTable.OfFile(table.file.Text), Name: NameOf(table.file.Path), Feed: table.Feed is "" ? null : table.Feed))
            .Select(table => new CodeTableInfo(table.Name, table.Feed, table.Table.Entries.Count, table.Table.Entries.Count(entry => entry.Target.IsDated)))
            .OrderBy(table => table.Name, StringComparer.Ordinal).ThenBy(table => table.Feed, StringComparer.Ordinal),
    ];

    /// <summary>The codes of one file, without those that a feed has from the product; empty when there is no such file.</summary>
    public static CodeTable Read(MappingFiles files, string name, string? feed) => CodeTable.OfFile(files.TextOf(PathOf(name, feed)));

    /// <summary>The text of the file with exactly the codes of the table; comments and all else stay.</summary>
    /// <returns>Null when the file is written so that only a person can change it.</returns>
    public static string? Change(MappingFiles files, string name, string? feed, CodeTable table) => CodeMapFile.WithTable(files.TextOf(PathOf(name, feed)), table);

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..^Ending.Length];

    /// <summary>Whose code map it is: empty for the product's; null for what is no code map.</summary>
    private static string? FeedOf(string path) => !path.EndsWith(Ending, StringComparison.Ordinal) ? null : path.Split('/') switch
    {
        ["hl7v2", "codesystems", _] => "",
        ["sites", var feed, "codesystems", _] => feed,
        _ => null,
    };
}
