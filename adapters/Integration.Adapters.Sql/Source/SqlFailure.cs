using System.Data.Common;
using System.Net.Sockets;
using Integration.Adapters.Sql.Source.Dialects;
using Npgsql;

namespace Integration.Adapters.Sql.Source;

/// <summary>Says what a database's error means for an operator. Its own text is shown only where it is about the query, since others may quote a row.</summary>
internal static class SqlFailure
{
    /// <summary>The failure in one line; null for an exception that is no fault of the database.</summary>
    /// <param name="what">What was tried, e.g. <c>The query failed</c>.</param>
    public static SqlSourceException? Of(SqlDialect dialect, Exception exception, string what, TimeSpan timeout) =>
        exception as SqlSourceException ?? dialect.Explained(exception, what, timeout) ?? Of(exception, what, timeout);

    public static SqlSourceException TooSlow(string what, TimeSpan timeout, Exception e) =>
        new($"{what}: it took longer than {timeout}. Give the watermark column an index, or raise Timeout.", e);

    public static SqlSourceException NotLetIn(string what, string state, Exception e) =>
        new($"{what}: the database does not let us in ({state}). Check user and password.", e, isPermanent: true);

    public static SqlSourceException WrongQuery(string what, string text, Exception e) =>
        new($"{what}: {text.TrimEnd('.')}. Correct the query, the column names or the account's rights.", e, isPermanent: true);

    public static SqlSourceException Writes(string what, Exception e) =>
        new($"{what}: it tries to write, and this connection only reads. Take out what writes.", e, isPermanent: true);

    public static SqlSourceException NothingAnswers(string what, string code, Exception e) =>
        new($"{what}: nothing answers ({code}). Check that the database runs and can be reached.", e);

    /// <summary>What every provider tells by ADO.NET and SQLSTATE (ISO/IEC 9075-2 §24.1).</summary>
    private static SqlSourceException? Of(Exception exception, string what, TimeSpan timeout) => exception switch
    {
        DbException { SqlState: ['2', '8', ..] } e => NotLetIn(what, e.SqlState, e),
        DbException { SqlState: ['4', '2', ..] } e => WrongQuery(what, $"the database refuses the query ({e.SqlState})", e),
        DbException { SqlState: { Length: > 0 } state } e when !state.StartsWith("08", StringComparison.Ordinal) => new($"{what}: the database answers {state}.", e),
        TimeoutException => TooSlow(what, timeout, exception),
        DbException e when e.InnerException is SocketException socket => NothingAnswers(what, socket.SocketErrorCode.ToString(), e),
        NpgsqlException or DbException { InnerException: IOException } or IOException or SocketException => new($"{what}: the connection broke off.", exception),
        DbException e => new($"{what}: the provider reports {e.GetType().Name}. Check the query, its columns, and Paging and Parameters.", e),
        _ => null,
    };
}
