using System.Globalization;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>Reads the settings of an HL7 destination and finds everything that is wrong with them at once.</summary>
internal static class Hl7DestinationSettings
{
    private static readonly string[] OwnKeys =
    [
        "Connect", "Charset", "Acknowledgement", "SendingApplication", "SendingFacility", "ReceivingApplication", "ReceivingFacility", "ProcessingId",
        "Version", "TimeZone",
    ];

    /// <summary>The options as far as they can be read, defaults elsewhere, and what is wrong.</summary>
    public static (Hl7DestinationOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(
        DestinationOptions destination, IConfigurationSection section, OutboundContext context)
    {
        var problems = new List<ConfigurationProblem>();
        var reader = new SettingsReader(section, problems);
        reader.AllowOnly([.. DestinationSettings.Keys, .. OwnKeys]);
        foreach (var message in destination.Messages.Where(m => !context.Mappings.Triggers.Contains(m)))
        {
            reader.Report("Messages", $"There is no map '{message}'.", $"mappings/hl7v2/outbound has {string.Join(", ", context.Mappings.Triggers)}.");
        }

        var defaults = new Hl7DestinationOptions { TimeZone = context.TimeZone };
        var address = reader.Value("Connect", ParseAddress, "It must be a name or address and a port.", "Write it like 10.0.0.5:6661.");
        if (reader.Text("Connect") is null)
        {
            reader.Report("Connect", "The destination has no address.", "Write it like 10.0.0.5:6661.");
        }

        return (defaults with
        {
            Host = address?.Host ?? defaults.Host,
            Port = address?.Port ?? defaults.Port,
            Charset = reader.Value(
                "Charset", Hl7TargetCharset.Find, "This character set is not known.", $"Use one of {string.Join(", ", Hl7Charset.KnownNames)}, GBK.") ?? defaults.Charset,
            Acknowledgement = reader.Choice("Acknowledgement", defaults.Acknowledgement),
            SendingApplication = reader.Text("SendingApplication") ?? defaults.SendingApplication,
            SendingFacility = reader.Text("SendingFacility") ?? defaults.SendingFacility,
            ReceivingApplication = reader.Text("ReceivingApplication") ?? defaults.ReceivingApplication,
            ReceivingFacility = reader.Text("ReceivingFacility") ?? defaults.ReceivingFacility,
            ProcessingId = reader.Text("ProcessingId") ?? defaults.ProcessingId,
            Version = reader.Text("Version") ?? defaults.Version,
            TimeZone = reader.Value(
                "TimeZone", name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null, "This time zone is not known.",
                "Use a name like Asia/Shanghai.") ?? defaults.TimeZone,
        }, problems);
    }

    private static Address? ParseAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        return Uri.CheckHostName(host) != UriHostNameType.Unknown && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new Address(host, port)
            : null;
    }

    private sealed record Address(string Host, int Port);
}
