using System.Net;
using Integration.Core.Security;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Settings of one <c>Hl7v2.Ftp</c> feed, section <c>Feeds:NAME</c>.</summary>
public sealed record FtpOptions : FilePickupOptions
{
    public FtpOptions()
    {
    }

    internal FtpOptions(FilePickupOptions common)
        : base(common)
    {
    }

    /// <summary>Server and port. Required.</summary>
    public DnsEndPoint Host { get; init; } = new("localhost", 21);

    /// <summary>Name to sign in with. Required.</summary>
    public string User { get; init; } = "";

    /// <summary>Its password; empty for none. Give it by environment.</summary>
    public string Password { get; init; } = "";

    /// <summary>Explicit TLS (RFC 4217) for commands and files; null: none, password and files can be read by anybody on the way.</summary>
    public TlsOptions? Tls { get; init; }
}
