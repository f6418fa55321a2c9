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
        var (attempts, confirmed) = (0, 0);
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < Events; i++)
            {
                while (true)
                {
                    Interlocked.Increment(ref attempts);
                    if (await destination.SendAsync(Event(i), IdOf(i), Timeout, cancellationToken) is SendResult.Accepted)
                    {
                        break;
                    }

                    await Task.Delay(20, cancellationToken);
                }

                Interlocked.Increment(ref confirmed);
            }
        }, cancellationToken);

        for (var kill = 1; kill <= Kills; kill++)
        {
            while (Volatile.Read(ref confirmed) < Events * kill / (Kills + 1) && !publishing.IsCompleted)
            {
                await Task.Delay(1, cancellationToken);
            }

            broker.Kill();
            await broker.StartAsync(cancellationToken);
        }

        await publishing;
        var queued = await ReadAllAsync(broker.Uri, "crm", cancellationToken);

        output.WriteLine($"kills {Kills}, confirmed {confirmed}, attempts {attempts}, in the queue {queued.Count}");
        Assert.Equal(Enumerable.Range(0, Events).Select(IdOf), queued.Distinct());
        Assert.True(attempts > Events, "No attempt failed, so the kills came too late to prove anything.");
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
        var (attempts, confirmed, confirmedAtKill) = (0, 1, 0);
        var publishing = Task.Run(async () =>
        {
            for (var i = 1; i < Events; i++)
            {
                do
                {
                    Interlocked.Increment(ref attempts);
                }
                while (await destination.SendAsync(Event(i), IdOf(i), Timeout, cancellationToken) is not SendResult.Accepted);

                Interlocked.Increment(ref confirmed);
            }
        }, cancellationToken);
        while (Volatile.Read(ref confirmed) < Events / 3)
        {
            await Task.Delay(1, cancellationToken);
        }

        leader.Kill();
        confirmedAtKill = Volatile.Read(ref confirmed);
        await publishing.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        var queued = await ReadAllAsync(third.Uri, "crm", cancellationToken);

        output.WriteLine($"confirmed {confirmedAtKill} of {Events} at the kill, attempts {attempts}, in the queue {queued.Count}");
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
