using System.Text.Json;
using Integration.Core.Delivery;
using Integration.Core.Events;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Integration.Adapters.RabbitMq;

/// <summary>
/// Publishes events to a RabbitMQ exchange, persistent and mandatory, and takes none for delivered before the broker has confirmed it. The session is opened
/// when it is needed and thrown away when it fails: the engine's outbox does the waiting.
/// </summary>
/// <remarks>
/// The client library may wait for ever on a broker that dies while a channel is opened or closed, whatever token it was given. So each of its calls is waited
/// for only so long, on a thread that is not the sender's, and what is thrown away is closed behind the back of whoever sends.
/// </remarks>
internal sealed class RabbitMqDestination(string name, RabbitMqOptions options) : IOutboundAdapter
{
    private static readonly TimeSpan MostToOpen = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MostToClose = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<Session>? _session;

    public string Description => $"exchange {options.Exchange}{(options.Queue is null ? "" : $", queue {options.Queue}")} of RabbitMQ {options.Uri.Host}:{options.Uri.Port}";

    public async ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        var session = CurrentSession();
        try
        {
            var channel = (await session.WaitAsync(limit.Token)).Channel;
            var (type, properties) = PropertiesOf(content, controlId);

            // Ends with the broker's confirm: a quorum queue gives it once a majority of its members has written the event to disk.
            await Task.Run(() => channel.BasicPublishAsync(options.Exchange, type, mandatory: true, properties, content, limit.Token).AsTask(), limit.Token)
                .WaitAsync(limit.Token);
            return new SendResult.Accepted();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Drop(session);
            return new SendResult.TimedOut();
        }
        catch (PublishException e) when (e.IsReturn)
        {
            return new SendResult.Unreachable("No queue is bound to the exchange for this event. Set Queue, or bind one.");
        }
        catch (PublishException)
        {
            return new SendResult.Refused("The broker does not take the event now (nack).");
        }
        catch (Exception e) when (IsOfTheBroker(e))
        {
            Drop(session);
            return new SendResult.Unreachable(ReasonOf(e));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<Session>? session;
        lock (_lock)
        {
            (session, _session) = (_session, null);
        }

        if (session is not null)
        {
            await CloseAsync(ConnectionOf(session));
        }
    }

    private Task<Session> CurrentSession()
    {
        lock (_lock)
        {
            return _session ??= OpenAsync();
        }
    }

    /// <summary>Nobody gets this session any more; closed in the background.</summary>
    private void Drop(Task<Session> session)
    {
        lock (_lock)
        {
            if (_session != session)
            {
                return;   // another sender was first
            }

            _session = null;
        }

        _ = CloseAsync(ConnectionOf(session));
    }

    private async Task<Session> OpenAsync()
    {
        await Task.Yield();   // nothing of it may run under the lock
        using var limit = new CancellationTokenSource(MostToOpen);
        var factory = new ConnectionFactory { Uri = options.Uri, AutomaticRecoveryEnabled = false, ClientProvidedName = $"integration-engine {name}" };
        var connection = await factory.CreateConnectionAsync(limit.Token);
        try
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), limit.Token);
            await channel.ExchangeDeclareAsync(options.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: limit.Token);
            if (options.Queue is { } queue)
            {
                var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
                await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: limit.Token);
                await channel.QueueBindAsync(queue, options.Exchange, "#", cancellationToken: limit.Token);
            }

            return new Session(connection, channel);
        }
        catch
        {
            _ = CloseAsync(Task.FromResult(connection));
            throw;
        }
    }

    /// <summary>Gives up after a while, and says nothing of what goes wrong: nothing of the session is used again.</summary>
    private static async Task CloseAsync(Task<IConnection> connection)
    {
        try
        {
            var open = await connection.WaitAsync(MostToOpen + MostToClose);
            await Task.Run(() => open.AbortAsync()).WaitAsync(MostToClose);
            await Task.Run(() => open.DisposeAsync().AsTask()).WaitAsync(MostToClose);
        }
        catch (Exception e) when (IsOfTheBroker(e) || e is OperationCanceledException)
        {
            // It was broken already.
        }
    }

    private static async Task<IConnection> ConnectionOf(Task<Session> session) => (await session).Connection;

    private static bool IsOfTheBroker(Exception e) =>
        e is BrokerUnreachableException or AlreadyClosedException or OperationInterruptedException or IOException or System.Net.Sockets.SocketException or TimeoutException
            or ObjectDisposedException;

    private static (string Type, BasicProperties Properties) PropertiesOf(ReadOnlyMemory<byte> content, string id)
    {
        using var envelope = JsonDocument.Parse(content);
        var type = envelope.RootElement.GetProperty("type").GetString()!;
        var properties = new BasicProperties { Persistent = true, MessageId = id, Type = type, ContentType = CloudEvent.ContentType, ContentEncoding = "utf-8" };
        if (envelope.RootElement.TryGetProperty("partitionkey", out var key))
        {
            properties.Headers = new Dictionary<string, object?> { ["partitionkey"] = key.GetString() };   // for a consistent-hash exchange behind this one
        }

        return (type, properties);
    }

    private static string ReasonOf(Exception e) => e switch
    {
        BrokerUnreachableException { InnerException: AuthenticationFailureException } => "The broker does not let us in. Check user and password in Uri.",
        BrokerUnreachableException => "No connection to the broker.",
        OperationInterruptedException { ShutdownReason: { } reason } => $"The broker ended it: {reason.ReplyCode} {reason.ReplyText}.",
        _ => "The connection to the broker broke.",
    };

    /// <summary>A connection with its one channel. Closing the connection closes both.</summary>
    private sealed record Session(IConnection Connection, IChannel Channel);
}
