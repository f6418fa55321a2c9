using System.Data.Common;
using System.Globalization;
using System.Net;
using Integration.Core.Settings;

namespace Integration.Host.Commands.Check;

/// <summary>A system that the engine connects to.</summary>
/// <param name="Owner">The section that says so: <c>Feeds:NAME</c> or <c>Destinations:NAME</c>.</param>
internal sealed record ConfiguredPeer(string Owner, DnsEndPoint Address);

/// <summary>Reads out of the settings whom the engine connects to. What cannot be read is a problem of the settings and left out here.</summary>
internal static class ConfiguredPeers
{
    private static readonly string[] Endpoints = ["Connect", "Host"];
    private static readonly string[] Addresses = ["Url", "BaseUrl", "Uri", "Authentication:TokenUrl"];

    /// <summary>Names that providers of ADO.NET know the server by.</summary>
    private static readonly string[] Servers = ["Host", "Server", "Data Source", "DataSource", "Address", "Addr"];

    private static readonly Dictionary<string, int> Ports = new(StringComparer.OrdinalIgnoreCase)
    {
        ["http"] = 80,
        ["https"] = 443,
        ["amqp"] = 5672,
        ["amqps"] = 5671,
        ["PostgreSql"] = 5432,
        ["SqlServer"] = 1433,
        ["StartTls"] = 587,
        ["Implicit"] = 465,
        ["None"] = 25,
    };

    /// <summary>Those of enabled feeds and destinations, and the store's where it is on a server.</summary>
    public static IReadOnlyList<ConfiguredPeer> Of(IConfiguration configuration) =>
    [
        .. Enabled(configuration, "Feeds").Concat(Enabled(configuration, "Destinations")).SelectMany(section => Of(section).Select(address => new ConfiguredPeer(section.Path, address))),
        .. StoreOf(configuration).Select(address => new ConfiguredPeer("Storage:MongoDb", address)),
    ];

    /// <summary>The enabled ones of <c>Feeds</c> or <c>Destinations</c>, by name.</summary>
    public static IEnumerable<IConfigurationSection> Enabled(IConfiguration configuration, string section) => configuration.GetSection(section).GetChildren()
        .Where(one => !string.Equals(one["Enabled"], "false", StringComparison.OrdinalIgnoreCase)).OrderBy(one => one.Key, StringComparer.Ordinal);

    private static IEnumerable<DnsEndPoint> Of(IConfigurationSection section)
    {
        var settings = new SettingsReader(section);
        var peers = Endpoints.Select(settings.Peer)
            .Concat(Addresses.Select(key => Uri.TryCreate(section[key], UriKind.Absolute, out var address) && PortOf(address) is { } port ? new DnsEndPoint(address.IdnHost, port) : null))
            .Append(section["Smtp:Host"] is { Length: > 0 } mail ? new DnsEndPoint(mail, settings.Number("Smtp:Port", 1, 65_535, Ports[section["Smtp:Security"] is { } kind && Ports.ContainsKey(kind) ? kind : "StartTls"])) : null)
            .Append(DatabaseOf(section));
        return peers.OfType<DnsEndPoint>();
    }

    private static int? PortOf(Uri address) => address.Port > 0 ? address.Port : Ports.TryGetValue(address.Scheme, out var port) ? port : null;

    private static DnsEndPoint? DatabaseOf(IConfigurationSection section)
    {
        if (section["ConnectionString"] is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            var server = Servers.Select(name => parts.TryGetValue(name, out var value) ? value.ToString() : null).FirstOrDefault(value => !string.IsNullOrEmpty(value));
            var (host, port) = (server?.Replace("tcp:", "", StringComparison.OrdinalIgnoreCase).Split(',', ':')) switch
            {
                [var name, var number, ..] => (name, number),
                [var name] => (name, parts.TryGetValue("Port", out var value) ? value.ToString() : Ports.GetValueOrDefault(section["Provider"] ?? "").ToString(CultureInfo.InvariantCulture)),
                _ => ("", ""),
            };
            return host.Length > 0 && !host.Contains('/') && int.TryParse(port, CultureInfo.InvariantCulture, out var found) && found is > 0 and <= 65_535 ? new DnsEndPoint(host, found) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The hosts of <c>mongodb://</c>; those of <c>mongodb+srv://</c> the name service knows.</summary>
    private static IEnumerable<DnsEndPoint> StoreOf(IConfiguration configuration)
    {
        const string Scheme = "mongodb://";
        if (!string.Equals(configuration["Storage:Provider"], "MongoDb", StringComparison.OrdinalIgnoreCase)
            || configuration["Storage:MongoDb:ConnectionString"] is not { } text || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var hosts = text[Scheme.Length..].Split('/', '?')[0];
        return hosts[(hosts.LastIndexOf('@') + 1)..].Split(',').Select(host => host.Split(':') switch
        {
            [{ Length: > 0 } name, var port] when int.TryParse(port, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65_535 => new DnsEndPoint(name, number),
            [{ Length: > 0 } name] => new DnsEndPoint(name, 27017),
            _ => null,
        }).OfType<DnsEndPoint>();
    }
}
