using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.RabbitMq;

/// <summary>Settings of a <c>RabbitMq</c> destination beside those that every destination has.</summary>
/// <param name="Uri">amqp or amqps, with user and password: by environment.</param>
/// <param name="Exchange">Durable topic exchange; the routing key is the type of the event. Declared where it is missing.</param>
/// <param name="Queue">Quorum queue that is declared and bound to everything; null: others bind theirs.</param>
internal sealed record RabbitMqOptions(Uri Uri, string Exchange, string? Queue)
{
    private static readonly string[] Keys = ["Uri", "Exchange", "Queue"];

    /// <returns>The settings, of no use where there are problems.</returns>
    public static (RabbitMqOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section)
    {
        var reader = new SettingsReader(section);
        reader.CheckKeys("a RabbitMq destination", [.. DestinationSettings.Keys, .. Keys]);
        if (reader.Text("Uri") is null)
        {
            reader.Report("Uri", "The broker is missing.", $"It holds a password: give it by environment, Destinations__{reader.Name}__Uri=amqps://engine:PASSWORD@mq.hospital.local/crm.");
        }

        var uri = reader.Parsed(
            "Uri", text => System.Uri.TryCreate(text, UriKind.Absolute, out var parsed) && parsed.Scheme is "amqp" or "amqps" ? parsed : null,
            "It must be an amqp or amqps address.", "Write it like amqps://engine:PASSWORD@mq.hospital.local/crm.");
        return (new RabbitMqOptions(uri ?? new Uri("amqp://localhost"), reader.Text("Exchange") ?? "patient.events", reader.Text("Queue")), reader.Problems);
    }
}
