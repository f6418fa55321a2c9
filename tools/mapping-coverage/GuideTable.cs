using System.Text.RegularExpressions;

namespace Integration.MappingCoverage;

/// <summary>One row of a segment table of the HL7 v2-to-FHIR guide that has a FHIR target.</summary>
/// <param name="Field">Field as the guide names it, <c>PID-3</c>; the segment's name for a row about the segment as a whole.</param>
/// <param name="Name">The field's name; empty for a row about the segment.</param>
/// <param name="Target">Target as the guide writes it.</param>
/// <param name="Constant">The text that the guide assigns; null when the value comes from the field.</param>
internal sealed record GuideRow(string Field, string Name, string Target, string? Constant)
{
    /// <summary>What the target names: a path in the table's resource, then paths in the resources that it refers to.</summary>
    public IReadOnlyList<TargetLink> Links { get; init; } = [];

    /// <summary>Field and target without indices, as decisions name the row: <c>NK1-13 contact.organization</c>.</summary>
    public string Key => $"{Field} {string.Join('/', Links.Select(link => link.ToString()))}";
}

/// <param name="Resource">Resource type.</param>
/// <param name="Path">Path inside it without indices; empty for the resource as a whole.</param>
internal sealed record TargetLink(string Resource, string Path, bool IsTable = false)
{
    public override string ToString() => IsTable ? Path : Path.Length == 0 ? Resource : $"{Resource}.{Path}";
}

/// <summary>A segment table of the guide: how a segment becomes a resource, or takes part in one.</summary>
/// <param name="Name"><c>PV1[Encounter]</c>.</param>
internal sealed partial record GuideTable(string Name, string Segment, string Resource, IReadOnlyList<GuideRow> Rows)
{
    private const int FieldColumn = 1;
    private const int NameColumn = 2;
    private const int TargetColumn = 9;
    private const int ExtensionColumn = 10;
    private const int AssignmentColumn = 16;
    private const int HeaderRecords = 2;

    /// <summary>Name of the file of decisions about it.</summary>
    public string FileName => Name.Replace("[", "-", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    /// <summary>Every table in <c>segments</c> below the guide's folder, in ordinal order of name.</summary>
    public static IReadOnlyList<GuideTable> ReadAll(string guide) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(guide, "segments"), "*.csv").Select(Read).OfType<GuideTable>().OrderBy(table => table.Name, StringComparer.Ordinal),
    ];

    /// <summary>Null when the file's name is not that of a segment table.</summary>
    private static GuideTable? Read(string file)
    {
        var match = TableName().Match(Path.GetFileName(file));
        return match.Success ? Parse(match.Groups[1].Value, match.Groups[2].Value, File.ReadAllText(file)) : null;
    }

    /// <param name="variant">What stands in brackets: the resource, after a hyphen what tells several tables apart.</param>
    public static GuideTable Parse(string segment, string variant, string csv)
    {
        var resource = variant.Split('-')[0];
        var rows = CsvText.Read(csv).Skip(HeaderRecords).Select(cells => Row(cells, segment, resource)).OfType<GuideRow>().ToList();
        return new GuideTable($"{segment}[{variant}]", segment, resource, rows);
    }

    private static GuideRow? Row(IReadOnlyList<string> cells, string segment, string resource)
    {
        var target = Cell(TargetColumn) is { Length: > 0 } attribute ? attribute : Cell(ExtensionColumn);
        if (target.Length == 0)
        {
            return null;
        }

        var field = Cell(FieldColumn) is { Length: > 0 } identifier ? identifier : segment;
        var assigned = Quoted().Match(Cell(AssignmentColumn));
        var inTarget = target.Split('=', 2);
        var constant = inTarget.Length == 2 ? inTarget[1].Trim('"', ' ') : assigned.Success ? assigned.Groups[1].Value.Trim() : null;
        return new GuideRow(field, Cell(NameColumn), target, constant) { Links = Links(inTarget[0], resource) };

        string Cell(int column) => column < cells.Count ? cells[column].Trim() : "";
    }

    /// <summary><c>generalPractitioner(PractitionerRole.location(Location.address))</c> in its three parts.</summary>
    private static List<TargetLink> Links(string target, string resource)
    {
        var plain = Index().Replace(target, "").Replace(" ", "", StringComparison.Ordinal);
        plain = Unnamed().Replace(plain, "extension");
        var parts = plain.Split('(', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Trim(')', '.')).ToList();
        var links = new List<TargetLink> { new(resource, parts[0] == "$this" ? "" : parts[0], true) };
        foreach (var part in parts.Skip(1))
        {
            var names = part.Split('.', 2);
            links.Add(new TargetLink(names[0], names.Length > 1 ? names[1] : ""));
        }

        return links;
    }

    [GeneratedRegex(@"FHIR R4_ (\w+)\[([^\]]+)\]")]
    private static partial Regex TableName();

    [GeneratedRegex("^\"([^\"]+)\"$")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\[\w*\]")]
    private static partial Regex Index();

    /// <summary>An extension that the guide would like to exist, and what it leaves to each site.</summary>
    [GeneratedRegex(@"extension\?+-\w+|^localimplementation$")]
    private static partial Regex Unnamed();
}
