using Integration.Adapters.Gateway.Mail;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Gateway;

/// <summary>Settings of a <c>Gateway.Http</c> destination beside those that every destination has.</summary>
internal sealed record GatewayOptions
{
    private static readonly string[] Keys = ["Gateway", "Url", "Secrets:*", .. SmtpOptions.Keys, .. TlsSettings.ConnectKeys];

    /// <summary>File of <c>mappings/gateways</c> without <c>.yaml</c>.</summary>
    public required string Gateway { get; init; }

    /// <summary>What <c>{{url}}</c> stands for, without a slash at its end; null: the gateway's file has all addresses.</summary>
    public string? Url { get; init; }

    /// <summary>By name, from the environment only.</summary>
    public required IReadOnlyDictionary<string, string> Secrets { get; init; }

    /// <summary>The mail server; null: nothing is set for one, and the gateway writes no mail.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>Our certificate and the authorities that we trust; null: those of the operating system, without a certificate of ours.</summary>
    public TlsOptions? Tls { get; init; }

    /// <returns>The settings, of no use where there are problems.</returns>
    public static (GatewayOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(
        DestinationOptions destination, IConfigurationSection section, MessagingSet messaging, string? baseFolder)
    {
        var reader = new SettingsReader(section, baseFolder);
        reader.CheckKeys("a Gateway.Http destination", [.. DestinationSettings.Keys, .. Keys]);
        foreach (var other in destination.Events.Where(pattern => pattern != "followUp.due"))
        {
            reader.Report("Events", $"'{other}' asks for no message to a patient.", "Set it to followUp.due.");
        }

        var url = reader.Parsed(
            "Url", text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 ? text.TrimEnd('/') : null,
            "It must be an https or http address without a password.", "Write it like https://sms.provider.example/v1.");
        var secrets = reader.KeysBelow("Secrets").Where(name => reader.Text($"Secrets:{name}") is not null)
            .ToDictionary(name => name, name => reader.Text($"Secrets:{name}")!, StringComparer.OrdinalIgnoreCase);
        var name = reader.Text("Gateway");
        if (name is null || !messaging.Gateways.TryGetValue(name, out var gateway))
        {
            reader.Report(
                "Gateway", name is null ? "It is missing." : $"There is no gateway '{name}'.", $"The gateways are {string.Join(", ", messaging.Gateways.Keys.Order(StringComparer.Ordinal))}; each is a file of mappings/gateways.");
        }
        else
        {
            CheckNeeds(reader, gateway, url, secrets, section.Path);
        }

        var tls = TlsSettings.ReadForConnecting(reader);
        var smtp = SmtpOptions.Read(reader, isNeeded: messaging.Gateways.GetValueOrDefault(name ?? "") is { WritesMail: true });
        return (new GatewayOptions { Gateway = name ?? "", Url = url, Secrets = secrets, Tls = tls, Smtp = smtp }, reader.Problems);
    }

    /// <summary>What a gateway needs of the destination and does not get.</summary>
    public static IReadOnlyList<ConfigurationProblem> Lacking(string destination, GatewayDefinition gateway, GatewayOptions options) =>
    [
        .. gateway.NeedsUrl && options.Url is null
            ? [new ConfigurationProblem($"Destinations:{destination}:Url", $"Gateway '{gateway.Name}' needs it.", "Set it to the address of the provider, without what the gateway's file puts behind it.")]
            : Array.Empty<ConfigurationProblem>(),
        .. gateway.WritesMail && options.Smtp is null
            ? [new ConfigurationProblem($"Destinations:{destination}:Smtp:Host", $"Gateway '{gateway.Name}' writes mail.", "Set it to the name of the mail server, and Smtp:From.")]
            : Array.Empty<ConfigurationProblem>(),
        .. gateway.Secrets.Where(secret => !options.Secrets.ContainsKey(secret)).Select(secret => new ConfigurationProblem(
            $"Destinations:{destination}:Secrets:{secret}", $"Gateway '{gateway.Name}' needs it.", $"Give it by environment as Destinations__{destination}__Secrets__{secret}.")),
    ];

    private static void CheckNeeds(SettingsReader reader, GatewayDefinition gateway, string? url, IReadOnlyDictionary<string, string> secrets, string path)
    {
        if (gateway.NeedsUrl && url is null && reader.Text("Url") is null)
        {
            reader.Report("Url", $"Gateway '{gateway.Name}' needs it.", "Set it to the address of the provider, without what the gateway's file puts behind it.");
        }

        foreach (var secret in gateway.Secrets.Where(secret => !secrets.ContainsKey(secret)))
        {
            reader.Report($"Secrets:{secret}", $"Gateway '{gateway.Name}' needs it.", $"Give it by environment as {path.Replace(":", "__", StringComparison.Ordinal)}__Secrets__{secret}.");
        }
    }
}
