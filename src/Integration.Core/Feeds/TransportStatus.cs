using Integration.Core.Security;

namespace Integration.Core.Feeds;

/// <summary>What a transport can tell about itself beyond running or not.</summary>
public sealed record TransportStatus
{
    /// <summary>Nothing to tell.</summary>
    public static TransportStatus None { get; } = new();

    /// <summary>Of a feed that connects out to its source; null for one that listens.</summary>
    public LinkStatus? Link { get; init; }

    /// <summary>The certificate in use that ends first; null without TLS.</summary>
    public CertificateStatus? Certificate { get; init; }
}

/// <summary>The connection of a feed to its source.</summary>
/// <param name="State"><c>connected</c> or <c>connecting</c>.</param>
/// <param name="Since">When it came into this state.</param>
/// <param name="Problem">Why it is not connected, one line; null when it is, or at the first try.</param>
public sealed record LinkStatus(string State, DateTimeOffset Since, string? Problem)
{
    public const string Connected = "connected";
    public const string Connecting = "connecting";
}
