namespace Integration.Benchmarks;

/// <summary>Where the mappings and the built program are.</summary>
internal static class RepositoryFolder
{
    /// <summary>Absolute path.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Integration.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The benchmarks do not run below the repository.");
    }
}
