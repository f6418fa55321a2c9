namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Names of files on servers, which go into commands: a name that could be taken for more than a name is not used.</summary>
internal static class RemoteNames
{
    private const string Special = "\"\\*?[]\r\n\0";

    /// <summary>Usable in a command of any of the protocols.</summary>
    public static bool IsSafe(string name) => name.Length > 0 && !name.Any(c => char.IsControl(c) || Special.Contains(c));

    /// <exception cref="IOException">The name cannot be used.</exception>
    public static string Check(string name) =>
        IsSafe(name) ? name : throw new IOException("A name with quotes, backslashes, wildcards or control characters cannot be used.");

    /// <summary>Path of a file in a folder; a relative folder lies below the folder of the source.</summary>
    public static string Join(string folder, string name) => $"{folder.TrimEnd('/')}/{name}";

    /// <summary>An empty file of ours to download into; it is deleted when it is closed.</summary>
    public static FileStream CreateTemporary(string folder) => new(Path.Combine(folder, Guid.NewGuid().ToString("N")), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,   // the sftp program writes into it
        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        BufferSize = 64 * 1024,
    });
}
