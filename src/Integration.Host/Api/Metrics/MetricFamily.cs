using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Integration.Host.Api.Metrics;

/// <summary>All series of one instrument. Safe for many threads.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    private readonly ConcurrentDictionary<SeriesKey, Series> _series = new();
    private readonly double[] _bounds = instrument is Histogram<double> histogram ? [.. histogram.Advice?.HistogramBucketBoundaries ?? []] : [];
    private readonly string _type = instrument switch
    {
        Histogram<double> => "histogram",
        { IsObservable: true } => "gauge",
        _ => "counter",
    };

    public string Name { get; } = instrument.Name;

    /// <summary>Adds to a counter or histogram, sets a gauge. Allocates only for the first value of a series.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var key = SeriesKey.Of(labels);
        if (!_series.TryGetValue(key, out var series))
        {
            series = _series.GetOrAdd(key, new Series(TextOf(labels), new long[_bounds.Length + 1]));
        }

        // Bucket i counts values up to bound i (le), the last one everything above.
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
        {
            bucket++;
        }

        lock (series)
        {
            series.Buckets[bucket]++;
            series.Sum = _type == "gauge" ? value : series.Sum + value;
        }
    }

    public void Write(StringBuilder text)
    {
        text.Header(Name, _type, instrument.Description ?? "");
        foreach (var series in _series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal))
        {
            lock (series)
            {
                if (_type == "histogram")
                {
                    WriteHistogram(text, series);
                }
                else
                {
                    text.Sample(Name, series.Labels, series.Sum);
                }
            }
        }
    }

    private void WriteHistogram(StringBuilder text, Series series)
    {
        var separator = series.Labels.Length > 0 ? "," : "";
        long upTo = 0;
        for (var i = 0; i <= _bounds.Length; i++)
        {
            upTo += series.Buckets[i];
            var bound = PrometheusText.Number(i < _bounds.Length ? _bounds[i] : double.PositiveInfinity);
            text.Sample(Name + "_bucket", series.Labels + separator + PrometheusText.Label("le", bound), upTo);
        }

        text.Sample(Name + "_sum", series.Labels, series.Sum);
        text.Sample(Name + "_count", series.Labels, upTo);
    }

    private static string TextOf(ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        string.Join(',', labels.ToArray().Select(label => PrometheusText.Label(label.Key, label.Value?.ToString() ?? "")));

    /// <summary>Label values in the order recorded. Two are enough for <see cref="Core.Diagnostics.EngineMetrics"/>, and need no array to be looked up.</summary>
    private readonly record struct SeriesKey(string? First, string? Second)
    {
        public static SeriesKey Of(ReadOnlySpan<KeyValuePair<string, object?>> labels) => labels.Length switch
        {
            0 => default,
            1 => new(labels[0].Value as string, null),
            2 => new(labels[0].Value as string, labels[1].Value as string),
            _ => throw new ArgumentException("An instrument of the engine has at most two labels."),
        };
    }

    private sealed class Series(string labels, long[] buckets)
    {
        public string Labels { get; } = labels;

        public long[] Buckets { get; } = buckets;

        /// <summary>Sum of all values; of a gauge the last one.</summary>
        public double Sum { get; set; }
    }
}
