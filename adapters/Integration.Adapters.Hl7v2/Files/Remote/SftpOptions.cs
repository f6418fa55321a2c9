using System.Net;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Settings of one <c>Hl7v2.Sftp</c> feed, section <c>Feeds:NAME</c>.</summary>
public sealed record SftpOptions : FilePickupOptions
{
    public SftpOptions()
    {
    }

    internal SftpOptions(FilePickupOptions common)
        : base(common)
    {
    }

    /// <summary>Server and port. Required.</summary>
    public DnsEndPoint Host { get; init; } = new("localhost", 22);

    /// <summary>Name to sign in with. Required.</summary>
    public string User { get; init; } = "";

    /// <summary>Absolute path of the private key, without passphrase and readable by this user only. Required.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>Absolute path of a file with the server's key, as <c>ssh-keyscan</c> writes it. Required: an unknown server is not trusted.</summary>
    public string KnownHosts { get; init; } = "";

    /// <summary>The OpenSSH program, default <c>sftp</c> as found on the path.</summary>
    public string Program { get; init; } = "sftp";
}
