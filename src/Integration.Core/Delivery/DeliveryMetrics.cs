using System.Diagnostics.Metrics;
using Integration.Core.Diagnostics;

namespace Integration.Core.Delivery;

/// <summary>Figures of sending, by destination, on the meter of <see cref="EngineMetrics"/>.</summary>
public sealed class DeliveryMetrics(EngineMetrics metrics)
{
    // An answer comes in milliseconds, or after as long as the time-out allows.
    private static readonly double[] Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 30, 60];

    private readonly Counter<long> _attempts = metrics.Meter.CreateCounter<long>(
        "integration_delivery_attempts_total", "attempts", "Attempts to deliver, by destination and result: accepted, refused, rejected, busy, gone, timedOut, unreachable.");

    private readonly Histogram<double> _duration = metrics.Meter.CreateHistogram(
        "integration_delivery_duration_seconds", "s", "From sending to the answer, by destination.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });

    /// <summary>One attempt ended.</summary>
    public void Attempted(string destination, SendResult result, TimeSpan took)
    {
        var label = new KeyValuePair<string, object?>("destination", destination);
        _attempts.Add(1, label, new KeyValuePair<string, object?>("result", NameOf(result)));
        _duration.Record(took.TotalSeconds, label);
    }

    /// <summary>Shows how many deliveries wait. Called once, at start.</summary>
    /// <param name="read">Cheap and safe for any thread: it runs at every scrape.</param>
    public void ObserveWaiting(Func<IEnumerable<(string Destination, long Waiting)>> read) =>
        metrics.Meter.CreateObservableGauge(
            "integration_deliveries_waiting",
            () => read().Select(line => new Measurement<long>(line.Waiting, new KeyValuePair<string, object?>("destination", line.Destination))), "deliveries",
            "Deliveries not yet acknowledged, by destination.");

    private static string NameOf(SendResult result) => result switch
    {
        SendResult.Accepted => "accepted",
        SendResult.Refused => "refused",
        SendResult.Rejected => "rejected",
        SendResult.Busy => "busy",
        SendResult.Gone => "gone",
        SendResult.TimedOut => "timedOut",
        SendResult.Unreachable => "unreachable",
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };
}
