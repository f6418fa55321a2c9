using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Integration.DocumentDb;

/// <summary>
/// Speaks MongoDB's wire protocol (OP_MSG, and OP_QUERY for the first hello) on 127.0.0.1 and hands every command on to DocumentDB. Drivers see a
/// replica set of one member.
/// </summary>
internal sealed class Gateway : IAsyncDisposable
{
    public const string ReplicaSet = "peer";
    private const int MostMessageBytes = 48_000_000;

    private readonly TcpListener _listener;
    private readonly NpgsqlDataSource _database;
    private readonly TransactionTable _transactions;
    private readonly FailPoint _failPoint = new();
    private readonly CommandHandler _commands;

    /// <param name="port">0 takes a free one.</param>
    public Gateway(string connectionString, int port, bool isStandalone)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _database = NpgsqlDataSource.Create(connectionString);
        _transactions = new TransactionTable(_database);
        _commands = new CommandHandler(new DocumentDbCommands(_database), _transactions, _failPoint, new HelloReply($"127.0.0.1:{Port}", isStandalone));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Makes what the gateway itself keeps in the database.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken) => await _transactions.PrepareAsync(cancellationToken);

    /// <summary>Serves until cancelled.</summary>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        var sweeping = _transactions.SweepAsync(cancellationToken);
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(cancellationToken);
                client.NoDelay = true;
                _ = Task.Run(() => ServeAsync(client, cancellationToken), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            await sweeping;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _transactions.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                while (await ReadAsync(stream, cancellationToken) is { } message)
                {
                    var close = _failPoint.Take(message.Name);
                    if (close == FailPoint.Close.Before)
                    {
                        return;
                    }

                    var reply = await _commands.RunAsync(message, cancellationToken);
                    if (close == FailPoint.Close.After)
                    {
                        return;
                    }

                    if (message.WantsReply)
                    {
                        await stream.WriteAsync(message.Reply(reply), cancellationToken);
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The driver went away, or we do: its transactions live on for a while, as MongoDB's do.
            }
            catch (Exception e)
            {
                await Console.Error.WriteLineAsync($"A connection was given up: {e}");
            }
        }
    }

    private static async Task<WireMessage?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var header = new byte[WireMessage.HeaderLength];
        if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < WireMessage.HeaderLength or > MostMessageBytes)
        {
            throw new InvalidDataException($"A message says that it has {length} bytes.");
        }

        var rest = new byte[length - header.Length];
        await stream.ReadExactlyAsync(rest, cancellationToken);
        return WireMessage.Parse(header, rest);
    }
}
