using System.Net;
using Integration.Core.Security;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>Settings of one <c>Hl7v2.Http</c> feed, section <c>Feeds:NAME</c>. Read and checked by <see cref="Hl7v2HttpSettings"/>.</summary>
public sealed record Hl7v2HttpOptions : Hl7FeedOptions
{
    public Hl7v2HttpOptions()
    {
    }

    internal Hl7v2HttpOptions(Hl7FeedOptions common)
        : base(common)
    {
    }

    /// <summary>Address and port, default <c>127.0.0.1:8081</c>. Port 0: any free port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8081);

    /// <summary>Address that messages are posted to, default <c>/</c>; others answer 404.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Senders connected at once, default 100, 1 to 10,000. Further ones are closed right away.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Key that senders show in <c>X-Api-Key</c>; null: none is asked for. Give it by environment.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Name for Basic authentication (RFC 7617); null: none is asked for.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>. Give it by environment.</summary>
    public string? Password { get; init; }
}
