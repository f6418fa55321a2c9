using System.Text;
using Integration.Core.Delivery;
using Integration.Core.Feeds;
using Integration.Core.Records.Search;
using Integration.Core.Storage;

namespace Integration.Host.Api.Metrics;

/// <summary><c>/metrics</c> for Prometheus: what the engine counted, how its feeds stand, what the process uses.</summary>
internal static class MetricsApi
{
    public static void MapMetrics(this RouteGroupBuilder root) =>
        root.MapGet("/metrics", GetAsync).WithTags("Operations").WithName("getMetrics").WithSummary("Metrics in the Prometheus text format 0.0.4")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");

    private static async Task<IResult> GetAsync(
        MetricsCollector collector, IFeedBoard board, IDestinationBoard destinations, SearchIndexer index, TimeProvider clock, CancellationToken cancellationToken)
    {
        var text = new StringBuilder(16 * 1024);
        collector.Write(text);
        try
        {
            WriteFeeds(text, await board.GetAsync(cancellationToken), clock.GetUtcNow());
            WriteDestinations(text, await destinations.GetAsync(cancellationToken), clock.GetUtcNow());
        }
        catch (StoreUnavailableException)
        {
            // Shown as itself: everything above can be served without the store.
            WriteOne(text, "integration_store_up", "Whether the store answers.", 0);
        }

        WriteOne(text, "integration_fhir_index_behind", "Changed resources that FHIR searches do not find by their new values yet.", index.Latest.Behind);
        WriteProcess(text);
        return TypedResults.Text(text.ToString(), PrometheusText.ContentType, Encoding.UTF8);
    }

    private static void WriteFeeds(StringBuilder text, IReadOnlyList<FeedStatus> feeds, DateTimeOffset now)
    {
        WriteOne(text, "integration_store_up", "Whether the store answers.", 1);
        Write("integration_feed_up", "Whether the feed takes messages.", feed => feed.State == "running" ? 1 : 0);
        Write("integration_feed_connections", "Senders connected now.", feed => feed.Connections);
        Write("integration_feed_last_received_timestamp_seconds", "When the last message came in, Unix time.",
            feed => feed.LastReceived?.ToUnixTimeMilliseconds() / 1000.0);
        Write("integration_feed_oldest_waiting_seconds", "Age of the message that has waited longest; 0 when none waits.",
            feed => feed.OldestWaiting is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0);
        Write("integration_feed_linked", "Whether a feed that connects out to its source is connected.",
            feed => feed.Link is { } link ? link.State == LinkStatus.Connected ? 1 : 0 : null);
        Write("integration_feed_certificate_expiry_seconds", "Time until the first of the feed's certificates expires; negative when it has.",
            feed => feed.Certificate is { } certificate ? (certificate.Expires - now).TotalSeconds : null);

        void Write(string name, string help, Func<FeedStatus, double?> value)
        {
            text.Header(name, "gauge", help);
            foreach (var feed in feeds)
            {
                if (value(feed) is { } number)
                {
                    text.Sample(name, PrometheusText.Label("feed", feed.Name), number);
                }
            }
        }
    }

    private static void WriteDestinations(StringBuilder text, IReadOnlyList<DestinationStatus> destinations, DateTimeOffset now)
    {
        const string Name = "integration_destination_certificate_expiry_seconds";
        text.Header(Name, "gauge", "Time until the first of the destination's certificates expires; negative when it has.");
        foreach (var destination in destinations)
        {
            if (destination.Certificate is { } certificate)
            {
                text.Sample(Name, PrometheusText.Label("destination", destination.Name), (certificate.Expires - now).TotalSeconds);
            }
        }
    }

    private static void WriteProcess(StringBuilder text)
    {
        text.Header("process_cpu_seconds_total", "counter", "Processor time of the process, user and system.");
        text.Sample("process_cpu_seconds_total", "", Environment.CpuUsage.TotalTime.TotalSeconds);
        WriteOne(text, "process_resident_memory_bytes", "Physical memory of the process.", Environment.WorkingSet);
        WriteOne(text, "dotnet_gc_heap_bytes", "Managed memory in use, including what is not collected yet.", GC.GetTotalMemory(forceFullCollection: false));
        text.Header("dotnet_gc_pause_seconds_total", "counter", "Time for which collections have stopped every thread.");
        text.Sample("dotnet_gc_pause_seconds_total", "", GC.GetTotalPauseDuration().TotalSeconds);
        text.Header("dotnet_gc_collections_total", "counter", "Collections, by the oldest generation collected.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            // Each count includes the collections of older generations.
            var older = generation == GC.MaxGeneration ? 0 : GC.CollectionCount(generation + 1);
            text.Sample("dotnet_gc_collections_total", PrometheusText.Label("generation", $"{generation}"), GC.CollectionCount(generation) - older);
        }
    }

    private static void WriteOne(StringBuilder text, string name, string help, double value)
    {
        text.Header(name, "gauge", help);
        text.Sample(name, "", value);
    }
}
