namespace Integration.Core.Security;

/// <summary>Whether a listener asks those who connect for a certificate.</summary>
public enum ClientCertificates
{
    None,

    /// <summary>Asked for; one that is shown must be trusted.</summary>
    Optional,

    /// <summary>Who shows none that is trusted is refused.</summary>
    Required,
}

/// <summary>Settings <c>Tls:…</c> of a feed or a destination. Read and checked by <see cref="TlsSettings"/>.</summary>
public sealed record TlsOptions
{
    /// <summary>Absolute path of our certificate: PEM (chain behind it, key in it or in <see cref="KeyFile"/>) or PFX. Null: we show none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Absolute path of the private key in PEM; null: it is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Of the PFX file or the encrypted key; null: none. Given by environment, never in a file of settings.</summary>
    public string? Password { get; init; }

    /// <summary>For listeners. Default none.</summary>
    public ClientCertificates ClientCertificates { get; init; }

    /// <summary>Absolute path of a PEM file with every authority whose certificates are trusted; null: those of the operating system.</summary>
    public string? TrustedAuthoritiesFile { get; init; }

    /// <summary>For connecting out: the name that the peer's certificate must carry; null: the host that is connected to.</summary>
    public string? ServerName { get; init; }

    /// <summary>Longest time for the handshake, default 10 seconds, 1 second to 1 minute.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
