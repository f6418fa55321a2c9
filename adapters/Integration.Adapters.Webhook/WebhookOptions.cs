using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Webhook;

/// <summary>Settings of a <c>Webhook</c> destination beside those that every destination has.</summary>
internal sealed record WebhookOptions
{
    /// <summary>A key that is shorter can be guessed.</summary>
    public const int ShortestSecret = 24;

    private static readonly string[] Keys = ["Url", "Secrets", .. TlsSettings.ConnectKeys];

    /// <summary>Where events are posted to: https, or http.</summary>
    public required Uri Url { get; init; }

    /// <summary>Keys of the signature, by environment only. Each signs, so that a receiver may still hold the old one while the new one is brought in.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Our certificate and the authorities that we trust; null: those of the operating system, without a certificate of ours.</summary>
    public TlsOptions? Tls { get; init; }

    /// <returns>The settings, of no use where there are problems.</returns>
    public static (WebhookOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section, string? baseFolder)
    {
        var reader = new SettingsReader(section, baseFolder);
        reader.CheckKeys("a Webhook destination", [.. DestinationSettings.Keys, .. Keys]);
        if (reader.Text("Url") is null)
        {
            reader.Report("Url", "It is missing.", "Set it to the address that takes the events, e.g. https://crm.hospital.local/events.");
        }

        var url = reader.Parsed(
            "Url", text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 ? uri : null,
            "It must be an https or http address without a password.", "Write it like https://crm.hospital.local/events.");
        var secrets = reader.Texts("Secrets");
        var variable = $"{section.Path.Replace(":", "__", StringComparison.Ordinal)}__Secrets__0";
        if (secrets.Count == 0)
        {
            reader.Report("Secrets", "There is no key to sign with.", $"Make one with openssl rand -hex 32, and give it by environment as {variable}.");
        }

        if (secrets.Any(secret => secret.Length < ShortestSecret))
        {
            reader.Report("Secrets", $"A key has at least {ShortestSecret} characters.", "Make one with openssl rand -hex 32.");
        }

        var tls = TlsSettings.ReadForConnecting(reader);
        return (new WebhookOptions { Url = url ?? new Uri("http://localhost"), Secrets = secrets, Tls = tls }, reader.Problems);
    }
}
