using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Integration.Core.Intake;

namespace Integration.Core.Diagnostics;

/// <summary>
/// What the engine counts and times. Names and units are those of the Prometheus exposition. Label values are names of feeds,
/// stages, outcomes and states, all bounded by configuration or code: never anything out of a message.
/// </summary>
/// <remarks>Safe for many threads; recording allocates nothing. One instance a process, so that each has its own meter in tests.</remarks>
public sealed class EngineMetrics : IDisposable
{
    /// <summary>Name of <see cref="Meter"/>, what an exporter subscribes to.</summary>
    public const string MeterName = "Integration";

    private const string FeedLabel = "feed";

    // An ACK waits for one fsync (about 1 to 20 ms), a stage takes microseconds, the whole path up to hours behind a backlog.
    private static readonly double[] AckBuckets = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 5];
    private static readonly double[] StageBuckets = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25, 1];
    private static readonly double[] PathBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600];

    private static readonly FrozenDictionary<IntegrationErrorCode, string> CodeNames =
        Enum.GetValues<IntegrationErrorCode>().ToFrozenDictionary(code => code, code => code.ToString());

    private readonly Counter<long> _received;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _issues;
    private readonly Counter<long> _pruned;
    private readonly Counter<long> _reclaimed;
    private readonly Histogram<double> _ackDuration;
    private readonly Histogram<double> _stageDuration;
    private readonly Histogram<double> _messageDuration;

    public EngineMetrics()
    {
        Meter = new Meter(MeterName);
        _received = Meter.CreateCounter<long>("integration_messages_received_total", "messages",
            "Messages handed to intake, by feed and by what intake did with them: accepted, duplicate, quarantined, refused.");
        _finished = Meter.CreateCounter<long>("integration_messages_finished_total", "messages",
            "Runs of the pipeline that ended, by feed and by the state the message got. A replay is one more run.");
        _issues = Meter.CreateCounter<long>("integration_message_issues_total", "messages",
            "Runs of the pipeline, and messages refused at intake, that found an issue, by feed and by the issue's name, e.g. CharsetMismatch.");
        _pruned = Meter.CreateCounter<long>("integration_messages_pruned_total", "messages", "Messages removed by the retention rules, by feed and by the state they had.");
        _reclaimed = Meter.CreateCounter<long>("integration_storage_reclaimed_bytes_total", "bytes", "Bytes that the store gave back to the disk.");
        _ackDuration = CreateTimer("integration_ack_duration_seconds", AckBuckets,
            "From the hand-over of a message to intake until it can be acknowledged, by feed.");
        _stageDuration = CreateTimer("integration_stage_duration_seconds", StageBuckets, "One stage of one run, by stage.");
        _messageDuration = CreateTimer("integration_message_duration_seconds", PathBuckets,
            "From receipt of a message to its committed effect on the record, by feed. Replays are left out.");
    }

    /// <summary>The meter of this instance.</summary>
    public Meter Meter { get; }

    /// <summary>Intake has decided on one message.</summary>
    public void Received(string feed, IntakeResult result) =>
        _received.Add(1, new KeyValuePair<string, object?>(FeedLabel, feed), new KeyValuePair<string, object?>("outcome", OutcomeOf(result)));

    /// <summary>One message can be acknowledged: its fate is durable.</summary>
    /// <param name="sinceReceived">Time since it was handed to intake.</param>
    public void Acknowledged(string feed, TimeSpan sinceReceived) =>
        _ackDuration.Record(sinceReceived.TotalSeconds, new KeyValuePair<string, object?>(FeedLabel, feed));

    /// <summary>The pipeline committed the end of one run.</summary>
    /// <param name="sinceReceived">Time since intake received the message; null for a replay, whose age says nothing about speed.</param>
    public void Finished(string feed, MessageState state, TimeSpan? sinceReceived)
    {
        var feedLabel = new KeyValuePair<string, object?>(FeedLabel, feed);
        _finished.Add(1, feedLabel, new KeyValuePair<string, object?>("state", StateName(state)));
        if (sinceReceived is { } duration)
        {
            _messageDuration.Record(duration.TotalSeconds, feedLabel);
        }
    }

    /// <summary>A run ended with these issues. Each kind counts once, however often it occurs in the message.</summary>
    public void IssuesFound(string feed, IReadOnlyList<MessageIssue> issues)
    {
        for (var i = 0; i < issues.Count; i++)
        {
            var isFirst = true;
            for (var earlier = 0; earlier < i && isFirst; earlier++)
            {
                isFirst = issues[earlier].Code != issues[i].Code;
            }

            if (isFirst)
            {
                _issues.Add(1, new KeyValuePair<string, object?>(FeedLabel, feed), new KeyValuePair<string, object?>("issue", CodeNames[issues[i].Code]));
            }
        }
    }

    /// <summary>Retention removed messages.</summary>
    public void Pruned(string feed, MessageState state, int count) =>
        _pruned.Add(count, new KeyValuePair<string, object?>(FeedLabel, feed), new KeyValuePair<string, object?>("state", StateName(state)));

    /// <summary>The store became smaller on its disk.</summary>
    public void Reclaimed(long bytes) => _reclaimed.Add(bytes);

    /// <summary>One stage of one run ended.</summary>
    /// <param name="stage">Name of the stage, see <see cref="StageTiming.Name"/>.</param>
    public void StageRan(string stage, TimeSpan duration) =>
        _stageDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));

    /// <summary>Shows how many messages wait for the pipeline. Called once, at start.</summary>
    /// <param name="read">Cheap and safe for any thread: it runs at every scrape.</param>
    public void ObserveWaiting(Func<long> read) =>
        Meter.CreateObservableGauge("integration_messages_waiting", read, "messages", "Messages acknowledged and not yet finished.");

    /// <summary>Shows how many lanes run a message now. Called once, at start.</summary>
    /// <param name="read">Cheap and safe for any thread: it runs at every scrape.</param>
    public void ObserveBusyLanes(Func<int> read) =>
        Meter.CreateObservableGauge("integration_lanes_busy", read, "lanes", "Lanes that run a message now.");

    /// <summary>Shows how many incidents are open. Called once, at start.</summary>
    /// <param name="read">Every kind with its number, 0 too. Cheap and safe for any thread: it runs at every scrape.</param>
    public void ObserveIncidents(Func<IEnumerable<(string Kind, long Open)>> read) =>
        Meter.CreateObservableGauge(
            "integration_incidents_open", () => read().Select(line => new Measurement<long>(line.Open, new KeyValuePair<string, object?>("kind", line.Kind))),
            "incidents", "Incidents that are open, by kind.");

    public void Dispose() => Meter.Dispose();

    private Histogram<double> CreateTimer(string name, double[] buckets, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private static string OutcomeOf(IntakeResult result) => result switch
    {
        IntakeResult.Accepted => "accepted",
        IntakeResult.Duplicate => "duplicate",
        IntakeResult.Quarantined => "quarantined",
        IntakeResult.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    private static string StateName(MessageState state) => state switch
    {
        MessageState.Waiting => "waiting",
        MessageState.Done => "done",
        MessageState.Failed => "failed",
        MessageState.Filtered => "filtered",
        MessageState.Duplicate => "duplicate",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
