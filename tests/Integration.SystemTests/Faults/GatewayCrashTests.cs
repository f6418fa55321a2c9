using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Tests.Webhook;
using Microsoft.AspNetCore.Http;

namespace Integration.SystemTests.Faults;

/// <summary>Patients get each message once, as far as their provider knows repeats by their id, whenever the process is killed.</summary>
public sealed class GatewayCrashTests(ITestOutputHelper output)
{
    private const int Seed = 20260318;
    private const int Patients = 60;
    private const string Token = "a-callback-token-of-the-tests";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Appointments are booked and confirmed by text message while the process is killed; then the provider sends receipts and a reply, twice.</summary>
    [Fact]
    public async Task Kill_WhileMessagesAreSent_EachPatientIsToldOnceAndAnswersAreTakenOnce()
    {
        using var data = new TemporaryFolder();
        await using var provider = await WebhookReceiver.StartAsync();
        var accepted = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        provider.Answer = context => AnswerAsync(context, accepted);
        var settings = SettingsOf(provider.Address.GetLeftPart(UriPartial.Authority), MappingsAt(Path.Combine(data.Path, "mappings")));
        var folder = Path.Combine(data.Path, "engine");
        await using (var first = await EngineProcess.StartAsync(folder, Cancelled, settings))
        {
            await BookAsync(first);
            first.Kill();
        }

        var random = new Random(Seed);
        var kills = 1;
        for (; kills <= 4 && accepted.Count < Patients; kills++)
        {
            await using var engine = await EngineProcess.StartAsync(folder, Cancelled, settings);
            await Task.Delay(random.Next(1100, 1800), Cancelled);
            engine.Kill();
        }

        await using var last = await EngineProcess.StartAsync(folder, Cancelled, settings);
        await WaitAsync(last, async () => (await SentAsync(last)).Count == Patients);
        var posted = provider.Requests.Count;
        output.WriteLine($"kills {kills}, messages {Patients}, posted {posted}, with ids {accepted.Count}");

        Assert.True(posted > Patients, "Nothing was repeated, so repeats were not tested.");

        // One id a piece of work: what the provider took twice it knows, and each patient is told once.
        Assert.Equal(Patients, accepted.Count);
        Assert.Equal(Patients, accepted.Keys.Select(id => provider.Requests.First(r => r.Headers["Idempotency-Key"] == id)).Select(r => (string)JsonNode.Parse(r.Body)!["to"]!).Distinct().Count());
        var repeats = provider.Requests.GroupBy(r => r.Headers["Idempotency-Key"]);
        Assert.All(repeats, same => Assert.Single(same.Select(r => Encoding.UTF8.GetString(r.Body)).Distinct()));

        await AnswerTwiceAsync(last, accepted.Values.Order(StringComparer.Ordinal).ToList());
    }

    private static async Task AnswerTwiceAsync(EngineProcess engine, List<string> ids)
    {
        var receipts = new { receipts = ids.Select(id => new { id, status = "DELIVRD" }).ToList() };
        Assert.Equal(401, await PostAsync(engine, "receipts", receipts, "wrong"));
        Assert.Equal(404, await PostAsync(engine, "receipts", new { receipts = new[] { new { id = "nobody", status = "DELIVRD" } } }, Token));
        Assert.Equal(400, await PostAsync(engine, "receipts", new { receipts = new[] { new { id = "1" } } }, Token));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, await PostAsync(engine, "receipts", receipts, Token));
            Assert.Equal(200, await PostAsync(engine, "replies", new { from = PhoneOf(0), content = "退订", id = "r1" }, Token));
        }

        var work = await engine.GetAllAsync("/api/v1/follow-ups?rule=appointment-confirmation", Cancelled);
        Assert.All(work, one => Assert.Equal(["sent", "delivered"], one["attempts"]!.AsArray().Select(attempt => (string)attempt!["result"]!)));
        var consents = (await engine.GetJsonAsync("/api/v1/events?limit=1000", Cancelled))["items"]!.AsArray().Where(e => (string)e!["type"]! == "consent.changed").ToList();
        Assert.Single(consents);
        Assert.Single(await engine.GetAllAsync($"/api/v1/audit?target={Uri.EscapeDataString((string)consents[0]!["subject"]!)}", Cancelled));
        var preview = await engine.Api.PostAsJsonAsync("/api/v1/templates/appointment-reminder/preview", new { }, Cancelled);
        Assert.Contains("王㛃", await preview.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    private static async Task<int> PostAsync(EngineProcess engine, string what, object body, string token)
    {
        using var client = new HttpClient { BaseAddress = engine.Api.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/gateways/msg/{what}") { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Callback-Token", token);
        using var response = await client.SendAsync(request, Cancelled);
        return (int)response.StatusCode;
    }

    private static string[] SettingsOf(string url, string mappings) =>
    [
        "--Destinations:msg:Adapter=Gateway.Http", "--Destinations:msg:Gateway=generic-http", $"--Destinations:msg:Url={url}", "--Destinations:msg:Events=followUp.due",
        "--Destinations:msg:Secrets:apiKey=key-1", $"--Destinations:msg:Secrets:callback={Token}", "--Destinations:msg:Sandbox=false", "--Destinations:msg:Parallel=1",
        "--Destinations:msg:Retry:First=00:00:00.050", "--Messaging:Hospital=东院", "--FollowUps:Sweep=00:00:01", "--FollowUps:ContactHours=00:00-23:59", "--Engine:TimeZone=UTC",
        $"--Engine:MappingsFolder={mappings}", "--Destinations:msg:Retry:Max=00:00:00.100", "--Destinations:msg:CircuitBreaker:Pause=00:00:00.050",
    ];

    /// <summary>The shipped mappings, with a confirmation that may be sent at any hour, as a test runs at any hour.</summary>
    private static string MappingsAt(string copy)
    {
        var source = Path.Combine(RepositoryRoot.Path, "mappings");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var rule = Path.Combine(copy, "follow-ups", "appointment-confirmation.yaml");
        File.WriteAllText(rule, File.ReadAllText(rule).Replace("window: 07:00-22:00\n", "", StringComparison.Ordinal));
        return copy;
    }

    /// <summary>Takes each id once, slowly, and hangs up on every seventh request after it has taken it.</summary>
    private static async Task AnswerAsync(HttpContext context, ConcurrentDictionary<string, string> accepted)
    {
        await Task.Delay(40);
        var id = accepted.GetOrAdd(context.Request.Headers["Idempotency-Key"].ToString(), _ => Guid.NewGuid().ToString("N"));
        if (Random.Shared.Next(7) == 0)
        {
            context.Abort();
            return;
        }

        await context.Response.WriteAsync($$$"""{"code":0,"data":{"id":"{{{id}}}"}}""");
    }

    private static string PhoneOf(int patient) => string.Create(CultureInfo.InvariantCulture, $"138{patient:D8}");

    private static async Task BookAsync(EngineProcess engine)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (stamp, start) = (now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture), now.AddDays(9).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(10), Cancelled);
        for (var i = 0; i < Patients; i++)
        {
            var message = $"MSH|^~\\&|HIS|EAST|||{stamp}+0000||SIU^S12|G{i}|P|2.5.1||||||UNICODE UTF-8\rSCH|YY{i}|YY{i}|||||||30|MIN|^^^{start}+0000\r"
                + $"PID|1||G{i}^^^HIS^MR||王^㛃{i}||19800203|F|||||{PhoneOf(i)}\rAIS|1||0301^心内科门诊|{start}+0000\r";
            Assert.True((await sender.SendAsync(Encoding.UTF8.GetBytes(message), Cancelled)).IsAccepted);
        }

        await engine.DrainAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    private static async Task<List<JsonNode>> SentAsync(EngineProcess engine) =>
        [.. (await engine.GetAllAsync("/api/v1/follow-ups?rule=appointment-confirmation", Cancelled)).Where(work => work["attempts"]!.AsArray().Count > 0)];

    private static async Task WaitAsync(EngineProcess engine, Func<Task<bool>> isTrue)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isTrue())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"Not all messages were sent:\n{engine.Output}");
            await Task.Delay(100, Cancelled);
        }
    }
}
