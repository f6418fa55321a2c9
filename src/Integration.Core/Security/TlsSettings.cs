using System.Security.Cryptography;
using Integration.Core.Settings;

namespace Integration.Core.Security;

/// <summary>Reads the settings <c>Tls:…</c> of a feed or a destination, and tries whether their files can be used.</summary>
public static class TlsSettings
{
    private const string Certificate = "Tls:Certificate";

    /// <summary>Keys that are read here for listening.</summary>
    public static IReadOnlyList<string> ListenKeys { get; } =
        ["Tls:Enabled", Certificate, "Tls:Key", "Tls:CertificatePassword", "Tls:ClientCertificates", "Tls:TrustedAuthorities", "Tls:HandshakeTimeout"];

    /// <summary>Keys that are read here for connecting out.</summary>
    public static IReadOnlyList<string> ConnectKeys { get; } = [.. ListenKeys.Except(["Tls:ClientCertificates"]), "Tls:ServerName"];

    /// <summary>TLS of a listener; null when none is configured. It needs a certificate of its own.</summary>
    public static TlsOptions? ReadForListening(SettingsReader settings)
    {
        if (!IsEnabled(settings))
        {
            return null;
        }

        var options = ReadCommon(settings) with { ClientCertificates = settings.Choice("Tls:ClientCertificates", ClientCertificates.None) };
        if (!settings.Has(Certificate))
        {
            settings.Report(Certificate, "A TLS server needs a certificate.", "Name a PEM or PFX file, or remove the other Tls settings.");
        }

        if (options.ClientCertificates != ClientCertificates.None && !settings.Has("Tls:TrustedAuthorities"))
        {
            settings.Report(
                "Tls:TrustedAuthorities", "Client certificates are asked for, but nobody is trusted to issue them.",
                "Name a PEM file with the certificate of your own authority.");
        }

        return options;
    }

    /// <summary>TLS of a connection that is made from here; null when none is configured.</summary>
    /// <param name="under">Section that holds <c>Tls</c>, with a colon at its end, where a feed both listens and connects; empty: that of the feed.</param>
    public static TlsOptions? ReadForConnecting(SettingsReader settings, string under = "") =>
        IsEnabled(settings, under) ? ReadCommon(settings, under) with { ServerName = settings.Text($"{under}Tls:ServerName") } : null;

    private static bool IsEnabled(SettingsReader settings, string under = "") => settings.Flag($"{under}Tls:Enabled", settings.Has($"{under}Tls"));

    private static TlsOptions ReadCommon(SettingsReader settings, string under = "")
    {
        var defaults = new TlsOptions();
        var options = new TlsOptions
        {
            CertificateFile = settings.File(under + Certificate),
            KeyFile = settings.File(under + "Tls:Key"),
            Password = settings.Text(under + "Tls:CertificatePassword"),
            TrustedAuthoritiesFile = settings.File(under + "Tls:TrustedAuthorities"),
            HandshakeTimeout = settings.Time(under + "Tls:HandshakeTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), defaults.HandshakeTimeout),
        };
        Try(settings, under + Certificate, () => TlsCertificates.LoadOwn(options)?.Leaf.Dispose());
        Try(settings, under + "Tls:TrustedAuthorities", () => TlsCertificates.LoadAuthorities(options));
        return options;
    }

    private static void Try(SettingsReader settings, string key, Action load)
    {
        try
        {
            load();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            settings.Report(
                key, $"It cannot be used: {exception.Message.TrimEnd('.')}.",
                "Give a PEM file with certificate and key (or Tls:Key), or a PFX file; its password by environment as Tls__CertificatePassword of the same section.");
        }
    }
}
