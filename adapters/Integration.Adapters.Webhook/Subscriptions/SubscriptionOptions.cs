using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Security;
using Integration.Core.Settings;
using Integration.Fhir.Search.Criteria;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Webhook.Subscriptions;

/// <summary>What a notification carries, <c>Subscription.channel.payload</c>.</summary>
internal enum SubscriptionPayload
{
    /// <summary>Nothing: the subscriber asks for what is new.</summary>
    None,

    /// <summary>The resource, as an update.</summary>
    Resource,
}

/// <summary>Settings of a <c>Fhir.Subscription</c> destination beside those that every destination has: what a Subscription of FHIR R4 says.</summary>
internal sealed record SubscriptionOptions
{
    private static readonly string[] Keys = ["Url", "Criteria", "Payload", "Headers:*", .. TlsSettings.ConnectKeys];

    /// <summary>Without a payload what is posted to; with one the base of the FHIR server that takes updates, without a slash at its end.</summary>
    public required Uri Url { get; init; }

    /// <summary>Empty: every resource that an event of the destination names.</summary>
    public IReadOnlyList<SubscriptionCriteria> Criteria { get; init; } = [];

    public SubscriptionPayload Payload { get; init; }

    /// <summary>Sent with each request, by name; those that are secrets come from the environment.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Our certificate and the authorities that we trust; null: those of the operating system, without a certificate of ours.</summary>
    public TlsOptions? Tls { get; init; }

    /// <param name="zone">Of dates without an offset in criteria and resources.</param>
    /// <returns>The settings, of no use where there are problems.</returns>
    public static (SubscriptionOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(
        DestinationOptions destination, IConfigurationSection section, TimeZoneInfo zone, DateTimeOffset now, string? baseFolder)
    {
        var reader = new SettingsReader(section, baseFolder);
        reader.CheckKeys("a Fhir.Subscription destination", [.. DestinationSettings.Keys, .. Keys]);
        if (reader.Text("Url") is null)
        {
            reader.Report("Url", "It is missing.", "Set it to the address that takes notifications, e.g. https://ehr.hospital.local/notify.");
        }

        var url = reader.Parsed(
            "Url", text => Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 ? uri : null,
            "It must be an https or http address without a password.", "Write it like https://ehr.hospital.local/fhir.");
        var payload = reader.Choice("Payload", SubscriptionPayload.None);
        foreach (var missing in payload == SubscriptionPayload.None ? [] : new[] { DataCategory.Identifying, DataCategory.Clinical, DataCategory.Financial }.Where(category => !destination.Grants.Covers(category)))
        {
            reader.Report("Grants", $"A whole resource may hold {missing.ToString().ToLowerInvariant()} data.", $"Grant {missing}, or leave Payload out: the subscriber then asks for what it may see.");
        }

        var context = new FhirSearchContext(zone.GetUtcOffset(now), now, "");
        var criteria = new List<SubscriptionCriteria>();
        foreach (var text in reader.Texts("Criteria"))
        {
            try
            {
                criteria.Add(SubscriptionCriteria.Read(text, context));
            }
            catch (FhirSearchException e)
            {
                reader.Report("Criteria", $"It is no search: {e.Message}", "Write it like Observation?status=final.");
            }
        }

        return (new SubscriptionOptions
        {
            Url = url ?? new Uri("http://localhost"),
            Criteria = criteria,
            Payload = payload,
            Headers = reader.KeysBelow("Headers").Where(name => reader.Text($"Headers:{name}") is not null).ToDictionary(name => name, name => reader.Text($"Headers:{name}")!, StringComparer.OrdinalIgnoreCase),
            Tls = TlsSettings.ReadForConnecting(reader),
        }, reader.Problems);
    }
}
