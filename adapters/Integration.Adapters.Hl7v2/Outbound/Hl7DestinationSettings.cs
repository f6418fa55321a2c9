using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>Reads the settings of an HL7 destination and finds everything that is wrong with them at once.</summary>
internal static class Hl7DestinationSettings
{
    private static readonly string[] OwnKeys =
    [
        "Connect", "Charset", "Acknowledgement", "SendingApplication", "SendingFacility", "ReceivingApplication", "ReceivingFacility", "ProcessingId",
        "Version", "TimeZone", .. TlsSettings.ConnectKeys,
    ];

    /// <summary>The options as far as they can be read, defaults elsewhere, and what is wrong.</summary>
    /// <param name="baseFolder">Relative files start here; null: the current folder.</param>
    public static (Hl7DestinationOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(
        DestinationOptions destination, IConfigurationSection section, OutboundContext context, string? baseFolder)
    {
        var reader = new SettingsReader(section, baseFolder);
        reader.CheckKeys("an Hl7v2.Mllp destination", [.. DestinationSettings.Keys, .. OwnKeys]);
        foreach (var message in destination.Messages.Where(m => !context.Mappings.Triggers.Contains(m)))
        {
            reader.Report("Messages", $"There is no map '{message}'.", $"mappings/hl7v2/outbound has {string.Join(", ", context.Mappings.Triggers)}.");
        }

        var defaults = new Hl7DestinationOptions { TimeZone = context.TimeZone };
        var address = reader.Peer("Connect");
        if (!reader.Has("Connect"))
        {
            reader.Report("Connect", "The destination has no address.", "Write it like 10.0.0.5:6661.");
        }

        return (defaults with
        {
            Host = address?.Host ?? defaults.Host,
            Port = address?.Port ?? defaults.Port,
            Charset = reader.Parsed(
                "Charset", Hl7TargetCharset.Find, "This character set is not known.", $"Use one of {string.Join(", ", Hl7CharsetAliases.KnownNames)}, GBK.") ?? defaults.Charset,
            Acknowledgement = reader.Choice("Acknowledgement", defaults.Acknowledgement),
            SendingApplication = reader.Text("SendingApplication") ?? defaults.SendingApplication,
            SendingFacility = reader.Text("SendingFacility") ?? defaults.SendingFacility,
            ReceivingApplication = reader.Text("ReceivingApplication") ?? defaults.ReceivingApplication,
            ReceivingFacility = reader.Text("ReceivingFacility") ?? defaults.ReceivingFacility,
            ProcessingId = reader.Text("ProcessingId") ?? defaults.ProcessingId,
            Version = reader.Text("Version") ?? defaults.Version,
            TimeZone = reader.Zone("TimeZone") ?? defaults.TimeZone,
            Tls = TlsSettings.ReadForConnecting(reader),
        }, reader.Problems);
    }
}
