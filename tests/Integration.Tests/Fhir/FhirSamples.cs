namespace Integration.Tests.Fhir;

/// <summary>Where the FHIR test files lie: own samples in this folder, third-party ones beside the repository.</summary>
internal static class FhirSamples
{
    public static string Own => Path.Combine(Root, "tests", "Integration.Tests", "Fhir", "Samples");

    /// <summary>May be missing: tests skip then.</summary>
    public static string ThirdParty => Path.Combine(Root, "..", "shared", "data", "fhir");

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Integration.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("No folder above the tests holds Integration.sln.");
    }
}
