using Integration.Storage.Mongo.Bson;

namespace Integration.DocumentDb;

/// <summary>Answers a command: by itself, or with the database inside or outside a transaction. An error inside aborts the transaction, as with MongoDB.</summary>
internal sealed class CommandHandler(DocumentDbCommands commands, TransactionTable transactions, FailPoint failPoint, HelloReply hello)
{
    /// <summary>The reply document; errors are replies too.</summary>
    public async Task<byte[]> RunAsync(WireMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return message.Name switch
            {
                "hello" or "ismaster" or "isMaster" => hello.ToDocument(),
                "buildInfo" or "buildinfo" => HelloReply.BuildInfo(),
                "ping" or "connectionStatus" or "startSession" or "refreshSessions" => Ok(),
                "getParameter" => new BsonWriter().Document("featureCompatibilityVersion", new BsonWriter().String("version", "7.0").Finish()).Double("ok", 1).ToArray(),
                "endSessions" => await EndSessionsAsync(message.Body["endSessions"u8]!.Value.Document),
                "killSessions" => await EndSessionsAsync(message.Body["killSessions"u8]!.Value.Document),
                "configureFailPoint" => Configure(message.Body),
                "commitTransaction" => await CommitAsync(message, cancellationToken),
                "abortTransaction" => await AbortAsync(message),
                _ => await RunInDatabaseAsync(message, cancellationToken),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return ServerError.From(e, message.Body["autocommit"u8] is not null, message.Name == "commitTransaction").ToDocument();
        }
    }

    private async Task<byte[]> RunInDatabaseAsync(WireMessage message, CancellationToken cancellationToken)
    {
        var transaction = await transactions.OfAsync(message, cancellationToken);
        if (transaction is null)
        {
            return message.Body["autocommit"u8] is null
                ? await commands.RunAsync(message, null, cancellationToken) ?? throw NotKnown(message)
                : throw ServerError.NoSuchTransaction();
        }

        await transaction.Turn.WaitAsync(cancellationToken);
        try
        {
            var reply = await commands.RunAsync(message, transaction.Connection, cancellationToken) ?? throw NotKnown(message);
            if (new BsonDocument(reply)["writeErrors"u8] is not null)
            {
                await transactions.FailAsync(transaction);
            }

            return reply;
        }
        catch
        {
            await transactions.FailAsync(transaction);
            throw;
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    private async Task<byte[]> CommitAsync(WireMessage message, CancellationToken cancellationToken)
    {
        await transactions.CommitAsync(message, cancellationToken);
        return Ok();
    }

    private async Task<byte[]> AbortAsync(WireMessage message)
    {
        await transactions.AbortAsync(TransactionTable.SessionKey(message.Body["lsid"u8]!.Value.Document));
        return Ok();
    }

    private async Task<byte[]> EndSessionsAsync(BsonDocument sessions)
    {
        foreach (var session in sessions)
        {
            await transactions.AbortAsync(TransactionTable.SessionKey(session.Value.Document));
        }

        return Ok();
    }

    private byte[] Configure(BsonDocument command)
    {
        failPoint.Configure(command);
        return Ok();
    }

    private static ServerError NotKnown(WireMessage message) => new(59, "CommandNotFound", $"no such command: '{message.Name}'");

    private static byte[] Ok() => new BsonWriter().Double("ok", 1).ToArray();
}
