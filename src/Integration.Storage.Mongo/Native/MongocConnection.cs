using Integration.Storage.Mongo.Bson;
using static Integration.Storage.Mongo.Native.LibMongoc;

namespace Integration.Storage.Mongo.Native;

/// <summary>One client of the pool with one session, until disposed.</summary>
internal sealed unsafe class MongocConnection : IMongoConnection
{
    private readonly nint _pool;
    private readonly nint _transactionOptions;
    private readonly NativeReply _reply = new();
    private readonly nint _client;
    private readonly nint _readOptions;

    // Made when first needed, since a server must have been found for it.
    private nint _session;
    private nint _sessionOptions;

    public MongocConnection(nint pool, nint transactionOptions)
    {
        (_pool, _transactionOptions) = (pool, transactionOptions);
        _client = mongoc_client_pool_pop(pool);
        _readOptions = Copy(new BsonWriter().BeginDocument("readConcern").String("level", "majority").End().Finish());
    }

    public BsonDocument SessionId => new(NativeReply.Copy(mongoc_client_session_get_lsid(Session())));

    public BsonDocument Run(string database, ReadOnlySpan<byte> command)
    {
        var options = _session != 0 && mongoc_client_session_in_transaction(_session) ? _sessionOptions : 0;
        var document = Copy(command);
        try
        {
            return _reply.Take(mongoc_client_command_with_opts(_client, database, document, 0, options, _reply.Document, _reply.Error));
        }
        finally
        {
            bson_destroy(document);
        }
    }

    public BsonDocument Read(string database, ReadOnlySpan<byte> command)
    {
        var document = Copy(command);
        try
        {
            return _reply.Take(mongoc_client_read_command_with_opts(_client, database, document, 0, _readOptions, _reply.Document, _reply.Error));
        }
        finally
        {
            bson_destroy(document);
        }
    }

    public void Begin() => _reply.Check(mongoc_client_session_start_transaction(Session(), _transactionOptions, _reply.Error));

    public void Commit() => _reply.Take(mongoc_client_session_commit_transaction(_session, _reply.Document, _reply.Error));

    public void Abort()
    {
        if (_session != 0 && mongoc_client_session_in_transaction(_session))
        {
            mongoc_client_session_abort_transaction(_session, _reply.Error);
        }
    }

    public void Dispose()
    {
        if (_session != 0)
        {
            bson_destroy(_sessionOptions);
            mongoc_client_session_destroy(_session);
        }

        bson_destroy(_readOptions);
        mongoc_client_pool_push(_pool, _client);
        _reply.Dispose();
    }

    private nint Session()
    {
        if (_session != 0)
        {
            return _session;
        }

        var session = mongoc_client_start_session(_client, 0, _reply.Error);
        _reply.Check(session != 0);
        var options = bson_new();
        mongoc_client_session_append(session, options, _reply.Error);
        (_session, _sessionOptions) = (session, options);
        return _session;
    }

    private static nint Copy(ReadOnlySpan<byte> document)
    {
        fixed (byte* bytes = document)
        {
            return bson_new_from_data(bytes, (nuint)document.Length);
        }
    }
}
