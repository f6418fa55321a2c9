using Integration.Storage.Mongo.Bson;

namespace Integration.Storage.Mongo;

/// <summary>Makes connections to one MongoDB deployment. The narrow door to a driver: with another driver, only this and <see cref="IMongoConnection"/> are written anew. Thread-safe.</summary>
internal interface IMongoConnector : IDisposable
{
    /// <summary>A connection with a session of its own. Nothing is sent before its first command.</summary>
    IMongoConnection Connect();
}

/// <summary>
/// Runs command documents and gives back reply documents (MongoDB command reference, "Database Commands"). Every call blocks its thread until the
/// server has answered or a time limit has passed. Not thread-safe.
/// </summary>
/// <remarks>
/// All but <see cref="IDisposable.Dispose"/> throw <see cref="MongoCommandException"/> when the server refuses (<c>ok: 0</c>) or cannot be reached. A
/// reply with <c>writeErrors</c> is no refusal: the caller looks for them.
/// </remarks>
internal interface IMongoConnection : IDisposable
{
    /// <summary>The session's <c>lsid</c>, by which another connection can end what this one left open.</summary>
    BsonDocument SessionId { get; }

    /// <summary>Runs a command, in the transaction when one was begun.</summary>
    BsonDocument Run(string database, ReadOnlySpan<byte> command);

    /// <summary>Runs a command that only reads, outside transactions: what a majority of members has; tried once more when the connection broke.</summary>
    BsonDocument Read(string database, ReadOnlySpan<byte> command);

    /// <summary>Begins a transaction: snapshot reads, and a commit that a majority has written to its journal. Sends nothing.</summary>
    void Begin();

    /// <summary>Commits. May be called again when the answer was lost (<see cref="MongoCommandException.IsCommitUnknown"/>).</summary>
    void Commit();

    /// <summary>Aborts the transaction if one is open; failures do not matter, as the server aborts what nobody commits.</summary>
    void Abort();
}
