using System.Net;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Network;
using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Whom a feed associates with, of section <c>Feeds:NAME</c>.</summary>
internal sealed record DicomConnectOptions
{
    private const int MaxPduBytes = 128 * 1024;

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["Connect", "CalledAETitle", "AETitle", "ConnectTimeout", "AnswerTimeout", .. TlsSettings.ConnectKeys];

    /// <summary>Its host and port. Required.</summary>
    public DnsEndPoint Connect { get; init; } = new("localhost", 104);

    /// <summary>Its AE title. Required.</summary>
    public string CalledAETitle { get; init; } = "";

    /// <summary>Ours, which many archives want to know beforehand: default <c>INTEGRATION</c>.</summary>
    public string AETitle { get; init; } = "INTEGRATION";

    /// <summary>For the connection and for the answer to the request for an association: default 10 seconds, 1 second to 5 minutes.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When nothing comes for so long, the round is given up: default 1 minute, 1 second to 1 hour. Archives that search slowly need more.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomConnectOptions Read(SettingsReader settings)
    {
        var defaults = new DicomConnectOptions();
        foreach (var (key, remedy) in new[] { ("Connect", "Set it to host and port of the system to ask, e.g. pacs.hospital.local:104."), ("CalledAETitle", "Set it to the AE title of the system to ask.") })
        {
            if (!settings.Has(key))
            {
                settings.Report(key, "It does not say whom to ask.", remedy);
            }
        }

        return new()
        {
            Connect = settings.Peer("Connect") ?? defaults.Connect,
            CalledAETitle = DicomListenOptions.ReadTitle(settings, "CalledAETitle", settings.Text("CalledAETitle")) ?? "",
            AETitle = DicomListenOptions.ReadTitle(settings, "AETitle", settings.Text("AETitle")) ?? defaults.AETitle,
            ConnectTimeout = settings.Time("ConnectTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), defaults.ConnectTimeout),
            AnswerTimeout = settings.Time("AnswerTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.AnswerTimeout),
            Tls = TlsSettings.ReadForConnecting(settings),
        };
    }

    /// <param name="tls">Made of <see cref="Tls"/>; null: none.</param>
    public DicomPeer Peer(TlsIdentity? tls) => new(Connect, CalledAETitle, AETitle, new UpperLayerLimits(MaxPduBytes, ConnectTimeout, AnswerTimeout), tls);

    /// <summary>For people.</summary>
    public override string ToString() => $"{CalledAETitle} on {Connect.Host}:{Connect.Port}{(Tls is null ? "" : ", TLS")}";
}
