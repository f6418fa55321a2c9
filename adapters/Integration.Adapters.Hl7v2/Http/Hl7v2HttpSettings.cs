using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>Reads the settings of an <c>Hl7v2.Http</c> feed.</summary>
internal static class Hl7v2HttpSettings
{
    private const int ShortestSecret = 12;

    private static readonly string[] Keys =
        [.. Hl7CommonSettings.Keys, "Listen", "Path", "MaxConnections", "ApiKey", "User", "Password", .. TlsSettings.ListenKeys];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static Hl7v2HttpOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"an {Hl7v2HttpAdapterFactory.AdapterName} feed", Keys);
        var defaults = new Hl7v2HttpOptions();
        var options = new Hl7v2HttpOptions(Hl7CommonSettings.Read(settings))
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            Path = settings.Parsed(
                "Path", path => path.StartsWith('/') && !path.Contains('?') ? path : null, "It must begin with a slash.", "Write it like /hl7.") ?? defaults.Path,
            MaxConnections = settings.Number("MaxConnections", 1, 10_000, defaults.MaxConnections),
            Tls = TlsSettings.ReadForListening(settings),
            ApiKey = Secret(settings, "ApiKey"),
            User = settings.Text("User"),
            Password = Secret(settings, "Password"),
        };
        if (options.User is null != options.Password is null)
        {
            settings.Report(
                options.User is null ? "User" : "Password", "User and Password belong together.",
                $"Set both, the password by environment as Feeds__{settings.Name}__Password, or neither.");
        }

        return options;
    }

    private static string? Secret(SettingsReader settings, string key)
    {
        var secret = settings.Text(key);
        if (secret?.Length < ShortestSecret)
        {
            settings.Report(key, $"It must have {ShortestSecret} characters at least.", $"Give it by environment as Feeds__{settings.Name}__{key}.");
        }

        return secret;
    }
}
