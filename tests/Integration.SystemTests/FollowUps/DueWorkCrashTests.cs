using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Integration.SystemTests.Faults;
using Integration.SystemTests.Peers;
using Integration.SystemTests.Sql;
using Integration.Tests.Webhook;
using RabbitMQ.Client;

namespace Integration.SystemTests.FollowUps;

/// <summary>
/// Results make work due and three receivers of different kinds are told, while the process is killed at random moments: each business key takes effect once, each
/// event arrives everywhere, none is invented, and a patient's come in order.
/// </summary>
public sealed class DueWorkCrashTests(ITestOutputHelper output)
{
    private const int Seed = 20260418;
    private const string Secret = "a-secret-of-the-system-tests-0001";
    private const string Queue = "crm";

    [Fact]
    public Task Kill_WhileWorkComesDue_EachKeyTakesEffectOnceAndThreeReceiversHearOfIt() => KillAsync(kills: 8, new CriticalResults(patients: 40, results: 5), 100, TimeSpan.FromMinutes(1));

    /// <summary>The same at full size; about a quarter of an hour. Run it by hand with <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public Task Kill_200TimesWhile5000PiecesOfWorkComeDue_EachKeyTakesEffectOnceAndThreeReceiversHearOfIt() =>
        KillAsync(kills: 200, new CriticalResults(patients: 1000, results: 5), 300, TimeSpan.FromMinutes(15));

    private async Task KillAsync(int kills, CriticalResults results, int mostMillisecondsBetween, TimeSpan most)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var webhook = await WebhookReceiver.StartAsync();
        webhook.Answer = EventProof.MoodyAnswer();
        await using var broker = await RabbitMqBroker.StartNewAsync(cancellationToken);
        await using var database = await PostgresServer.StartAsync();
        await SqlTableCrashTests.MakeTableAsync(database, cancellationToken);
        string[] settings =
        [
            "--FollowUps:Sweep=00:00:01", .. EventProof.Webhook("webhook", webhook.Address.ToString(), Secret),
            .. EventProof.Destination("broker", "RabbitMq"), $"--Destinations:broker:Uri={broker.Uri}", $"--Destinations:broker:Queue={Queue}",
            .. EventProof.Destination("table", "Sql.Table"), "--Destinations:table:Provider=PostgreSql", $"--Destinations:table:ConnectionString={database.ConnectionString}",
        ];
        var random = new Random(Seed);
        var began = Stopwatch.GetTimestamp();
        for (var kill = 0; kill < kills; kill++)
        {
            await using var engine = await EngineProcess.StartAsync(Path.Combine(data.Path, "engine"), cancellationToken, settings);
            var sending = results.SendAsync(engine.MllpPort, mostMillisecondsBetween);
            await Task.Delay(random.Next(200, 1800), cancellationToken);
            engine.Kill();
            await sending;
        }

        var acknowledgedBefore = results.Acknowledged;
        List<JsonNode> due;
        await using (var sweeping = await EngineProcess.StartAsync(Path.Combine(data.Path, "engine"), cancellationToken, settings))
        {
            await results.SendAsync(sweeping.MllpPort, mostMillisecondsBetween: 0);
            Assert.True(results.IsSent, sweeping.Output);
            await sweeping.DrainAsync(most, cancellationToken);
            due = await DueAsync(sweeping, results.Count, most, cancellationToken);
            sweeping.Kill();
        }

        // What nobody took up is overdue after 15 minutes; with the sweep at rest, what was raised stands still while it is counted.
        await using var last = await EngineProcess.StartAsync(Path.Combine(data.Path, "engine"), cancellationToken, [.. settings, "--FollowUps:Enabled=false"]);
        await EventProof.WaitForDeliveryAsync(last, most, cancellationToken);
        var stored = await EventProof.EventsOfAsync(last, cancellationToken);

        var posted = webhook.Requests.Select(request => JsonNode.Parse(request.Body)!).ToList();
        var queued = await ReadQueueAsync(broker.Uri, cancellationToken);
        var rows = await SqlTableCrashTests.RowsAsync(database, cancellationToken);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"kills {kills} in {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s, results {results.Count} ({acknowledgedBefore} acknowledged between kills), due work {due.Count}, events {stored.Count}; "
            + $"webhook {posted.Count} ({Repeats(posted)} repeats), RabbitMQ {queued.Count} ({Repeats(queued)} repeats), table {rows.Count} rows"));
        AssertEachKeyOnce(due, stored, results.Count);
        foreach (var received in new[] { posted, queued, rows })
        {
            EventProof.AssertAllAndNothingElse(stored, received);
            EventProof.AssertInOrder(received);
        }

        Assert.Equal(rows.Count, rows.DistinctBy(EventProof.IdOf).Count());
        Assert.True(acknowledgedBefore > kills, "The load was too small to prove anything.");
        Assert.True(Repeats(posted) > 0, "Nothing was repeated, so repeats were not tested.");
    }

    /// <summary>One piece of work a result, and one event that it is due a piece of work.</summary>
    private static void AssertEachKeyOnce(List<JsonNode> due, List<JsonNode> stored, int results)
    {
        var ids = due.Select(work => "followUps/" + (string)work["id"]!).Order(StringComparer.Ordinal).ToList();
        var told = stored.Where(e => (string)e["type"]! == "followUp.due").Select(e => (string)e["subject"]!).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(results, due.Select(work => (string)work["subject"]!).Distinct().Count());
        Assert.Equal(results, ids.Count);
        Assert.Equal(ids, told);
        Assert.Equal(results, stored.Count(e => (string)e["type"]! == "result.critical"));
    }

    /// <summary>The due work of the rule, when as much as there must be is due.</summary>
    private static async Task<List<JsonNode>> DueAsync(EngineProcess engine, int count, TimeSpan most, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(200, cancellationToken))
        {
            var planned = await engine.GetJsonAsync("/api/v1/follow-ups?rule=critical-result&state=planned&limit=1", cancellationToken);
            if (planned["items"]!.AsArray().Count == 0)
            {
                return await engine.GetAllAsync("/api/v1/follow-ups?rule=critical-result&limit=500", cancellationToken);
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < most, $"Of {count} pieces of work some are still not due:\n{engine.Output}");
        }
    }

    private static async Task<List<JsonNode>> ReadQueueAsync(Uri uri, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = uri }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var events = new List<JsonNode>();
        while (await channel.BasicGetAsync(Queue, autoAck: true, cancellationToken) is { } got)
        {
            events.Add(JsonNode.Parse(got.Body.Span)!);
        }

        return events;
    }

    private static int Repeats(List<JsonNode> events) => events.Count - events.DistinctBy(EventProof.IdOf).Count();
}
