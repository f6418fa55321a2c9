using System.Diagnostics;
using System.Text.Json.Nodes;
using Integration.Adapters.RabbitMq;
using Integration.Core.Delivery;
using Integration.Core.Events;
using RabbitMQ.Client;

namespace Integration.SystemTests.Peers;

/// <summary>Events to a real RabbitMQ broker.</summary>
public sealed class RabbitMqPeerTests(ITestOutputHelper output)
{
    private const int Events = 400;
    private const int Kills = 3;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The broker is killed while events are published, and comes back. An event is published again until it is confirmed, as a destination's worker does. In the end
    /// every one that was confirmed lies in the queue, in order.
    /// </summary>
    /// <remarks>The queue is a classic durable one: of a quorum queue on a single node that was killed, RabbitMQ 3.10 may never elect a leader again.</remarks>
    [Fact]
    public async Task Kill_BrokerWhileEventsArePublished_LosesNoneThatWasConfirmed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var broker = await RabbitMqBroker.StartNewAsync(cancellationToken);
        await DeclareClassicAsync(broker.Uri, "patient.events", "crm", cancellationToken);
        await using var destination = new RabbitMqDestination("crm", new RabbitMqOptions(broker.Uri, "patient.events", null));
        var publisher = new Publisher(destination);
        var publishing = publisher.PublishAsync(0, cancellationToken);

        for (var kill = 1; kill <= Kills; kill++)
        {
            await publisher.WaitForAsync(Events * kill / (Kills + 1), broker, cancellationToken);
            await broker.KillAsync(cancellationToken);
            await broker.StartAsync(cancellationToken);
            output.WriteLine($"{DateTime.UtcNow:T} kill {kill}: {publisher.Confirmed} confirmed");
        }

        await publisher.WaitForAsync(Events, broker, cancellationToken);
        await publishing;
        var queued = await ReadAllAsync(broker.Uri, "crm", cancellationToken);

        output.WriteLine($"kills {Kills}, confirmed {publisher.Confirmed}, attempts {publisher.Attempts}, in the queue {queued.Count}");
        Assert.Equal(Enumerable.Range(0, Events).Select(IdOf), queued.Distinct());
        Assert.True(publisher.Attempts > Events, "No attempt failed, so the kills came too late to prove anything.");
    }

    /// <summary>The queue lies on three nodes; the one that leads it is killed while we publish by another, and stays away until all is confirmed.</summary>
    [Fact]
    public async Task Kill_LeaderOfThreeNodes_LosesNoneThatWasConfirmed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var leader = await RabbitMqBroker.StartNewAsync(cancellationToken);
        await using var second = await leader.StartAnotherAsync(cancellationToken);
        await using var third = await leader.StartAnotherAsync(cancellationToken);
        await using (var declaring = new RabbitMqDestination("crm", new RabbitMqOptions(leader.Uri, "patient.events", "crm")))
        {
            Assert.IsType<SendResult.Accepted>(await declaring.SendAsync(Event(0), IdOf(0), Timeout, cancellationToken));   // a queue is led where it is declared
        }

        await using var destination = new RabbitMqDestination("crm", new RabbitMqOptions(second.Uri, "patient.events", "crm"));
        var publisher = new Publisher(destination);
        var publishing = publisher.PublishAsync(1, cancellationToken);
        await publisher.WaitForAsync(Events / 3, second, cancellationToken);
        await leader.KillAsync(cancellationToken);
        var confirmedAtKill = publisher.Confirmed;
        await publisher.WaitForAsync(Events, second, cancellationToken);
        await publishing;
        var queued = await ReadAllAsync(third.Uri, "crm", cancellationToken);

        output.WriteLine($"confirmed {confirmedAtKill} of {Events} at the kill, attempts {publisher.Attempts}, in the queue {queued.Count}");
        Assert.InRange(confirmedAtKill, 1, Events - 1);
        Assert.Equal(Enumerable.Range(0, Events).Select(IdOf), queued.Distinct());
    }

    [Fact]
    public async Task Send_WithoutAQueueOrALogin_WaitsAndSaysWhy()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var broker = await RabbitMqBroker.StartNewAsync(cancellationToken);
        await using var unbound = new RabbitMqDestination("crm", new RabbitMqOptions(broker.Uri, "nobody.listens", null));
        await using var stranger = new RabbitMqDestination("crm", new RabbitMqOptions(new Uri($"amqp://guest:wrong@127.0.0.1:{broker.Port}/"), "patient.events", "crm"));

        var unrouted = await unbound.SendAsync(Event(1), IdOf(1), Timeout, cancellationToken);
        var refused = await stranger.SendAsync(Event(1), IdOf(1), Timeout, cancellationToken);

        Assert.Equal("No queue is bound to the exchange for this event. Set Queue, or bind one.", Assert.IsType<SendResult.Unreachable>(unrouted).Reason);
        Assert.Equal("The broker does not let us in. Check user and password in Uri.", Assert.IsType<SendResult.Unreachable>(refused).Reason);
    }

    [Fact]
    public async Task Send_ToAQueueThatItDeclares_LiesInAQuorumQueue()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var broker = await RabbitMqBroker.StartNewAsync(cancellationToken);
        await using var destination = new RabbitMqDestination("crm", new RabbitMqOptions(broker.Uri, "patient.events", "crm"));

        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<SendResult.Accepted>(await destination.SendAsync(Event(i), IdOf(i), Timeout, cancellationToken));
        }

        await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() => DeclareClassicAsync(broker.Uri, "patient.events", "crm", cancellationToken));
        Assert.Equal(Enumerable.Range(0, 3).Select(IdOf), await ReadAllAsync(broker.Uri, "crm", cancellationToken));
    }

    private static async Task DeclareClassicAsync(Uri uri, string exchange, string queue, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = uri }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue, exchange, "#", cancellationToken: cancellationToken);
    }

    private static async Task<List<string>> ReadAllAsync(Uri uri, string queue, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = uri }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var ids = new List<string>();
        while (await channel.BasicGetAsync(queue, autoAck: true, cancellationToken) is { } got)
        {
            Assert.Equal("appointment.missed", got.RoutingKey);
            Assert.Equal(got.BasicProperties.MessageId, (string)JsonNode.Parse(got.Body.Span)!["id"]!);
            ids.Add(got.BasicProperties.MessageId!);
        }

        return ids;
    }

    /// <summary>Publishes one event after the other, each again until it is confirmed, as a destination's worker does.</summary>
    private sealed class Publisher(RabbitMqDestination destination)
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

        private int _attempts;
        private int _confirmed;
        private volatile SendResult? _last;

        public int Attempts => Volatile.Read(ref _attempts);

        /// <summary>Number of events from the first that are confirmed.</summary>
        public int Confirmed => Volatile.Read(ref _confirmed);

        public async Task PublishAsync(int first, CancellationToken cancellationToken)
        {
            for (var i = first; i < Events; i++)
            {
                while (true)
                {
                    Interlocked.Increment(ref _attempts);
                    _last = await destination.SendAsync(Event(i), IdOf(i), Timeout, cancellationToken);
                    if (_last is SendResult.Accepted)
                    {
                        break;
                    }

                    await Task.Delay(20, cancellationToken);
                }

                Volatile.Write(ref _confirmed, i + 1);
            }
        }

        /// <summary>Fails with what the broker said last when no event at all is confirmed for two minutes.</summary>
        public async Task WaitForAsync(int count, RabbitMqBroker broker, CancellationToken cancellationToken)
        {
            var (before, since) = (Confirmed, Stopwatch.GetTimestamp());
            for (; Confirmed < count; await Task.Delay(1, cancellationToken))
            {
                if (Confirmed != before)
                {
                    (before, since) = (Confirmed, Stopwatch.GetTimestamp());
                }

                Assert.True(Stopwatch.GetElapsedTime(since) < Limit, $"Stuck at {before} of {Events} after {Attempts} attempts: {_last}. The broker wrote:\n{broker.Output}");
            }
        }
    }

    private static string IdOf(int number) => $"e{number:D6}";

    private static ReadOnlyMemory<byte> Event(int number) => CloudEvent.Write(
        new EventDocument
        {
            Id = IdOf(number),
            Type = "appointment.missed",
            SchemaVersion = 1,
            Subject = "Appointment/a1",
            PatientId = "p1",
            Time = DateTimeOffset.UnixEpoch,
            Recorded = DateTimeOffset.UnixEpoch,
            Cause = "m1",
            Data = new JsonObject { ["status"] = "noshow" },
        },
        EventGrants.PlainOnly, CloudEvent.UsualSource);
}
