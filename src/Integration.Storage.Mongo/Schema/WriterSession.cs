using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Reading;

namespace Integration.Storage.Mongo.Schema;

/// <summary>
/// Ends the transaction that a killed process left open. The server would keep it, and with it the sequence counter, for a minute
/// (transactionLifetimeLimitSeconds), and no message could be taken in until then.
/// </summary>
internal static class WriterSession
{
    private const string Document = "writer";

    /// <summary>Ends the last writer's session. Before anything is written: what its transaction has locked would make every write wait.</summary>
    public static void EndLast(IMongoConnection connection, string database)
    {
        var ask = new BsonWriter().String("find", StoredNames.State).BeginDocument("filter").String(StoredNames.Id, Document).End().Int32("limit", 1).Boolean("singleBatch", true);
        foreach (var last in new DocumentCommands(connection, database).Find(ask.ToArray()))
        {
            connection.Run("admin", new BsonWriter().BeginArray("killSessions").Document("", last["session"u8]!.Value.Bytes.Span).End().Finish());
        }
    }

    /// <summary>Notes this writer's session, so that the next start can end it.</summary>
    public static void Note(IMongoConnection connection, string database) => connection.Run(
        database,
        new BsonWriter().String("update", StoredNames.State).BeginArray("updates").BeginDocument("")
            .BeginDocument("q").String(StoredNames.Id, Document).End()
            .BeginDocument("u").BeginDocument("$set").Document("session", connection.SessionId.Bytes.Span).End().End()
            .Boolean("upsert", true).End().End().Finish());
}
