using System.Data.Common;
using System.Text.Json;
using Integration.Adapters.Sql.Source;
using Integration.Core.Delivery;
using Npgsql;

namespace Integration.Adapters.Sql.Sending;

/// <summary>
/// Hands events over as rows of a table of the receiver, for those that read nothing but SQL. A repeat finds the row by the event's id and leaves it alone,
/// whatever the receiver has made of it since.
/// </summary>
internal sealed class SqlTableDestination(SqlTableOptions options) : IOutboundAdapter
{
    private readonly string _insert = options.Dialect.InsertOnce(
        options.Table, ["event_id", "event_type", "subject", "patient_id", "happened", "recorded", "data", "status"]);

    public string Description => $"table {options.Table} of {options.Dialect.Place(options.ConnectionString)}";

    public async ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await using var connection = options.Dialect.ConnectToWrite(options.ConnectionString, timeout);
            await connection.OpenAsync(limit.Token);
            await using var command = connection.CreateCommand();
            command.CommandText = _insert;
            SetParameters(command, content);
            await command.ExecuteNonQueryAsync(limit.Token);
            return new SendResult.Accepted();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult.TimedOut();
        }
        catch (PostgresException e) when (e.SqlState is ['2', '2' or '3', ..])
        {
            return new SendResult.Rejected($"The table does not take the row ({e.SqlState}).");   // the text may quote it
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && SqlFailure.Of(options.Dialect, e, "The row cannot be written", timeout) is { } failure)
        {
            return new SendResult.Unreachable(failure.Message);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void SetParameters(DbCommand command, ReadOnlyMemory<byte> content)
    {
        using var envelope = JsonDocument.Parse(content);
        var e = envelope.RootElement;
        Set(command, "event_id", e.GetProperty("id").GetString());
        Set(command, "event_type", e.GetProperty("type").GetString());
        Set(command, "subject", e.GetProperty("subject").GetString());
        Set(command, "patient_id", e.TryGetProperty("partitionkey", out var patient) ? patient.GetString() : null);
        Set(command, "happened", options.Dialect.Time(e.GetProperty("time").GetDateTimeOffset()));
        Set(command, "recorded", options.Dialect.Time(e.GetProperty("recordedtime").GetDateTimeOffset()));
        Set(command, "data", e.GetProperty("data").GetRawText());
        Set(command, "status", "new");
    }

    private void Set(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        options.Dialect.Bind(parameter, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
    }
}
