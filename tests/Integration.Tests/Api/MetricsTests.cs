using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Host.Api.Metrics;

namespace Integration.Tests.Api;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterMessages_CountByFeedOutcomeAndState()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Feeds = SampleRecord.Feeds;
        host.Metrics.ObserveWaiting(() => 7);
        host.Metrics.ObserveBusyLanes(() => 3);
        host.Metrics.Received("his", new IntakeResult.Accepted("m1"));
        host.Metrics.Received("his", new IntakeResult.Accepted("m2"));
        host.Metrics.Received("his", new IntakeResult.Refused("full"));
        host.Metrics.Acknowledged("his", TimeSpan.FromMilliseconds(4));
        host.Metrics.Finished("his", MessageState.Done, TimeSpan.FromMilliseconds(20));
        host.Metrics.Finished("his", MessageState.Failed, sinceReceived: null);
        var mismatch = MessageIssue.Warning(IntegrationErrorCode.CharsetMismatch, "PID-5", "One.");
        host.Metrics.IssuesFound("his", [mismatch, MessageIssue.Warning(IntegrationErrorCode.UnknownEscape, "", "Two."), mismatch]);
        host.Metrics.StageRan("parse", TimeSpan.FromMicroseconds(30));
        host.Metrics.StageRan("parse", TimeSpan.FromSeconds(9));

        var samples = Parse(await ScrapeAsync(host));

        Assert.Equal(2, samples["integration_messages_received_total{feed=\"his\",outcome=\"accepted\"}"]);
        Assert.Equal(1, samples["integration_messages_received_total{feed=\"his\",outcome=\"refused\"}"]);
        Assert.Equal(1, samples["integration_messages_finished_total{feed=\"his\",state=\"done\"}"]);
        Assert.Equal(1, samples["integration_messages_finished_total{feed=\"his\",state=\"failed\"}"]);
        Assert.Equal(1, samples["integration_message_issues_total{feed=\"his\",issue=\"CharsetMismatch\"}"]);
        Assert.Equal(1, samples["integration_message_issues_total{feed=\"his\",issue=\"UnknownEscape\"}"]);
        Assert.Equal(0, samples["integration_ack_duration_seconds_bucket{feed=\"his\",le=\"0.0025\"}"]);
        Assert.Equal(1, samples["integration_ack_duration_seconds_bucket{feed=\"his\",le=\"0.005\"}"]);
        Assert.Equal(1, samples["integration_message_duration_seconds_count{feed=\"his\"}"]);
        Assert.Equal(0.02, samples["integration_message_duration_seconds_sum{feed=\"his\"}"], 6);
        Assert.Equal(1, samples["integration_stage_duration_seconds_bucket{stage=\"parse\",le=\"1\"}"]);
        Assert.Equal(2, samples["integration_stage_duration_seconds_bucket{stage=\"parse\",le=\"+Inf\"}"]);
        Assert.Equal(7, samples["integration_messages_waiting"]);
        Assert.Equal(3, samples["integration_lanes_busy"]);
        Assert.Equal(1, samples["integration_feed_up{feed=\"lis\"}"]);
        Assert.Equal(1, samples["integration_store_up"]);
        Assert.Equal(0, samples["integration_fhir_index_behind"]);
        Assert.True(samples["process_cpu_seconds_total"] > 0);
    }

    [Fact]
    public async Task Metrics_RecordedFromManyThreads_LoseNothing()
    {
        await using var host = await ApiHost.StartAsync();
        const int Each = 20_000;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                host.Metrics.Received("his", new IntakeResult.Accepted("m"));
            }
        })));

        Assert.Equal(4 * Each, Parse(await ScrapeAsync(host))["integration_messages_received_total{feed=\"his\",outcome=\"accepted\"}"]);
    }

    [Fact]
    public void Record_SeriesThatIsKnown_AllocatesNothing()
    {
        using var metrics = new EngineMetrics();
        using var collector = new MetricsCollector(metrics);
        var accepted = new IntakeResult.Accepted("m");
        Record(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Record(1000);

        // 5,000 measurements; a few bytes once are the runtime's, when it compiles a method better.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);

        void Record(int times)
        {
            for (var i = 0; i < times; i++)
            {
                metrics.Received("his", accepted);
                metrics.Acknowledged("his", TimeSpan.FromMilliseconds(3));
                metrics.StageRan("parse", TimeSpan.FromMicroseconds(20));
                metrics.Finished("his", MessageState.Done, TimeSpan.FromMilliseconds(9));
            }
        }
    }

    [Fact]
    public async Task Metrics_FeedNameWithQuotes_IsEscaped()
    {
        await using var host = await ApiHost.StartAsync();
        host.Metrics.Acknowledged("a\"b\\c", TimeSpan.Zero);

        Assert.Contains("integration_ack_duration_seconds_count{feed=\"a\\\"b\\\\c\"} 1\n", await ScrapeAsync(host), StringComparison.Ordinal);
    }

    private static async Task<string> ScrapeAsync(ApiHost host)
    {
        using var response = await host.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Reads the exposition strictly: HELP and TYPE once before the samples of their family, buckets that only grow and end in the count.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var samples = new Dictionary<string, double>(StringComparer.Ordinal);
        var families = new HashSet<string>(StringComparer.Ordinal);
        var family = "";
        var type = "";
        foreach (var line in text.Split('\n')[..^1])
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                family = help.Groups["name"].Value;
                Assert.True(families.Add(family), $"{family} comes twice.");
            }
            else if (TypeLine().Match(line) is { Success: true } declared)
            {
                Assert.Equal(family, declared.Groups["name"].Value);
                type = declared.Groups["type"].Value;
            }
            else
            {
                var sample = SampleLine().Match(line);
                Assert.True(sample.Success, $"Not a line of the format: {line}");
                var name = sample.Groups["name"].Value;
                Assert.True(name == family || (type == "histogram" && name[family.Length..] is "_bucket" or "_sum" or "_count"), $"{name} stands under {family}.");
                samples.Add(name + sample.Groups["labels"].Value, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
            }
        }

        foreach (var (name, count) in samples.Where(s => s.Key.Contains("_count{", StringComparison.Ordinal)))
        {
            var buckets = samples.Where(s => s.Key.StartsWith(name.Replace("_count{", "_bucket{", StringComparison.Ordinal)[..^1], StringComparison.Ordinal)).ToList();
            Assert.Equal(buckets.Select(b => b.Value).Order(), buckets.Select(b => b.Value));
            Assert.EndsWith("le=\"+Inf\"}", buckets[^1].Key, StringComparison.Ordinal);
            Assert.Equal(count, buckets[^1].Value);
        }

        return samples;
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-z_][a-z0-9_]*) \S.*\z")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (?<name>[a-z_][a-z0-9_]*) (?<type>counter|gauge|histogram)\z")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-z_][a-z0-9_]*)(?<labels>(\{[a-z_]+="([^"\\]|\\["\\n])*"(,[a-z_]+="([^"\\]|\\["\\n])*")*\})?) (?<value>[0-9.E+-]+)\z""")]
    private static partial Regex SampleLine();
}
