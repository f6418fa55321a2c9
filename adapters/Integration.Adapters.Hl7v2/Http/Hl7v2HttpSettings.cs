using Integration.Adapters.Shared.Web;
using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>Reads the settings of an <c>Hl7v2.Http</c> feed.</summary>
internal static class Hl7v2HttpSettings
{
    private static readonly string[] Keys =
        [.. Hl7CommonSettings.Keys, "Listen", "Path", "MaxConnections", .. SenderCredentials.Keys, .. TlsSettings.ListenKeys];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static Hl7v2HttpOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"an {Hl7v2HttpAdapterFactory.AdapterName} feed", Keys);
        var defaults = new Hl7v2HttpOptions();
        var credentials = SenderCredentials.Read(settings);
        return new Hl7v2HttpOptions(Hl7CommonSettings.Read(settings))
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            Path = settings.Parsed(
                "Path", path => path.StartsWith('/') && !path.Contains('?') ? path : null, "It must begin with a slash.", "Write it like /hl7.") ?? defaults.Path,
            MaxConnections = settings.Number("MaxConnections", 1, 10_000, defaults.MaxConnections),
            Tls = TlsSettings.ReadForListening(settings),
            ApiKey = credentials.ApiKey,
            User = credentials.User,
            Password = credentials.Password,
        };
    }
}
