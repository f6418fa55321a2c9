using System.Text;

namespace Integration.Tests.Mapping;

/// <summary>A copy of the product's mappings that a test may change. Every change gives the file another time, however quick it follows.</summary>
internal sealed class MappingsCopy : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("integration-mappings-");
    private int _changes;

    public MappingsCopy()
    {
        var source = Path.Combine(RepositoryRoot.Path, "mappings");
        foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            Write(Path.GetRelativePath(source, path), File.ReadAllText(path));
        }
    }

    public string Folder => Path.Combine(_root.FullName, "mappings");

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public void Change(string file, Func<string, string> change) => Write(file, change(Read(file)));

    public void Write(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(++_changes));
    }

    public void Dispose() => _root.Delete(recursive: true);
}
