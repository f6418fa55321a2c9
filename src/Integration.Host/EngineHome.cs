namespace Integration.Host;

/// <summary>The folder that holds <c>appsettings.json</c> and <c>mappings</c>; relative paths of the configuration start there.</summary>
internal static class EngineHome
{
    private const string Marker = "appsettings.json";

    /// <summary>The working directory, else the nearest folder above it or above the program that holds <c>appsettings.json</c>; else the working directory.</summary>
    public static string Find() =>
        Above(Directory.GetCurrentDirectory()) ?? Above(AppContext.BaseDirectory) ?? Directory.GetCurrentDirectory();

    private static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, Marker)) && Directory.Exists(Path.Combine(at.FullName, "mappings")))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
