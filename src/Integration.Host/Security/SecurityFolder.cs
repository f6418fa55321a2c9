using Integration.Core.Diagnostics;

namespace Integration.Host.Security;

/// <summary>Where patient data, and what protects it, is kept across restarts. Made for the engine's user only.</summary>
/// <param name="DataFolder">Folder of the database.</param>
internal sealed record SecurityFolder(string DataFolder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Keys that protect cookies; for the engine's user only.</summary>
    public DirectoryInfo CookieKeys { get; } = new(Path.Combine(DataFolder, "cookie-keys"));

    /// <exception cref="ConfigurationException">The folders cannot be made.</exception>
    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                CookieKeys.Create();
            }
            else
            {
                // A folder that exists keeps the rights that its owner gave it.
                Directory.CreateDirectory(DataFolder, OwnerOnly);
                Directory.CreateDirectory(CookieKeys.FullName, OwnerOnly);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                [new(DataFolder, "The data folder cannot be written.", "Let the user the engine runs as write it, or name another.")]);
        }
    }
}
