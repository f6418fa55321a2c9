using System.Net;
using Integration.Adapters.Shared.Web;
using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>Settings of one <c>Fhir.Endpoint</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record FhirEndpointOptions : FhirFeedOptions
{
    public FhirEndpointOptions()
    {
    }

    private FhirEndpointOptions(FhirFeedOptions common)
        : base(common)
    {
    }

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        [.. FhirFeedSettings.Keys, "Listen", "Path", "MaxConnections", "AnswerTimeout", .. SenderCredentials.Keys, .. TlsSettings.ListenKeys];

    /// <summary>Default <c>127.0.0.1:8082</c>. Port 0: any free port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8082);

    /// <summary>Base address of the endpoint, default <c>/fhir</c>: resources are sent to <c>/fhir/Patient</c>, Bundles to <c>/fhir</c>.</summary>
    public string Path { get; init; } = "/fhir";

    /// <summary>Senders connected at once, default 100, 1 to 10,000.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>
    /// How long a sender waits for its resource to be in the record, default 30 seconds, 0 to 10 minutes. Then it is answered 202: durable, not yet processed.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    public SenderCredentials Credentials { get; init; } = new(null, null, null);

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static FhirEndpointOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {FhirEndpointAdapterFactory.AdapterName} feed", Keys);
        var defaults = new FhirEndpointOptions();
        return new(FhirFeedSettings.Read(settings))
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            Path = settings.Parsed(
                "Path", path => path.StartsWith('/') && !path.Contains('?', StringComparison.Ordinal) ? path.TrimEnd('/') : null,
                "It must begin with a slash.", "Write it like /fhir.") ?? defaults.Path,
            MaxConnections = settings.Number("MaxConnections", 1, 10_000, defaults.MaxConnections),
            AnswerTimeout = settings.Time("AnswerTimeout", TimeSpan.Zero, TimeSpan.FromMinutes(10), defaults.AnswerTimeout),
            Tls = TlsSettings.ReadForListening(settings),
            Credentials = SenderCredentials.Read(settings),
        };
    }
}
