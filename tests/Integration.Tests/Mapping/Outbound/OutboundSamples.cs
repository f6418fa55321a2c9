using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Outbound;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Records;

namespace Integration.Tests.Mapping.Outbound;

/// <summary>The product's outbound maps over resources at hand.</summary>
internal static class OutboundSamples
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 1, 2, 15, 0, TimeSpan.Zero);

    public static OutboundMappings Mappings => MappingSamples.Loaded.Outbound!;

    /// <summary>The message as text, a line for each segment.</summary>
    /// <param name="resources">The first of the trigger's type is the focus.</param>
    /// <param name="before">The focus as it was; null when it is new.</param>
    public static async Task<string> WriteAsync(string trigger, IReadOnlyList<JsonObject> resources, JsonObject? before = null)
    {
        var focus = resources.First(r => (string?)r["resourceType"] == Mappings.ResourceTypeOf(trigger));
        var options = new Hl7DestinationOptions { TimeZone = MappingSamples.Feed.TimeZone, SendingApplication = "HUB", ReceivingApplication = "CRM" };
        var message = await Mappings.MapAsync(
            new OutboundSubject(trigger, "p1", focus, Moment, Moment.AddSeconds(1)) { Before = before }, new Resources(resources), options.TimeZone, CancellationToken.None);
        var written = Hl7OutboundWriter.Write(message, options, "C1", Moment.AddSeconds(2));
        Assert.Empty(written.Issues);
        return Encoding.UTF8.GetString(written.Raw.Span).Replace('\r', '\n');
    }

    private sealed class Resources(IReadOnlyList<JsonObject> all) : IRecordReader
    {
        public ValueTask<IReadOnlyList<JsonObject>> GetAsync(IReadOnlyList<string> references, CancellationToken cancellationToken) =>
            new([.. references.Select(reference => all.FirstOrDefault(r => $"{r["resourceType"]}/{r["id"]}" == reference)).OfType<JsonObject>()]);

        public ValueTask<JsonObject?> LatestAsync(string patientId, string type, CancellationToken cancellationToken) =>
            new(all.LastOrDefault(r => (string?)r["resourceType"] == type));
    }
}
