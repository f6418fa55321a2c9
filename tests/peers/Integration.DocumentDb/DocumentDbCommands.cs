using System.Collections.Concurrent;
using Integration.Storage.Mongo.Bson;
using Npgsql;
using NpgsqlTypes;

namespace Integration.DocumentDb;

/// <summary>MongoDB's commands as calls of DocumentDB's SQL functions.</summary>
internal sealed class DocumentDbCommands(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<long, byte[]> _cursors = new();
    private long _lastCursor = TimeProvider.System.GetUtcNow().Ticks;

    /// <summary>Carries out a command; null when it is not one that the database answers.</summary>
    /// <param name="connection">Of the transaction it belongs to; null when it belongs to none.</param>
    public async Task<byte[]?> RunAsync(WireMessage message, NpgsqlConnection? connection, CancellationToken cancellationToken)
    {
        if (connection is not null)
        {
            return await RunOnAsync(message, connection, cancellationToken);
        }

        await using var own = await database.OpenConnectionAsync(cancellationToken);
        return await RunOnAsync(message, own, cancellationToken);
    }

    private Task<byte[]?> RunOnAsync(WireMessage message, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var call = new Call(message, connection, cancellationToken);
        return message.Name switch
        {
            "insert" => call.WriteAsync("documentdb_api.insert"),
            "update" => call.WriteAsync("documentdb_api.update"),
            "delete" => call.WriteAsync("documentdb_api.delete"),
            "findAndModify" or "findandmodify" => call.AskAsync("SELECT p_result::bytea FROM documentdb_api.find_and_modify($1, $2::bytea)"),
            "find" => FirstPageAsync(call, "find_cursor_first_page"),
            "aggregate" => FirstPageAsync(call, "aggregate_cursor_first_page"),
            "listCollections" => FirstPageAsync(call, "list_collections_cursor_first_page"),
            "listIndexes" => FirstPageAsync(call, "list_indexes_cursor_first_page"),
            "getMore" => NextPageAsync(call),
            "count" => call.AskAsync("SELECT document::bytea FROM documentdb_api.count_query($1, $2::bytea)"),
            "distinct" => call.AskAsync("SELECT document::bytea FROM documentdb_api.distinct_query($1, $2::bytea)"),
            "createIndexes" => CreateIndexesAsync(call),
            "dropIndexes" => call.CallAsync("CALL documentdb_api.drop_indexes($1, $2::bytea, NULL)"),
            "create" => call.OkIfAsync("SELECT documentdb_api.create_collection($1, $3)", 48, "NamespaceExists"),
            "drop" => call.OkIfAsync("SELECT documentdb_api.drop_collection($1, $3)", 26, "NamespaceNotFound"),
            "dropDatabase" => call.OkIfAsync("SELECT documentdb_api.drop_database($1) IS NOT NULL", 26, "NamespaceNotFound"),
            "collStats" => call.AskAsync("SELECT documentdb_api.coll_stats($1, $3)::bytea"),
            "dbStats" => call.AskAsync("SELECT documentdb_api.db_stats($1)::bytea"),
            "listDatabases" => call.AskAsync("SELECT documentdb_api.list_databases($2::bytea)::bytea"),
            "killCursors" => Task.FromResult<byte[]?>(KillCursors(message)),
            _ => Task.FromResult<byte[]?>(null),
        };
    }

    private async Task<byte[]?> FirstPageAsync(Call call, string function)
    {
        var id = Interlocked.Increment(ref _lastCursor);
        await using var command = call.Command(
            $"SELECT cursorpage::bytea, continuation::bytea, persistconnection FROM documentdb_api.{function}($1, $2::bytea, {id})");
        await using var reader = await command.ExecuteReaderAsync(call.CancellationToken);
        await reader.ReadAsync(call.CancellationToken);
        if (!reader.IsDBNull(2) && reader.GetBoolean(2))
        {
            throw new ServerError(1, "InternalError", "The database wants to keep a connection for a cursor; this gateway has file cursors only.");
        }

        if (!reader.IsDBNull(1))
        {
            _cursors[id] = reader.GetFieldValue<byte[]>(1);
        }

        return reader.GetFieldValue<byte[]>(0);
    }

    private async Task<byte[]?> NextPageAsync(Call call)
    {
        var id = call.Message.Body["getMore"u8]!.Value.Whole;
        if (!_cursors.TryGetValue(id, out var continuation))
        {
            throw new ServerError(43, "CursorNotFound", $"The cursor {id} is not known.");
        }

        await using var command = call.Command("SELECT cursorpage::bytea, continuation::bytea FROM documentdb_api.cursor_get_more($1, $2::bytea, $4::bytea)");
        command.Parameters.Add(new() { Value = continuation, NpgsqlDbType = NpgsqlDbType.Bytea });
        await using var reader = await command.ExecuteReaderAsync(call.CancellationToken);
        await reader.ReadAsync(call.CancellationToken);
        if (reader.IsDBNull(1))
        {
            _cursors.TryRemove(id, out _);
        }
        else
        {
            _cursors[id] = reader.GetFieldValue<byte[]>(1);
        }

        return reader.GetFieldValue<byte[]>(0);
    }

    private static async Task<byte[]?> CreateIndexesAsync(Call call)
    {
        var reply = await call.AskAsync("SELECT documentdb_api_internal.create_indexes_non_concurrently($1, $2::bytea, true)::bytea");
        // Failures lie one level deeper than drivers look.
        var shard = new BsonDocument(reply!)["raw"u8]?.Document["defaultShard"u8]?.Document;
        return shard is { } inner && inner["ok"u8]?.IsTrue == false
            ? throw new ServerError((int)(inner["code"u8]?.Whole ?? 8), "IndexFailed", inner["errmsg"u8]?.Text ?? "The index could not be made.")
            : reply;
    }

    private byte[] KillCursors(WireMessage message)
    {
        var writer = new BsonWriter().BeginArray("cursorsKilled");
        foreach (var cursor in message.Body["cursors"u8]!.Value.Document)
        {
            _cursors.TryRemove(cursor.Value.Whole, out _);
            writer.Int64("", cursor.Value.Whole);
        }

        return writer.End().Double("ok", 1).ToArray();
    }

    /// <summary>One call: $1 is the database, $2 the command document, $3 the collection.</summary>
    private sealed record Call(WireMessage Message, NpgsqlConnection Connection, CancellationToken CancellationToken)
    {
        public NpgsqlCommand Command(string sql)
        {
            var command = new NpgsqlCommand(sql, Connection);
            command.Parameters.Add(new() { Value = Message.Database });
            command.Parameters.Add(new() { Value = Message.Body.Bytes.ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea });
            var target = Message.Body.First().Value;
            command.Parameters.Add(new() { Value = target.Type == BsonType.String ? target.Text : "", NpgsqlDbType = NpgsqlDbType.Text });
            return command;
        }

        public async Task<byte[]?> AskAsync(string sql)
        {
            await using var command = Command(sql);
            return await command.ExecuteScalarAsync(CancellationToken) as byte[] ?? throw new ServerError(1, "InternalError", $"{Message.Name} had no answer.");
        }

        public async Task<byte[]?> WriteAsync(string function)
        {
            await using var command = Command($"SELECT p_result::bytea FROM {function}($1, $2::bytea, $4::bytea)");
            command.Parameters.Add(new() { Value = (object?)Message.Sequence ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
            return ServerError.TranslateWriteErrors((byte[])(await command.ExecuteScalarAsync(CancellationToken))!);
        }

        /// <summary>A procedure, whose answer cannot be cast: it comes as text.</summary>
        public async Task<byte[]?> CallAsync(string sql)
        {
            const string Prefix = "BSONHEX";
            await using var command = Command(sql);
            command.AllResultTypesAreUnknown = true;
            var text = (string)(await command.ExecuteScalarAsync(CancellationToken))!;
            return Convert.FromHexString(text[Prefix.Length..]);
        }

        public async Task<byte[]?> OkIfAsync(string sql, int code, string codeName)
        {
            await using var command = Command(sql);
            return await command.ExecuteScalarAsync(CancellationToken) is true
                ? new BsonWriter().Double("ok", 1).ToArray()
                : throw new ServerError(code, codeName, $"{Message.Name} changed nothing.");
        }
    }
}
