namespace Integration.SystemTests;

/// <summary>An empty folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("integration-test-").FullName;

    /// <summary>Copies the product's mappings into it, so that a test may change them.</summary>
    /// <returns>The copy.</returns>
    public string CopyMappings()
    {
        var source = System.IO.Path.Combine(RepositoryRoot.Path, "mappings");
        var target = System.IO.Path.Combine(Path, "mappings");
        foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(target, System.IO.Path.GetRelativePath(source, path));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        return target;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
