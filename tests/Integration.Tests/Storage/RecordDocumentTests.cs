using Integration.Core.Storage;

namespace Integration.Tests.Storage;

/// <summary>docs/record.md names to readers every collection, declared field and index that there is.</summary>
public sealed class RecordDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "record.md"));

    public static TheoryData<string> Names => [.. Collections.All.Select(collection => collection.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryCollection_StandsInTheDocumentAsDeclared(string name)
    {
        var collection = Collections.All.Single(declared => declared.Name == name);

        var row = Assert.Single(Lines, line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal) && line.Count(c => c == '|') == 4 && !IsIndexRow(line, collection));
        Assert.Equal(collection.Fields.Select(Named), row.Split('|')[3].Trim() is "" ? [] : row.Split('|')[3].Trim().Split(", "));
        foreach (var index in collection.Indexes)
        {
            Assert.Contains($"| `{name}` | `{index.Name}` | {index.Serves} |", Lines);
        }

        Assert.Equal(collection.Indexes.Count, Lines.Count(line => IsIndexRow(line, collection)));
    }

    private static bool IsIndexRow(string line, DocumentCollection collection) =>
        collection.Indexes.Any(index => line == $"| `{collection.Name}` | `{index.Name}` | {index.Serves} |");

    private static string Named(DocumentField field) => $"`{field.Name}`" + field.Type switch
    {
        DocumentFieldType.Integer => " (Int64)",
        DocumentFieldType.Time => " (date)",
        DocumentFieldType.TextList => " (array)",
        _ => "",
    };
}
