using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2;

/// <summary>Reads the settings of an <c>Hl7v2.Mllp</c> feed.</summary>
internal static class Hl7v2MllpSettings
{
    private static readonly string[] ListenKeys =
        [.. Hl7CommonSettings.Keys, "Listen", "IdleTimeout", "MaxConnections", .. TlsSettings.ListenKeys];

    private static readonly string[] ConnectKeys =
        [.. Hl7CommonSettings.Keys, "Listen", "Connect", "IdleTimeout", "MaxReconnectDelay", .. TlsSettings.ConnectKeys];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static Hl7v2MllpOptions Read(SettingsReader settings) => settings.Has("Connect") ? ReadConnecting(settings) : ReadListening(settings);

    private static Hl7v2MllpOptions ReadListening(SettingsReader settings)
    {
        settings.CheckKeys($"an {Hl7v2MllpAdapterFactory.AdapterName} feed that listens", [.. ListenKeys, "Connect"]);
        var defaults = new Hl7v2MllpOptions();
        return new(Hl7CommonSettings.Read(settings))
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            IdleTimeout = ReadIdleTimeout(settings, defaults.IdleTimeout),
            MaxConnections = settings.Number("MaxConnections", 1, 10_000, defaults.MaxConnections),
            Tls = TlsSettings.ReadForListening(settings),
        };
    }

    private static Hl7v2MllpOptions ReadConnecting(SettingsReader settings)
    {
        settings.CheckKeys($"an {Hl7v2MllpAdapterFactory.AdapterName} feed that connects", ConnectKeys);
        if (settings.Text("Listen") is not null)
        {
            settings.Report("Connect", "A feed either listens or connects.", "Remove Listen, or set it to an empty text.");
        }

        var defaults = new Hl7v2MllpOptions();
        return new(Hl7CommonSettings.Read(settings))
        {
            Connect = settings.Peer("Connect"),
            IdleTimeout = ReadIdleTimeout(settings, Timeout.InfiniteTimeSpan),
            MaxReconnectDelay = settings.Time("MaxReconnectDelay", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.MaxReconnectDelay),
            Tls = TlsSettings.ReadForConnecting(settings),
        };
    }

    private static TimeSpan ReadIdleTimeout(SettingsReader settings, TimeSpan usual) =>
        settings.Has("IdleTimeout") || usual != Timeout.InfiniteTimeSpan
            ? settings.Time("IdleTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), usual)
            : usual;
}
