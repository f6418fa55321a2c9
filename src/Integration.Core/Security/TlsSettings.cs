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
    public static TlsOptions? ReadForConnecting(SettingsReader settings) =>
        IsEnabled(settings) ? ReadCommon(settings) with { ServerName = settings.Text("Tls:ServerName") } : null;

    private static bool IsEnabled(SettingsReader settings) => settings.Flag("Tls:Enabled", settings.Has("Tls"));

    private static TlsOptions ReadCommon(SettingsReader settings)
    {
        var defaults = new TlsOptions();
        var options = new TlsOptions
        {
            CertificateFile = settings.File(Certificate),
            KeyFile = settings.File("Tls:Key"),
            Password = settings.Text("Tls:CertificatePassword"),
            TrustedAuthoritiesFile = settings.File("Tls:TrustedAuthorities"),
            HandshakeTimeout = settings.Time("Tls:HandshakeTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), defaults.HandshakeTimeout),
        };
        Try(settings, Certificate, () => TlsCertificates.LoadOwn(options)?.Leaf.Dispose());
        Try(settings, "Tls:TrustedAuthorities", () => TlsCertificates.LoadAuthorities(options));
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
