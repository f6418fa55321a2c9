using Integration.Core.Diagnostics;

namespace Integration.Host.Security;

/// <summary>Where what protects the engine itself is kept across restarts.</summary>
/// <param name="DataFolder">Folder of the database.</param>
internal sealed record SecurityFolder(string DataFolder)
{
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
                Directory.CreateDirectory(DataFolder);
                Directory.CreateDirectory(CookieKeys.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                [new(DataFolder, "The data folder cannot be written.", "Let the user the engine runs as write it, or name another.")]);
        }
    }
}
