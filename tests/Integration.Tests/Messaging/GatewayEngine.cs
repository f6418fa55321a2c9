using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Delivery;
using Integration.Core.FollowUps.Work;
using Integration.Core.Messaging.Sending;
using Integration.Core.Storage;
using Integration.Tests.FollowUps;
using Integration.Tests.Webhook;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Messaging;

/// <summary>An engine with a gateway on loopback that takes messages to patients, and what tests ask both. Times are those of Shanghai.</summary>
internal sealed class GatewayEngine : IAsyncDisposable
{
    public const string Mobile = "13800138000";
    public const string OpenId = "oWX-0001";

    private readonly WebhookReceiver _peer;
    private DestinationWorker _worker = null!;
    private int _ids;
    private int _visits;

    private GatewayEngine(WebhookReceiver peer, FollowUpEngine engine)
    {
        (_peer, Engine) = (peer, engine);
        peer.Answer = AnswerAsync;
    }

    public FollowUpEngine Engine { get; }

    public IServiceProvider Services => Engine.Engine.Services;

    /// <summary>Status and body that the gateway answers on a path; code 0 and a new id unless a test says otherwise.</summary>
    public Dictionary<string, (int Status, string Body)> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>What the gateway was sent, as <c>path body</c>.</summary>
    public List<(string Path, JsonNode? Json, IReadOnlyDictionary<string, string> Headers)> Sent =>
        [.. _peer.Requests.Select(r => (r.Headers[WebhookReceiver.PathHeader], r.Headers["Content-Type"].StartsWith("application/json", StringComparison.Ordinal) ? JsonNode.Parse(r.Body) : null, r.Headers))];

    /// <param name="now">By the clocks of Shanghai.</param>
    /// <param name="more">In place of the usual settings; empty: not set.</param>
    public static async Task<GatewayEngine> StartAsync(string now, params (string Key, string Value)[] more)
    {
        var peer = await WebhookReceiver.StartAsync();
        var engine = await FollowUpEngine.StartAsync(now, [.. SettingsOf(peer.Address.GetLeftPart(UriPartial.Authority)).Where(usual => !more.Any(m => m.Key == usual.Key)), .. more.Where(m => m.Value.Length > 0)]);
        var gateway = new GatewayEngine(peer, engine);
        gateway._worker = gateway.NewWorker();
        return gateway;
    }

    public static (string Key, string Value)[] SettingsOf(string url) =>
    [
        ("Destinations:msg:Adapter", "Gateway.Http"), ("Destinations:msg:Gateway", "generic-http"), ("Destinations:msg:Url", url), ("Destinations:msg:Events", "followUp.due"),
        ("Destinations:msg:Secrets:apiKey", "key-1"), ("Destinations:msg:Secrets:callback", "token-1"), ("Destinations:msg:Sandbox", "false"),
        ("Messaging:Hospital", "东院"), ("Messaging:HospitalEnglish", "East Hospital"),
    ];

    /// <summary>Books an appointment at 14:30 on 18 March for a patient with a phone.</summary>
    public Task BookAsync(string time, string phone = Mobile, string patient = "1001", string name = "王^㛃", string start = "2026-03-18 14:30")
    {
        var at = FollowUpEngine.Stamp(start);
        var number = string.Create(CultureInfo.InvariantCulture, $"YY{++_visits}");
        return Engine.SendAsync(
            "SIU^S12", time, $"SCH|{number}|{number}|||||||30|MIN|^^^{at}", $"PID|1||{patient}^^^HIS^MR||{name}||19800203|F|||||{phone}", $"AIS|1||0301^心内科门诊|{at}", "AIP|1||D1001^李^明");
    }

    /// <summary>Gives the only patient a WeChat account.</summary>
    public async Task AddWeChatAsync()
    {
        var stored = Assert.Single((await Engine.Engine.Store.QueryAsync(new DocumentQuery(Collections.Patients) { Limit = 2 }, CancellationToken.None)).Documents);
        var patient = Collections.Patients.Read(stored);
        var batch = new WriteBatch();
        batch.Add(Collections.Patients.Put(patient with { Identifiers = [.. patient.Identifiers, new("urn:wechat:openid", OpenId, null)] }, stored.Version));
        Assert.IsType<CommitResult.Committed>(await Engine.Engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }

    /// <summary>Sends what is due to be delivered now.</summary>
    public async Task DeliverAsync()
    {
        Engine.Clock.Advance(TimeSpan.FromSeconds(1));   // what was raised a moment ago is due now
        await _worker.StepAsync(CancellationToken.None, CancellationToken.None);
    }

    /// <summary>A gateway that was away is asked again.</summary>
    public void TryNow() => _worker.TryNow();

    public async Task<DeliveryDocument> DeliveryAsync() => Assert.Single((await Outbox.SearchAsync(new DeliverySearch(), CancellationToken.None)).Deliveries);

    public DeliveryOutbox Outbox => Services.GetRequiredService<DeliveryOutbox>();

    public SentMessages Messages => Services.GetRequiredService<SentMessages>();

    public async Task<FollowUpDocument> WorkAsync() => Assert.Single(await Engine.WorkAsync("appointment-confirmation"));

    /// <summary>Attempts as <c>channel result</c>.</summary>
    public async Task<string[]> AttemptsAsync() => [.. (await WorkAsync()).Attempts.Select(a => $"{a.Channel} {a.Result}")];

    /// <summary>What lies in the delivery.</summary>
    public async Task<JsonNode> ContentAsync() =>
        JsonNode.Parse((await Outbox.GetAsync((await DeliveryAsync()).Id, withContent: true, CancellationToken.None))!.Delivery.Content.Span)!;

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _peer.DisposeAsync();
    }

    private DestinationWorker NewWorker() => new(
        Assert.Single(Services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>()), Outbox, Services.GetRequiredService<DeliveryContents>(),
        Services.GetRequiredService<DeliveryMetrics>(), Engine.Clock, () => 0.5, NullLogger.Instance);

    private Task AnswerAsync(HttpContext context)
    {
        var (status, body) = Answers.GetValueOrDefault(context.Request.Path.Value!, (200, $$$"""{"code":0,"data":{"id":"m{{{Interlocked.Increment(ref _ids)}}}"}}"""));
        context.Response.StatusCode = status;
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
    }
}
