namespace Integration.Tests;

/// <summary>Where this checkout lies, found from the test program upwards.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>Third-party data beside the checkout; null on a plain clone, then the test that wants it skips.</summary>
    public static string? SharedData(string folder)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, "..", "shared", "data", folder));
        return Directory.Exists(path) ? path : null;
    }

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Integration.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("Integration.sln is in no folder above the test program.");
    }
}
