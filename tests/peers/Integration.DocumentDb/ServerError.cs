using Integration.Storage.Mongo.Bson;
using Npgsql;

namespace Integration.DocumentDb;

/// <summary>A command that fails as MongoDB's would: code, name and labels of the error document.</summary>
internal sealed class ServerError(int code, string codeName, string message, params string[] labels) : Exception(message)
{
    public const string Transient = "TransientTransactionError";
    public const int DuplicateKey = 11000;
    public const int WriteConflict = 112;
    private const int NoSuchTransactionCode = 251;

    public int Code { get; } = code;

    /// <summary>The transaction is not known: it was aborted, or ended with the server.</summary>
    public static ServerError NoSuchTransaction() =>
        new(NoSuchTransactionCode, "NoSuchTransaction", "The transaction has been aborted.", Transient);

    /// <param name="inTransaction">A driver then learns that it may run the transaction again.</param>
    /// <param name="isCommit">Whether it took effect is not known when the connection broke: a driver must ask again, not run it again.</param>
    public static ServerError From(Exception exception, bool inTransaction, bool isCommit) => exception switch
    {
        ServerError error => error,
        PostgresException { SqlState: "23505" or "23P01" or "M001C" } e => new ServerError(DuplicateKey, "DuplicateKey", $"E11000 {e.MessageText}"),
        PostgresException { SqlState: "40001" or "40P01" or "55P03" } e => new ServerError(WriteConflict, "WriteConflict", e.MessageText, TransientIf(inTransaction)),
        PostgresException { SqlState: "57014" } e => new ServerError(50, "MaxTimeMSExpired", e.MessageText),
        PostgresException { SqlState: "M0001" } e => new ServerError(2, "BadValue", e.MessageText),
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" } e => new ServerError(91, "ShutdownInProgress", e.MessageText, TransientIf(inTransaction && !isCommit)),
        PostgresException { SqlState: "53100" } e => new ServerError(14031, "OutOfDiskSpace", e.MessageText, TransientIf(inTransaction)),
        PostgresException e => new ServerError(8, "UnknownError", $"{e.SqlState}: {e.MessageText}"),
        NpgsqlException e => new ServerError(91, "ShutdownInProgress", e.Message, TransientIf(inTransaction && !isCommit)),
        _ => new ServerError(1, "InternalError", exception.Message),
    };

    public byte[] ToDocument()
    {
        var writer = new BsonWriter().Double("ok", 0).Int32("code", Code).String("codeName", codeName).String("errmsg", Message);
        if (labels.Length > 0)
        {
            writer.BeginArray("errorLabels");
            foreach (var label in labels)
            {
                writer.String("", label);
            }

            writer.End();
        }

        return writer.ToArray();
    }

    /// <summary>DocumentDB gives SQLSTATEs packed into a number as codes of <c>writeErrors</c>; drivers know MongoDB's codes.</summary>
    public static byte[] TranslateWriteErrors(byte[] reply)
    {
        if (new BsonDocument(reply)["writeErrors"u8] is null)
        {
            return reply;
        }

        var writer = new BsonWriter();
        foreach (var element in new BsonDocument(reply))
        {
            if (!element.Name.Span.SequenceEqual("writeErrors"u8))
            {
                writer.Value(element.NameText, element.Value);
                continue;
            }

            writer.BeginArray("writeErrors");
            foreach (var error in element.Value.Document)
            {
                writer.BeginDocument("");
                foreach (var part in error.Value.Document)
                {
                    if (part.Name.Span.SequenceEqual("code"u8))
                    {
                        writer.Int32("code", CodeOf((int)part.Value.Whole));
                    }
                    else
                    {
                        writer.Value(part.NameText, part.Value);
                    }
                }

                writer.End();
            }

            writer.End();
        }

        return writer.ToArray();
    }

    private static int CodeOf(int packed)
    {
        var state = new string([.. Enumerable.Range(0, 5).Select(i => (char)('0' + ((packed >> (6 * i)) & 63)))]);
        return state switch
        {
            "M001C" or "23505" or "23P01" => DuplicateKey,
            "40001" or "40P01" or "55P03" => WriteConflict,
            "M0001" => 2,
            _ => 8,
        };
    }

    private static string[] TransientIf(bool inTransaction) => inTransaction ? [Transient] : [];
}
